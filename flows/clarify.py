"""The answer to a question that the organizers ask one person, about something that they gave."""

from flows._engine.asking import hear
from flows._engine.effects import Replied
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._texts.over import over
from flows._texts.renditions import named, written
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("reply"),)
label = N_("Reply to our question")
needs = ("inquiry", "contribution")


def talk(facts: Facts) -> Talk:
    if facts.over:
        yield Say(over(facts))
        return
    if facts.inquiry is None:
        yield Say(_("We have no question to you now. We will write to you when we have one."))
        return
    text = yield from hear(written(facts, facts.inquiry.text), facts.takes_voice)
    yield Replied(facts.inquiry.id, facts.inquiry.matter, facts.contribution, text)
    yield Say(_("Thank you. {organizer} will read it.", organizer=named(facts, facts.process.organizer)))
