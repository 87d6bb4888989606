"""Whether a response answers a person, and why not."""

from dataclasses import dataclass, field

from flows._engine.asking import choose, hear
from flows._engine.contributions import RatedResponse
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.ratings import answers, question
from flows._texts.states import STATES
from locales import N_, _, in_words
from storage.states import Helped

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("rate"),)
label = N_("Say if it answers you")
needs = ("response",)


@dataclass(frozen=True, slots=True)
class Rated(Effect):
    """The person said whether a response answers them, a `Helped`, and why not. What they say later counts."""

    response: str
    helped: str
    why: str = field(default="", repr=False)


def talk(facts: Facts) -> Talk:
    response = facts.response
    if response is None:
        yield Say(_("There is no response to you yet. We will write to you when there is."))
        return
    helped = response.tapped or (yield from choose(_asked(response), answers()))
    yield Rated(response.id, helped)
    if helped == Helped.YES:
        yield Say(_("Thank you for telling us."))
        return
    why = _(
        "Thank you for telling us. What is missing? If you would rather not say, send {menu}.", menu=to_send("menu")
    )
    # In writing alone: a voice note would have to be fetched, listened to and written down to be of any use here.
    words = yield from hear(why, takes_voice=False)
    if not words.text:
        yield Say(_("We can take this in writing only. Send {rate} to say it again.", rate=to_send("rate")))
        return
    yield Rated(response.id, helped, words.text)
    yield Say(_("Thank you."))


def _asked(response: RatedResponse) -> str:
    # To translators: for example "On May 1, 2026 we told you: It was taken up."
    about = _("On {day} we told you: {state}", day=in_words(response.day), state=_(STATES[response.state]))
    return f"{about}\n{question()}"
