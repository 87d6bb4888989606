"""The file that is published of a vote: by it anybody can count again, and nobody can tell who chose what."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from exports import tally

FLOOR = tally.FLOOR
"""With fewer votes than this only the order is published: the ballots about one option would show who chose what."""


@dataclass(frozen=True, slots=True)
class Roll:
    """How many may vote, and how many have."""

    voters: int
    voted: int


@dataclass(frozen=True, slots=True)
class Funds:
    """A sum that is shared out, in whole units of a currency."""

    budget: int
    currency: str
    costs: Mapping[str, int]
    """What each option costs, by its value; {}: each gets a part."""


@dataclass(frozen=True, slots=True)
class ClosedVote:
    """A vote that has been counted."""

    id: str
    title: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]
    """What was voted on, by value, in the order of the ballot: its label in each language."""
    rule: str
    closed: date
    roll: Roll
    codes: Sequence[str]
    ballots: Sequence[Any]
    """As the rule counts them, in any order: none of who abstained."""
    counts: Mapping[str, int]
    order: Sequence[Sequence[str]]
    """() where too few voted for any result."""
    adopted: Sequence[str] | None
    against: Mapping[str, int] = field(default_factory=dict)
    """How many said no to each, where they could."""
    elected: Sequence[str] | None = None
    """None: the rule chooses nobody."""
    quorum: int = 0
    """How many of 100 on the roll have to vote for anything to be adopted; 0: that is not asked."""
    funds: Funds | None = None
    parts: Mapping[str, int] | None = None
    """How much each gets of the sum for sure; None: it has no parts."""
    deciding: Sequence[str] = ()
    """Which of them the same voters approve together decided it; (): that does not matter."""


def published(vote: ClosedVote) -> str:
    """The same vote always makes the same text, whatever the order of its ballots and codes.

    Each option's ballots stand apart and sorted, for a whole ballot can be a signature that somebody pays for. Of
    rankings only how many put one option above another is there; of equal shares, where very many voted, how many
    approve the same of what was bought.
    """
    by_pairs = vote.rule in tally.BY_PAIRS
    shows = len(vote.ballots) >= FLOOR and vote.rule in tally.RULES
    file = {
        "format": tally.FORMAT,
        "vote": vote.id,
        "title": dict(vote.title),
        "rule": vote.rule,
        "tally.py": script_hash(),
        "closed": vote.closed.isoformat(),
        "turnout": {
            "roll": vote.roll.voters,
            "voted": vote.roll.voted,
            "chose": len(vote.ballots),
            "quorum": vote.quorum,
        },
        "options": {value: dict(label) for value, label in vote.options.items()},
        "funds": None if vote.funds is None else asdict(vote.funds),
        "result": {
            "counts": dict(vote.counts) if shows else {},
            "against": dict(vote.against) if shows else {},
            "order": [list(together) for together in vote.order],
            "adopted": None if vote.adopted is None else list(vote.adopted),
            "elected": None if vote.elected is None else list(vote.elected),
            "parts": None if vote.parts is None else dict(vote.parts),
        },
        "codes": sorted(vote.codes),
        "ballots": _by_option(vote.ballots, list(vote.options)) if shows and not by_pairs else None,
        "pairs": _by_pairs(vote.ballots, list(vote.options)) if shows and by_pairs else None,
        "groups": _groups(vote) if shows and vote.rule in tally.BY_GROUPS else None,
    }
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def digest(text: str) -> str:
    """By which everybody knows that they have the same file."""
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(text: str, tied: Iterable[str]) -> list[str]:
    """Options that the vote did not decide between, in the order in which its file draws them.

    Nobody can steer it: the codes in the file are chance, and the voters hold them.
    """
    return tally.drawn(list(tied), digest(text))


def includes(text: str, code: str) -> bool:
    """Whether a code, as people write it, is of a ballot that was counted."""
    return code.upper().translate(tally.ALIKE) in json.loads(text)["codes"]


@cache
def script() -> bytes:
    """The program by which anybody counts again."""
    return Path(tally.__file__).read_bytes()


@cache
def script_hash() -> str:
    return hashlib.sha256(script()).hexdigest()


def _by_option(ballots: Sequence[Any], options: Sequence[str]) -> dict[str, list[int]]:
    return {option: sorted(_about(option, ballot) for ballot in ballots) for option in options}


def _about(option: str, ballot: Any) -> int:
    """What a ballot gives to an option: 1 or 0 by approving it or not, 1 or -1 by a yes or a no, else its points."""
    if isinstance(ballot, AbstractSet):
        return int(option in ballot)
    number = ballot.get(option, 0)
    return -1 if number is False else int(number)


def _groups(vote: ClosedVote) -> list[dict[str, Any]] | None:
    """Who approves the same of what was ever bought when it was counted, and how many of them approve each of the rest:
    that is what decides, and no more is told.

    None where an answer to all of this could be a signature: where on average less than `FLOOR` voted for each possible
    one, or fewer gave one that there is.
    """
    bought = frozenset(vote.deciding)
    if len(vote.ballots) < FLOOR * 2 ** (len(bought) + 1):
        return None
    groups: dict[tuple[str, ...], Counter[str]] = {}
    numbers = Counter(tuple(sorted(ballot & bought)) for ballot in vote.ballots)
    if min(numbers.values()) < FLOOR:
        return None
    for ballot in vote.ballots:
        groups.setdefault(tuple(sorted(ballot & bought)), Counter()).update(ballot - bought)
    return [
        {"approve": list(approved), "ballots": numbers[approved], "also": dict(sorted(also.items()))}
        for approved, also in sorted(groups.items())
    ]


def _by_pairs(rankings: Sequence[Sequence[Sequence[str]]], options: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many put the first of two above the second. Who is left out stands below all that are ranked."""
    ranks = [{option: rank for rank, equals in enumerate(ranking) for option in equals} for ranking in rankings]
    last = len(options)
    return {
        upper: {
            lower: sum(rank.get(upper, last) < rank.get(lower, last) for rank in ranks)
            for lower in options
            if lower != upper
        }
        for upper in options
    }
