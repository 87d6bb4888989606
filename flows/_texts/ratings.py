"""Whether a response helped: what people can answer, by a button under it or when they are asked."""

from channels.messages import Choice, Message
from flows._engine.words import to_send
from locales import _
from storage.states import Helped

RATED = "helped"
"""The token of the buttons under a response. It is the token of no question in a talk, for those are numbers."""


def question() -> str:
    return _("Does this answer you?")


def how_to_answer() -> str:
    """Where nothing can be tapped."""
    # To translators: after "Does this answer you?", in a text message: as short as it goes.
    return _("Send {rate} to tell us.", rate=to_send("rate"))


def answers() -> tuple[Choice, ...]:
    """The labels are longer than "Yes", which a carrier may take for START."""
    labels = {Helped.YES: _("Yes, it does"), Helped.PARTLY: _("Partly"), Helped.NO: _("No, it does not")}
    return tuple(Choice(helped, label) for helped, label in labels.items())


def buttons(response: str) -> tuple[Choice, ...]:
    """Under this response: each says which one it is about, for it can be tapped long afterwards."""
    return tuple(Choice(f"{choice.value}.{response}", choice.label) for choice in answers())


def tapped(message: Message) -> tuple[str, str]:
    """What somebody answered by a button, and the response under which it stands; "" twice where it is none of these.

    Anybody can forge it.
    """
    helped, _dot, response = message.choice.partition(".")
    is_ours = message.token == RATED and helped in {*Helped} and response
    return (helped, response) if is_ours else ("", "")
