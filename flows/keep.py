"""What somebody told us that nobody had asked for."""

from collections.abc import Generator

from flows._engine.asking import agrees
from flows._engine.effects import Replied, Shared, Words
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.over import over
from flows._texts.renditions import named
from locales import _

words = ()  # it opens by itself, for words that answer no question
needs = ("held", "contribution", "inquiry")
edition = 2


def talk(facts: Facts) -> Talk:
    if facts.over:
        yield Say(over(facts))
        return
    if facts.inquiry is not None and (yield from _replies()):
        yield Replied(facts.inquiry.id, facts.inquiry.matter, facts.contribution, Words(facts.held))
        yield Say(_("Thank you. {organizer} will read it.", organizer=named(facts, facts.process.organizer)))
        return
    text = _(
        "We have what you wrote. Shall we pass it on to {organizer}?",
        organizer=named(facts, facts.process.organizer),
    )
    if not (yield from agrees(text, _("Yes, pass it on"), _("No, do not"), loosely=True)):
        yield Say(_("We did not pass it on and did not keep it. Send {share} to try again.", share=to_send("share")))
        return
    yield Shared(facts.contribution, Words(facts.held))
    yield Say(_("Thank you. We will tell you here what was done with it."))


def _replies() -> Generator[Ask, Answer, bool]:
    """Whoever has been asked something often just writes the answer."""
    text = _("We have what you wrote. Is it your answer to our question?")
    return (yield from agrees(text, _("Yes, it is"), _("No, something else"), loosely=True))
