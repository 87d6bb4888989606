"""A recommendation, in the person's own words."""

from channels.messages import Choice
from flows._engine.asking import choose, hear
from flows._engine.effects import Shared, Sorted, Switched, TakenBack
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.objectives import groups
from flows._texts.over import over
from flows._texts.renditions import named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("share"),)
label = N_("Say what should change")
needs = ("contribution",)
edition = 2


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and not facts.over else ""


def talk(facts: Facts) -> Talk:
    if facts.over:
        yield Say(over(facts))
        return
    what = _(
        "What should change? Please leave out names and addresses. For other things send {menu}.", menu=to_send("menu")
    )
    text = yield from hear(what, facts.takes_voice)
    yield Shared(facts.contribution, text)
    organizer = named(facts, facts.process.organizer)
    yield Say(
        _("Thank you. {organizer} will read it. We will tell you here what was done with it.", organizer=organizer)
    )
    match (yield from choose(_("You can also do this:"), _afterwards(), exactly=("take_back",), goes_on=True)):
        case "topic":
            yield Sorted(facts.contribution, (yield from choose(_("What is it about?"), groups())))
            yield Say(_("Thank you."))
            if facts.process.regions and not facts.region_known:
                yield Switched("region")
        case "take_back":
            yield TakenBack(facts.contribution)
            yield Say(_("We took it back and did not keep it. Send {share} to try again.", share=to_send("share")))
        case _menu:
            yield Switched("menu")


def _afterwards() -> tuple[Choice, ...]:
    """The labels are short: by SMS they belong to the thanks for which we pay."""
    # To translators: to say what one's message is about. At most 20 letters.
    topic = _("Add the topic")
    # To translators: to have one's message not read after all. At most 20 letters.
    take_back = _("Take it back")
    return Choice("topic", topic), Choice("take_back", take_back), Choice("menu", _("Menu"))
