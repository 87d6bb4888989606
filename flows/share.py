"""A recommendation, in the person's own words."""

from collections.abc import Generator

from channels.messages import Choice
from flows._engine.asking import agrees, choose, hear
from flows._engine.effects import Allowed, Shared, Sorted, Switched, TakenBack
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.objectives import groups
from flows._texts.over import over
from flows._texts.renditions import named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("share"),)
label = N_("Say what should change")
needs = ("contribution",)
edition = 3


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
    match (
        yield from choose(_("You can also do this:"), _afterwards(facts), exactly=("quote", "take_back"), goes_on=True)
    ):
        case "topic":
            yield Sorted(facts.contribution, (yield from choose(_("What is it about?"), groups())))
            yield Say(_("Thank you."))
            if facts.process.regions and not facts.region_known:
                yield Switched("region")
        case "quote":
            if quotable := (yield from _may_be_quoted()):
                yield Allowed(facts.contribution, quotable)
            yield Say(_quoted(quotable=quotable))
        case "take_back":
            yield TakenBack(facts.contribution)
            yield Say(_("We took it back and did not keep it. Send {share} to try again.", share=to_send("share")))
        case _menu:
            yield Switched("menu")


def _afterwards(facts: Facts) -> tuple[Choice, ...]:
    """The labels are short: by SMS they belong to the thanks for which we pay.

    The word for the menu has been told; it is offered again where that takes neither a letter nor a button from these.
    """
    # To translators: to say what one's message is about. At most 20 letters.
    topic = _("Add the topic")
    # To translators: to have one's message not read after all. At most 20 letters.
    take_back = _("Take it back")
    # To translators: that others may read one's message, without a name. Few letters, at most 20.
    quote = _("Quote it")
    offered = (Choice("topic", topic), Choice("take_back", take_back), Choice("quote", quote))
    has_room = facts.most_buttons is None and not facts.costs_by_length
    return (*offered, Choice("menu", _("Menu"))) if has_room else offered


def _may_be_quoted() -> Generator[Ask, Answer, bool]:
    """Nobody is led to agree: only the very choice counts."""
    question = _(
        "May others read your own words, without your name? Whoever knows you may still recognise you by them."
    )
    return (yield from agrees(question, _("Yes, they may"), _("No, they may not")))


def _quoted(*, quotable: bool) -> str:
    if quotable:
        return _("Thank you. To take it back, send {status}.", status=to_send("status"))
    return _("All right. Only those who work on it read your words.")
