"""A question to the organizers about what is voted on."""

from collections.abc import Generator

from channels.messages import Choice
from flows._engine.asking import TRIES, agrees, choose, hear
from flows._engine.effects import Remarked
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Step, Talk
from flows._engine.votes import OpenRound
from flows._texts.renditions import choices, written
from locales import N_, _
from storage.states import RemarkKind

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("ask"),)
label = N_("Ask about the vote")
needs = ("round",)

ALL = "all_of_it"
THANKS = N_("Thank you. The answer comes to everybody who may vote, in this chat, too.")
LONGEST = 400
"""What is asked or said is told to everybody who may vote: on SMS each 70 to 160 letters cost as much as a message."""


def talk(facts: Facts) -> Talk:
    if facts.round is None:
        yield Say(_("There is no vote open for you now."))
        return
    question = yield from put(facts, facts.round)
    if question is not None:
        yield question
        yield Say(_(THANKS))


def put(facts: Facts, opened: OpenRound) -> Generator[Step, Answer, Remarked | None]:
    """A question to the organizers, who answer everybody; None: there is none."""
    option = yield from which(facts, opened)
    words = yield from in_words_alone(
        _(
            "What do you want to ask? The organizers answer everybody who may vote. They do not see who asks, "
            "and nobody is told."
        )
    )
    if not words:
        return None
    # To translators: the labels have at most 20 letters.
    quotable = yield from agrees(
        _("May everybody who may vote read your question in your own words?"), _("Yes, in my words"), _("No, in theirs")
    )
    return Remarked(opened.id, option, RemarkKind.QUESTION, words, quotable)


def which(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, str]:
    offered = (*choices(facts, opened.matters), Choice(ALL, _("All of it")))
    title = written(facts, opened.title, (matter.label for matter in opened.matters))
    option = yield from choose(f"{title}\n{_('About which one?')}", offered)
    return "" if option == ALL else option


def in_words_alone(text: str) -> Generator[Step, Answer, str]:
    """In writing alone: before anybody could answer a voice note it would have to be heard. "" for none that fits."""
    for _try in range(TRIES):
        words = (yield from hear(text, takes_voice=False)).text.strip()
        if words and len(words) <= LONGEST:
            return words
        text = (
            _("That is too long for all to read. Please say it in at most {number} letters.", number=LONGEST)
            if words
            else _("We can take this in writing only.")
        )
    yield Say(_("We did not keep what you wrote."))
    return ""
