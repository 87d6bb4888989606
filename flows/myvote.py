"""What a member has chosen, while it can be changed; afterwards only whether it was counted."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import council
from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Effect, Words
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, DoesNotFit, Say, Talk, Wants
from flows._engine.votes import OwnBallot, PastRound
from flows._papers import read_back
from flows._texts.renditions import named, written
from locales import N_, _, in_words

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("myvote"),)
label = N_("Look at my vote")
needs = ("own_ballots",)

RIGHT, WRONG, CHECK = "right", "wrong", "check"
CODE = N_("Your code: {code}. When the vote is over, you can check with it that your vote was counted: send {word}.")


@dataclass(frozen=True, slots=True)
class Disputed(Effect):
    """The person says that the list of who voted in a round that is over is wrong about them."""

    round: str


@dataclass(frozen=True, slots=True)
class CodeSent(Effect):
    """The person wants to know whether the ballot with this code was counted."""

    round: str
    code: str = field(repr=False)


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and (facts.seated or facts.votes) else ""


def talk(facts: Facts) -> Talk:
    for own in facts.own_ballots:
        yield Say(_told(facts, own))
    if not facts.past_rounds:
        if not facts.own_ballots:
            yield Say(_("There is no vote of yours to show."))
        return
    past = yield from _which(facts)
    wish = yield from choose(_listed(facts, past), _wishes(past))
    if wish == CHECK:
        answer = yield Ask(_("Send the code that you were told when you voted."), wants=Wants.WORDS)
        if not isinstance(answer, Words):
            raise DoesNotFit
        yield CodeSent(past.id, answer.text)
        return
    if wish == WRONG:
        yield Disputed(past.id)
        yield Say(_("Thank you. The organizers see how many say that the list is wrong, and not who."))
        return
    yield Say(_("Thank you."))


def _told(facts: Facts, own: OwnBallot) -> str:
    opened = own.round
    rule = council.every_rule()[opened.rule]
    lines = (
        written(facts, opened.title, (matter.label for matter in opened.matters)),
        read_back(facts, opened, rule.unpacked(opened.ballot)),
        _("We have your vote. You can change it until {day}.", day=in_words(opened.closes)),
        _("Your code: {code}", code=own.code),
    )
    return "\n".join(lines)


def _which(facts: Facts) -> Generator[Ask, Answer, PastRound]:
    if len(facts.past_rounds) == 1:
        return facts.past_rounds[0]
    offered = [Choice(past.id, named(facts, past.title)) for past in facts.past_rounds]
    chosen = yield from choose(_("These votes are over. About which one?"), offered)
    return next(past for past in facts.past_rounds if past.id == chosen)


def _listed(facts: Facts, past: PastRound) -> str:
    """Never what was chosen: nobody can tell any more."""
    title = written(facts, past.title)
    if past.voted:
        return _("This vote is over: {title}. Our list says that you voted in it. Is that right?", title=title)
    return _("This vote is over: {title}. Our list says that you did not vote in it. Is that right?", title=title)


def _wishes(past: PastRound) -> Iterator[Choice]:
    yield Choice(RIGHT, _("Yes, that is right"))
    yield Choice(WRONG, _("No, that is wrong"))
    if past.voted:
        yield Choice(CHECK, _("Check my code"))
