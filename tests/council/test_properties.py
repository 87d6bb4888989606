"""What is known of each voting rule, tried out on any votes, and beside an independent library."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from math import factorial, prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from votelib import convert
from votelib.component.rankscore import Borda
from votelib.evaluate import core
from votelib.evaluate.condorcet import RankedPairs, Schulze, pairwise_wins

from council import Result, Rule, Terms, every_kind, every_rule
from council._duels import duels
from council.ballots.rankings import Ranking
from council.rules import phragmen
from tests.council.spending import slowly_spent

MATTERS = ("classes", "permits", "visas", "transfers", "schools")
ELECTIONS, SEED = 1000, 18


def ballots_of(kind: str, chance: random.Random, matters: Sequence[str] = MATTERS) -> Any:
    """Any ballot of this kind."""
    some = [matter for matter in matters if chance.random() < 0.6] or [chance.choice(matters)]
    if kind == "approvals":
        return frozenset(matter for matter in matters if chance.random() < 0.45)
    if kind == "answers":
        return {matter: chance.random() < 0.5 for matter in some}
    if kind == "scores":
        return {matter: chance.randint(1, 5) for matter in some}
    if kind == "points":
        return dict(Counter(chance.choice(some) for _point in range(chance.randint(1, 10))))
    assert kind == "rankings"
    ranks: dict[int, list[str]] = {}
    for matter in some:
        ranks.setdefault(chance.randint(1, len(some)), []).append(matter)
    return tuple(tuple(ranks[rank]) for rank in sorted(ranks))


def raised(kind: str, ballot: Any, matter: str) -> Any:
    """The same ballot by somebody who wants this matter more, and thinks of the others as before."""
    if kind == "approvals":
        return ballot | {matter}
    if kind == "answers":
        return {**ballot, matter: True}
    if kind == "scores":
        return {**ballot, matter: 5}
    if kind == "points":
        return {matter: sum(ballot.values())}
    others = (tuple(other for other in rank if other != matter) for rank in ballot)
    return ((matter,), *(rank for rank in others if rank))


@dataclass(frozen=True)
class Known:
    """What is known of a rule, and how an independent library counts its ballots."""

    agrees: Callable[[Sequence[Any], Result], None]
    monotone: bool = True
    condorcet: bool = False
    proportional: bool = False


def elections(rule: Rule) -> Iterator[list[Any]]:
    """Of a rule that settles one majority after the other, every other one has so many voters that few are equal."""
    many = rule.name == "ranked_pairs"
    chance = random.Random(SEED)
    (kind,) = (name for name, kind in every_kind().items() if kind is rule.kind)
    for election in range(ELECTIONS):
        if many and election % 2:
            yield [ballot for _opinion in range(25) for ballot in [ballots_of(kind, chance)] * chance.randint(1, 40)]
        else:
            yield [ballots_of(kind, chance) for _voter in range(chance.randint(1, 9))]


def ordered(counts: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(matter for matter in MATTERS if counts[matter] == height)
        for height in sorted(set(counts.values()), reverse=True)
    )


def approved(cast: Sequence[Any]) -> dict[str, Any]:
    counts = convert.ApprovalToSimpleVotes().convert(Counter(cast))
    return {matter: counts.get(matter, 0) for matter in MATTERS}


def agrees_on_approvals(cast: Sequence[Any], found: Result) -> None:
    assert (dict(found.counts), found.order) == (approved(cast), ordered(approved(cast)))


def agrees_on_a_majority(cast: Sequence[Any], found: Result) -> None:
    agrees_on_approvals(cast, found)
    both = {matter: {"for": votes, "rest": len(cast) - votes} for matter, votes in approved(cast).items()}
    assert found.adopted == tuple(matter for matter in MATTERS if core.Plurality().evaluate(both[matter]) == ["for"])


def agrees_on_answers(cast: Sequence[Any], found: Result) -> None:
    for matter in MATTERS:
        sides = Counter(ballot[matter] for ballot in cast if matter in ballot)
        wins = bool(sides) and core.Plurality().evaluate({True: sides[True], False: sides[False]}) == [True]
        assert (matter in (found.adopted or ())) == wins


def agrees_on_sums(cast: Sequence[Any], found: Result) -> None:
    scored = Counter(frozenset({matter: ballot.get(matter, 0) for matter in MATTERS}.items()) for ballot in cast)
    sums = convert.ScoreToSimpleVotes("sum").convert(scored)
    assert (dict(found.counts), found.order) == (sums, ordered(sums))


def complete(ranking: Ranking) -> Ranking:
    """With who is left out below all others, as the library wants it."""
    left_out = tuple(matter for matter in MATTERS if all(matter not in rank for rank in ranking))
    return (*ranking, left_out) if left_out else ranking


def straight(ranking: Ranking) -> Iterator[tuple[str, ...]]:
    """Every order without equals that it allows: over all of these, equals get the average of their places."""
    if not ranking:
        yield ()
        return
    for first in permutations(ranking[0]):
        yield from (first + rest for rest in straight(ranking[1:]))


def agrees_on_borda(cast: Sequence[Any], found: Result) -> None:
    votes: defaultdict[tuple[frozenset[str], ...], Fraction] = defaultdict(Fraction)
    for ranking in map(complete, cast):
        share = Fraction(1, prod(factorial(len(rank)) for rank in ranking))
        for order in straight(ranking):
            # A name alone would be taken for a rank that its letters share.
            votes[tuple(frozenset({matter}) for matter in order)] += share
    points = convert.RankedToPositionalVotes(Borda(base=0)).convert(votes)
    assert found.counts == {matter: 2 * points[matter] for matter in MATTERS}
    assert found.order == ordered(points)


def two_by_two(cast: Sequence[Any]) -> dict[tuple[str, str], int]:
    votes = Counter(tuple(frozenset(rank) for rank in complete(ranking)) for ranking in cast)
    found: dict[tuple[str, str], int] = convert.RankedToCondorcetVotes().convert(votes)
    return {pair: found.get(pair, 0) for pair in permutations(MATTERS, 2)}


def agrees_on_schulze(cast: Sequence[Any], found: Result) -> None:
    wins = set(pairwise_wins(Schulze.widest_paths(two_by_two(cast))))
    place = {matter: number for number, together in enumerate(found.order) for matter in together}
    assert found.order[0] == tuple(m for m in MATTERS if all((other, m) not in wins for other in MATTERS))
    assert all(place[upper] < place[lower] for upper, lower in wins)
    if len(wins) == len(MATTERS) * (len(MATTERS) - 1) // 2:
        assert [m for (m,) in found.order] == Schulze().evaluate(two_by_two(cast), len(MATTERS))


def agrees_on_ranked_pairs(cast: Sequence[Any], found: Result) -> None:
    """The library breaks ties by how its lists stand: it is asked where there are none, many ways where there are."""
    above = two_by_two(cast)
    if are_apart(above):
        assert [m for (m,) in found.order] == RankedPairs().evaluate(above, len(MATTERS))
    else:
        assert set(found.order[0]) >= winners_of_many_ways(above)


def are_apart(above: Mapping[tuple[str, str], int]) -> bool:
    """Whether each of two matters has a majority, and no two of these are equally clear."""
    return len({votes for pair, votes in above.items() if votes > above[pair[::-1]]}) == 10


def winners_of_many_ways(above: Mapping[tuple[str, str], int]) -> set[str]:
    """Who can win if ties between majorities are broken one way or the other."""
    chance = random.Random(SEED)
    majorities = [pair for pair in above if above[pair] > above[pair[::-1]]]
    winners = set()
    for _way in range(20):
        chance.shuffle(majorities)
        locked: list[tuple[str, str]] = []
        for upper, lower in sorted(majorities, key=lambda pair: (-above[pair], above[pair[::-1]])):
            reached, before = {lower}, set[str]()
            while reached != before:
                before = set(reached)
                reached |= {below for over, below in locked if over in reached}
            if upper not in reached:
                locked.append((upper, lower))
        winners |= set(MATTERS) - {lower for _upper, lower in locked}
    return winners


PLACES = 2


def agrees_on_phragmen(cast: Sequence[Any], found: Result) -> None:
    """With an own count, as Phragmén told it: everybody earns money, evenly, until some can buy whom they approve."""
    outcomes = bought(cast)
    assert set(found.elected or ()) == set.intersection(*map(set, outcomes))
    assert set(found.elected or ()) | set(found.tied) == set.union(*map(set, outcomes))


def bought(cast: Sequence[frozenset[str]]) -> set[frozenset[str]]:
    """Phragmén's money, for as many voters as there are."""
    left = [(frozenset[str](), (Fraction(0),) * len(cast))]
    ends = set()
    while left:
        chosen, purses = left.pop()
        waits = {}
        for matter in set(MATTERS) - chosen:
            who = [place for place, ballot in enumerate(cast) if matter in ballot]
            if who:
                waits[matter] = (1 - sum((purses[place] for place in who), Fraction(0))) / len(who)
        if len(chosen) == PLACES or not waits:
            ends.add(chosen)
            continue
        soonest = min(waits.values())
        for matter in (matter for matter, wait in waits.items() if wait == soonest):
            after = (Fraction(0) if matter in b else purse + soonest for b, purse in zip(cast, purses, strict=True))
            left.append((chosen | {matter}, tuple(after)))
    return ends


def agrees_on_equal_shares(cast: Sequence[Any], found: Result) -> None:
    """With an own count, voter by voter and unit by unit."""
    ends = slowly_spent(cast, COSTS, BUDGET)
    assert set(found.elected or ()) == set.intersection(*map(set, ends))
    assert set(found.elected or ()) | set(found.tied) == set.union(*map(set, ends))


BUDGET, COSTS = 12, {"classes": 2, "permits": 3, "visas": 5, "transfers": 4, "schools": 6}


def agrees_on_points(cast: Sequence[Any], found: Result) -> None:
    agrees_on_sums(cast, found)
    points = sum(found.counts.values())
    assert found.parts is not None
    for matter, part in found.parts.items():
        assert abs(part - Fraction(BUDGET * found.counts[matter], points)) < 1
    left = BUDGET - sum(found.parts.values())
    assert (left > 0) == bool(found.tied)
    assert left < max(len(found.tied), 1)


KNOWN: Mapping[str, Known] = {
    "approval": Known(agrees_on_approvals),
    "borda": Known(agrees_on_borda),
    "equal_shares": Known(agrees_on_equal_shares),
    "majority": Known(agrees_on_a_majority),
    "phragmen": Known(agrees_on_phragmen, proportional=True),
    "points": Known(agrees_on_points),
    "ranked_pairs": Known(agrees_on_ranked_pairs, condorcet=True),
    "schulze": Known(agrees_on_schulze, condorcet=True),
    "score": Known(agrees_on_sums),
    "yes_no": Known(agrees_on_answers),
}
"""A line for each rule. Order of ballots, names, ties and abstentions are in `test_rules.py`, for all of them."""


def of(property_: str) -> pytest.MarkDecorator:
    names = [name for name, known in KNOWN.items() if getattr(known, property_)]
    return pytest.mark.parametrize("rule", [every_rule()[name] for name in names if name in every_rule()], ids=names)


def test_of_every_rule_it_is_known_what_it_keeps() -> None:
    assert set(KNOWN) == set(every_rule())


@pytest.mark.parametrize("name", KNOWN)
def test_an_independent_library_counts_the_same(name: str) -> None:
    rule = every_rule()[name]
    for cast in elections(rule):
        KNOWN[name].agrees(cast, rule.tally(cast, MATTERS, Terms(elects=PLACES, budget=BUDGET, costs=COSTS)))


def test_many_of_those_elections_have_no_equal_majorities() -> None:
    """Or the library would hardly have been asked about ranked pairs."""
    apart = sum(are_apart(two_by_two(cast)) for cast in elections(every_rule()["ranked_pairs"]))
    assert apart > ELECTIONS / 5


@of("monotone")
@given(seed=st.integers(0, 2**32), voters=st.integers(1, 9))
def test_who_is_first_and_wanted_more_stays_first(rule: Rule, seed: int, voters: int) -> None:
    chance, terms = random.Random(seed), Terms(elects=PLACES)
    (kind,) = (name for name, kind in every_kind().items() if kind is rule.kind)
    cast = [ballots_of(kind, chance) for _voter in range(voters)]
    found = rule.tally(cast, MATTERS, terms)
    for matter in found.order[0]:
        more = rule.tally([raised(kind, cast[0], matter), *cast[1:]], MATTERS, terms)
        assert matter in more.order[0]
        assert not found.adopted or matter not in found.adopted or matter in (more.adopted or ())


@of("condorcet")
@given(seed=st.integers(0, 2**32), voters=st.integers(1, 9))
def test_who_wins_against_every_other_is_first_alone(rule: Rule, seed: int, voters: int) -> None:
    chance = random.Random(seed)
    cast = [ballots_of("rankings", chance) for _voter in range(voters)]
    above = duels(cast, MATTERS)
    for matter in MATTERS:
        if all(above[matter, other] > above[other, matter] for other in MATTERS if other != matter):
            assert rule.tally(cast, MATTERS).order[0] == (matter,)


@of("proportional")
@given(seed=st.integers(0, 2**32), voters=st.integers(1, 12), places=st.integers(1, 4))
def test_every_group_gets_its_share(rule: Rule, seed: int, voters: int, places: int) -> None:
    """Proportional justified representation, however ties are broken: who together are `size` shares of the voters,
    and agree on that many matters, have that many chosen that any of them approves. With a `size` of one it is
    justified representation."""
    chance = random.Random(seed)
    cast = [ballots_of("approvals", chance) for _voter in range(voters)]
    for chosen in phragmen._chosen(Counter(cast), MATTERS, places):
        for size in range(1, places + 1):
            for agreed in combinations(MATTERS, size):
                group = [ballot for ballot in cast if ballot.issuperset(agreed)]
                for heard in combinations(chosen, min(size - 1, len(chosen))):
                    unheard = [ballot for ballot in group if ballot & chosen <= set(heard)]
                    assert len(unheard) * places < size * voters


def test_a_share_may_be_won_by_any_library_that_is_there() -> None:
    abc = pytest.importorskip(
        "abcvoting.abcrules",
        reason="abcvoting pulls in gurobipy, which is proprietary and must never be in the environment; "
        "the own slow count above takes its place",
    )
    preferences = pytest.importorskip("abcvoting.preferences")
    for cast in elections(every_rule()["phragmen"]):
        profile = preferences.Profile(len(MATTERS))
        profile.add_voters([{MATTERS.index(matter) for matter in ballot} for ballot in cast])
        committees = abc.compute_seqphragmen(profile, PLACES, resolute=False)
        found = every_rule()["phragmen"].tally(cast, MATTERS, Terms(elects=PLACES))
        assert {MATTERS[place] for place in set.intersection(*map(set, committees))} == set(found.elected or ())
