"""A member gives up their seat on a council."""

from dataclasses import dataclass

from channels.messages import Choice
from flows._engine.asking import agrees, choose, proves
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._texts.renditions import choices
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("seat"),)
label = N_("Give up my seat")
needs = ("code", "councils")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Resigned(Effect):
    """The person gave up their seat on a council: their vote in what is open is taken back."""

    council: str = ""
    """"" for all of the process."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.seated else ""


def talk(facts: Facts) -> Talk:
    if not facts.seated:
        yield Say(_("You do not sit on the council."))
        return
    council = ""
    if len(facts.councils) > 1:
        council = yield from choose(_("You sit on several councils. Which seat do you want to give up?"), _seats(facts))
        if council == NONE:
            yield Say(_("You keep your seat."))
            return
    question = _("Do you want to give up your seat on the council? Where a vote is open, your vote is taken back.")
    if not (yield from agrees(question, _("Yes, give it up"), _("No, keep my seat"))) or not (yield from proves(facts)):
        yield Say(_("You keep your seat."))
        return
    yield Resigned(council)
    yield Say(
        _("You have left the council. Thank you for your time there. You can still take part in everything else.")
    )


def _seats(facts: Facts) -> tuple[Choice, ...]:
    return (*choices(facts, facts.councils), Choice(NONE, _("None of these")))
