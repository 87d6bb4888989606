"""Who we are, what can be done now and by which words, and where a human is."""

from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk, flows
from flows._engine.words import to_send
from flows._texts.renditions import named
from flows._texts.shorts import several_are_open
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("help"),)
label = N_("Help")
anywhere = True

ORDER = (
    "share", "answer", "clarify", "vote", "ask", "reason", "myvote", "news", "status", "others", "opine", "amend",
    "rate", "region", "candidate", "seat", "link", "unlink", "prefer", "menu", "language", "start", "switch", "leave",
    "stop", "forget",
)  # fmt: skip
"""The flows whose words are told, if they have something to offer now."""


def offer(_facts: Facts) -> str:
    return _(label)


def talk(facts: Facts) -> Talk:
    yield Say(several_are_open() if facts.in_lobby else _who(facts))
    yield Say("\n".join((_("You can send these words:"), *_lines(facts))))
    if not facts.in_lobby and facts.process.contact:
        yield Say(_("You can reach a person here: {contact}", contact=named(facts, facts.process.contact)))


def _who(facts: Facts) -> str:
    organizer, title = named(facts, facts.process.organizer), named(facts, facts.process.title)
    # To translators: {organizer} is a name, {title} the name of a meeting or a review.
    return _("This is {organizer}, for: {title}.", organizer=organizer, title=title)


def _lines(facts: Facts) -> list[str]:
    offered = ((flows()[name], flows()[name].offer(facts)) for name in ORDER)
    # To translators: {word} is a word that people send, {what} what it does: "VOTE: Vote".
    lines = [_("{word}: {what}", word=to_send(flow.words[0]), what=what) for flow, what in offered if what]
    # To translators: what "0" does: it leads back to the question before.
    return [*lines, _("{word}: {what}", word="0", what=_("Go back"))]
