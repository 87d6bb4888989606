"""What every kind of ballot has in common when it is filled in."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from channels.messages import Choice
from flows._engine.asking import choose_several
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, DoesNotFit, Wants
from flows._engine.votes import ENDS_SOONER, OpenRound
from flows._texts.renditions import choices, written
from locales import _, in_words, money

ABSTAIN = "abstain"
"""The value of the choice that is on every ballot beside the matters."""


@dataclass(frozen=True, slots=True)
class Paper:
    """How people fill in one kind of ballot, and how it is read back to them. Who abstains fills in `None`."""

    fill_in: Callable[[Facts, OpenRound], Generator[Ask, Answer, Any]]
    read_back: Callable[[Facts, OpenRound, Any], str]
    """Not for `None`."""
    typed: Callable[[Sequence[str], Any], Sequence[str]]
    """How a ballot on these matters can be given by nothing but digits and signs, message by message."""


def heading(facts: Facts, opened: OpenRound, how: Iterable[str]) -> str:
    """What is voted on, what others can see of it, and how it is done."""
    sentences = (
        written(facts, opened.title, (matter.label for matter in opened.matters)),
        _(facts.carrier.sees_votes),
        _("You can change your vote until {day}. Only the last one counts.", day=in_words(opened.closes)),
        *purse(opened),
        *sooner(opened),
        *how,
    )
    return "\n".join(sentences)


def purse(opened: OpenRound) -> Iterator[str]:
    """The sum that is shared out, where there is one."""
    if opened.terms.budget:
        yield _("{sum} are to be shared out.", sum=money(opened.terms.budget, opened.currency))


def sooner(opened: OpenRound) -> Sequence[str]:
    """What is said beside the last day of a round that may end before."""
    return (_(ENDS_SOONER),) if opened.ends_sooner else ()


def abstain() -> Choice:
    # To translators: stands on a ballot, below what is voted on. At most 20 letters.
    return Choice(ABSTAIN, _("I abstain"))


def marked(
    facts: Facts, opened: OpenRound, wants: Wants, how: Iterable[str], *, most: int = 0, most_together: int = 0
) -> Generator[Ask, Answer, tuple[tuple[str, str], ...]]:
    """What each matter was given, by its value; nothing where somebody abstains."""
    offered = (*choices(facts, opened.matters), abstain())
    text = heading(facts, opened, how)
    answer = yield from choose_several(text, offered, wants, alone=(ABSTAIN,), most=most, most_together=most_together)
    if answer == (ABSTAIN,):
        return ()
    return tuple(parted(part) for part in answer)


def parted(mark: str) -> tuple[str, str]:
    """The matter and what it was given."""
    matter, is_marked, value = mark.partition("=")
    if not is_marked:
        raise DoesNotFit
    return matter, value


def labels(facts: Facts, opened: OpenRound, matters: Iterable[str]) -> str:
    """What these matters are called, one after the other, in the order of the list."""
    chosen = set(matters)
    return _("; ").join(matter.label for matter in choices(facts, opened.matters) if matter.value in chosen)


def number(matters: Sequence[str], matter: str) -> int:
    """The number that stands beside it."""
    return matters.index(matter) + 1


def typed_abstention(matters: Sequence[str], beside: int = 1) -> Sequence[str]:
    """`beside`: as which of the choices below the matters it stands."""
    return (str(len(matters) + beside),)
