"""The kinds of question that a flow asks, each with the type of its answer."""

from collections.abc import Generator, Iterable

from channels.messages import Choice
from flows._effects import Words
from flows._engine import Answer, Ask, DoesNotFit, Wants
from locales import _


def choose(text: str, choices: Iterable[Choice]) -> Generator[Ask, Answer, str]:
    """One of the choices: its value."""
    answer = yield Ask(text, tuple(choices))
    if not isinstance(answer, str):
        raise DoesNotFit
    return answer


def choose_several(text: str, choices: Iterable[Choice]) -> Generator[Ask, Answer, tuple[str, ...]]:
    """Any of the choices: their values."""
    answer = yield Ask(text, tuple(choices), Wants.SEVERAL)
    if not isinstance(answer, tuple):
        raise DoesNotFit
    return answer


def hear(text: str, channel: str) -> Generator[Ask, Answer, Words]:
    """The person's own words, typed or spoken; `text` is followed by how they can be given here."""
    how = _("Answer in your own words.") if channel == "sms" else _("Answer in your own words, or send a voice note.")
    answer = yield Ask(f"{text}\n{how}", wants=Wants.WORDS)
    if not isinstance(answer, Words):
        raise DoesNotFit
    return answer


def agrees(text: str, yes: str, no: str) -> Generator[Ask, Answer, bool]:
    """Whether the person says yes. The labels are longer than "Yes", which Twilio reads as a subscription."""
    answer = yield from choose(text, (Choice("yes", yes), Choice("no", no)))
    return answer == "yes"
