"""A member gives up their seat on the council."""

from dataclasses import dataclass

from flows._engine.asking import agrees, proves
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("seat"),)
label = N_("Give up my seat")
needs = ("code",)


@dataclass(frozen=True, slots=True)
class Resigned(Effect):
    """The person gave up their seat on the council: their vote in what is open is taken back."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.seated else ""


def talk(facts: Facts) -> Talk:
    if not facts.seated:
        yield Say(_("You do not sit on the council."))
        return
    question = _("Do you want to give up your seat on the council? Where a vote is open, your vote is taken back.")
    if not (yield from agrees(question, _("Yes, give it up"), _("No, keep my seat"))) or not (yield from proves(facts)):
        yield Say(_("You keep your seat."))
        return
    yield Resigned()
    yield Say(
        _("You have left the council. Thank you for your time there. You can still take part in everything else.")
    )
