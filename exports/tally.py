#!/usr/bin/env python3
"""Count a published vote again: python3 tally.py FILE. It needs nothing but Python 3.9, and asks nobody anything.

The file is the one that was published when the vote closed. What this finds wrong in it is said, and ends it with 1.

    python3 tally.py vote.json                    counts, and compares with what the file says
    python3 tally.py vote.json --code 7K3QM2X9RD  also looks whether this code was counted
    python3 tally.py vote.json --sha256 3f1a...   also looks whether it is the very file that was announced
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from fractions import Fraction
from itertools import combinations, permutations, product
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Amount = tuple[Fraction, Fraction]
    """Money at a share, and how much more it is with every unit by which the share is larger."""
    Group = tuple[frozenset[str], int, Mapping[str, int]]
    """Of what was bought: what these approve; how many they are; how many of them approve each of the rest."""

FORMAT = "hearback vote 1"
FLOOR = 8
"""With fewer votes than this the file holds no ballots: they would show who chose what."""
NO_BALLOTS = "Too few voted: the file shows no ballots, so nobody can count them again."
NO_RULE = (
    "This rule needs whole ballots, which could be signatures: the file shows none, and nobody can count them again."
)
NO_GROUPS = (
    "What is bought depends on which options the same people approve. Too few voted for showing that: the file shows "
    "how many approve each option, and nobody can count again what was bought."
)
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE = 10
ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
"""What people write when they copy a code by hand."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        content = Path(options.file).read_bytes()
        vote = json.loads(content)
        faults = check(vote)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        print("This is not a file of a vote, or it is damaged.")
        return 1
    digest = hashlib.sha256(content).hexdigest()
    if options.sha256 and options.sha256.lower() != digest:
        faults.append(f"It is not the file that was announced: its SHA-256 is {digest}.")
    _tell(vote, digest)
    if options.code:
        faults += _look_up(vote, options.code)
    for fault in faults:
        print(f"WRONG: {fault}")
    if not faults:
        print("Everything in this file fits together.")
    return 1 if faults else 0


def check(vote: dict[str, Any]) -> list[str]:
    """What in this file does not fit together; [] when everything does."""
    if vote["format"] != FORMAT:
        return [f"This tally.py counts files of the format {FORMAT!r}."]
    voted, options = vote["turnout"]["voted"], list(vote["options"])
    faults = _check_codes(vote["codes"], voted)
    if voted > vote["turnout"]["roll"]:
        faults.append("More have voted than may.")
    chose = vote["turnout"]["chose"]
    if chose > voted:
        faults.append("More have chosen something than have voted.")
    funds = vote.get("funds")
    if funds:
        faults += _check_funds(funds, vote["result"])
    if vote["ballots"] is None and vote["pairs"] is None:
        return faults
    faults += _check_shown(vote, options, chose)
    if faults or (vote["rule"] in BY_GROUPS and vote["groups"] is None):
        return faults
    counted = count(vote)
    return [f"{name} should be {counted[name]!r}." for name in counted if counted[name] != vote["result"][name]]


def _check_shown(vote: dict[str, Any], options: list[str], chose: int) -> list[str]:
    faults = []
    if chose < FLOOR:
        faults.append(f"Where fewer than {FLOOR} chose something no ballots may be shown.")
    if vote["pairs"] is None:
        faults += _check_ballots(vote["ballots"], options, chose)
    else:
        faults += _check_pairs(vote["pairs"], options, chose)
    if vote.get("groups") is not None:
        faults += _check_groups(vote["groups"], vote["ballots"], chose)
    return faults


def count(vote: dict[str, Any]) -> dict[str, Any]:
    """What the ballots or pairs in the file come to: the counts, the order with ties standing together, the adopted."""
    return {"against": {}, "elected": None, **({"parts": None} if "funds" in vote else {}), **RULES[vote["rule"]](vote)}


def drawn(options: Sequence[str], digest: str) -> list[str]:
    """Options that are tied, in the order in which the file's own SHA-256 draws them."""
    return sorted(options, key=lambda option: hashlib.sha256(f"{digest} {option}".encode()).hexdigest())


def _check_codes(codes: list[str], voted: int) -> list[str]:
    faults = []
    if len(codes) != voted:
        faults.append(f"{voted} have voted, and there are {len(codes)} codes.")
    if codes != sorted(set(codes)):
        faults.append("The codes are not sorted, or one is there twice.")
    if not all(len(code) == CODE and set(code) <= set(LETTERS) for code in codes):
        faults.append("Something among the codes is no code.")
    return faults


def _check_ballots(ballots: dict[str, list[int]], options: list[str], chose: int) -> list[str]:
    if sorted(ballots) != sorted(options):
        return ["The ballots are about other options than the vote."]
    faults = []
    for option, numbers in ballots.items():
        if len(numbers) != chose:
            faults.append(f"{chose} have chosen something, and {len(numbers)} ballots are about {option!r}.")
        if numbers != sorted(numbers) or any(type(number) is not int or number < -1 for number in numbers):
            faults.append(f"The ballots about {option!r} are no numbers, or not sorted.")
    return faults


def _check_pairs(pairs: dict[str, dict[str, int]], options: list[str], chose: int) -> list[str]:
    expected = {upper: sorted(lower for lower in options if lower != upper) for upper in options}
    if {upper: sorted(above) for upper, above in pairs.items()} != expected:
        return ["The pairs are of other options than the vote."]
    if any(type(number) is not int or number < 0 for above in pairs.values() for number in above.values()):
        return ["Something among the pairs is no number of ballots."]
    return [
        f"{chose} have chosen something, and more put {upper!r} above {lower!r} or the other way round."
        for upper, lower in combinations(options, 2)
        if pairs[upper][lower] + pairs[lower][upper] > chose
    ]


def _check_funds(funds: dict[str, Any], result: dict[str, Any]) -> list[str]:
    bought, parts = result["elected"] or [], result["parts"] or {}
    if sum(funds["costs"][option] for option in bought) > funds["budget"] or sum(parts.values()) > funds["budget"]:
        return ["More is given out than there is."]
    return []


def _check_groups(groups: list[dict[str, Any]], ballots: dict[str, list[int]], chose: int) -> list[str]:
    approvals = [frozenset(group["approve"]) for group in groups]
    if len(set(approvals)) != len(groups) or any(
        len(group["approve"]) > len(set(group["approve"])) for group in groups
    ):
        return ["A group is there twice."]
    numbers = [number for group in groups for number in (group["ballots"], *group["also"].values())]
    if any(type(number) is not int or number < 0 for number in numbers) or any(
        number > group["ballots"] for group in groups for number in group["also"].values()
    ):
        return ["Something among the groups is no number of ballots."]
    if sum(group["ballots"] for group in groups) != chose:
        return ["The groups hold more or fewer ballots than there are."]
    return [
        f"The groups have other approvals of {option!r} than the ballots."
        for option in ballots
        if sum(_voices(group, option) for group in _read(groups)) != sum(ballots[option])
    ]


def _by_sums(vote: dict[str, Any]) -> dict[str, Any]:
    """Approval, points and the like: what got most comes first."""
    counts = {option: sum(vote["ballots"][option]) for option in vote["options"]}
    return {"counts": counts, "order": _in_order(counts), "adopted": None}


def _by_points(vote: dict[str, Any]) -> dict[str, Any]:
    """Where a sum is shared out each gets its part, in whole units: the largest remainders get one unit more."""
    result = _by_sums(vote)
    if not vote.get("funds"):
        return result
    budget, whole = vote["funds"]["budget"], sum(result["counts"].values())
    parts = {option: points * budget // whole for option, points in result["counts"].items()}
    rest = {option: points * budget % whole for option, points in result["counts"].items()}
    for remainder in sorted(set(rest.values()), reverse=True):
        equal = [option for option in rest if rest[option] == remainder]
        if len(equal) > budget - sum(parts.values()):
            break
        for option in equal:
            parts[option] += 1
    return {**result, "parts": parts}


def _by_equal_shares(vote: dict[str, Any]) -> dict[str, Any]:
    """What is bought whichever way ties are broken stands first, then what is bought on some ways."""
    funds, options = vote["funds"], list(vote["options"])
    ends = _bought(_read(vote["groups"]), funds["costs"], funds["budget"])
    always, ever = frozenset.intersection(*ends), frozenset.union(*ends)
    tiers = ([o for o in options if o in tier] for tier in (always, ever - always, frozenset(options) - ever))
    order = [tier for tier in tiers if tier]
    return {"counts": {}, "order": order, "adopted": None, "elected": [o for o in options if o in always]}


def _bought(groups: list[Group], costs: dict[str, int], budget: int) -> set[frozenset[str]]:
    """What can be bought in the end, one set for each way of breaking ties.

    First everybody has the same part of the budget. Then this part is raised by one unit after the other, and all is
    bought anew, until nothing more fits into the budget or what is bought does not. Then what most approve is added.
    Steps at which nothing can change are passed over.
    """
    votes = {option: sum(_voices(group, option) for group in groups) for option in costs}
    costs = {option: cost for option, cost in costs.items() if votes[option]}
    first, raised = Fraction(budget, sum(number for _approved, number, _also in groups)), 0
    ways, until = _course(groups, costs, first)
    ends = set()
    while True:
        fitting = {way for way in ways if _cost(way, costs) <= budget}
        going_on = {way for way in fitting if _room(way, costs, budget)}
        ends |= fitting - going_on
        if not going_on:
            break
        following = raised + 1 if until is None else max(raised + 1, ceil(until - first))
        again = ways if following > raised + 1 else set()
        ways, until = _course(groups, costs, first + following)
        raised = following
        if any(_cost(way, costs) > budget for way in again | ways):
            ends |= going_on
    full = set()
    while ends:
        way = ends.pop()
        room = _room(way, costs, budget)
        best = max((votes[option] for option in room), default=0)
        ends |= {way | {option} for option in room if votes[option] == best}
        if not room:
            full.add(way)
    return full


def _course(groups: list[Group], costs: dict[str, int], share: Fraction) -> tuple[set[frozenset[str]], Fraction | None]:
    """What is bought when everybody has this share, in all ways, and up to which share it is bought in no other."""
    turns: list[Fraction] = []
    paying = {option: [place for place, group in enumerate(groups) if _voices(group, option)] for option in costs}
    least = {option: Fraction(costs[option], sum(_voices(group, option) for group in groups)) for option in costs}
    ways, states = set(), {(frozenset[str](), ((share, Fraction(1)),) * len(groups))}
    while states:
        bought, purses = states.pop()
        prices: dict[str, Amount] = {}
        for option in sorted(set(costs) - bought, key=lambda option: least[option]):
            if prices and least[option] > min(prices.values())[0]:
                break
            held = [(purses[place], _voices(groups[place], option)) for place in paying[option]]
            price = _price(held, costs[option], share, turns)
            if price:
                prices[option] = price
        if not prices:
            ways.add(bought)
            continue
        lowest = min(prices.values())
        for option in set(costs) - bought:
            price = prices.get(option)
            _meet(price or (least[option], Fraction(0)), lowest, share, turns)
            if price and price[0] == lowest[0]:
                states.add((bought | {option}, _paid(groups, purses, option, price)))
    return ways, min(turns, default=None)


def _price(held: list[tuple[Amount, int]], cost: int, share: Fraction, turns: list[Fraction]) -> Amount | None:
    """What each pays who can: who has less gives all they have. None: together they have too little."""
    together = sum(purse[0] * number for purse, number in held), sum(purse[1] * number for purse, number in held)
    _meet(together, (Fraction(cost), Fraction(0)), share, turns)
    if together[0] < cost:
        return None
    left, more, heads = Fraction(cost), Fraction(0), sum(number for _purse, number in held)
    for purse, number in sorted(held):
        if purse[0] * heads >= left:
            break
        left, more, heads = left - purse[0] * number, more - purse[1] * number, heads - number
    price = (left / heads, more / heads)
    for purse, _number in held:
        _meet(purse, price, share, turns)
    return price


def _paid(groups: list[Group], purses: tuple[Amount, ...], option: str, price: Amount) -> tuple[Amount, ...]:
    """What each group has left. Where only a part of one approves what is bought the file tells too little."""
    if any(also.get(option) for _approved, _number, also in groups):
        raise ValueError(option)
    left = ((purse[0] - price[0], purse[1] - price[1]) for purse in purses)
    nothing = (Fraction(0), Fraction(0))
    return tuple(
        (after if purse[0] > price[0] else nothing) if option in approved else purse
        for (approved, _number, _also), purse, after in zip(groups, purses, left)  # noqa: B905  not before Python 3.10
    )


def _meet(first: Any, second: Any, share: Fraction, turns: list[Fraction]) -> None:
    """At which share, this one or a larger one, two amounts are equal."""
    if first[1] != second[1]:
        ahead = Fraction(second[0] - first[0]) / (first[1] - second[1])
        if ahead >= 0:
            turns.append(share + ahead)


def _read(groups: list[dict[str, Any]]) -> list[Group]:
    return [(frozenset(group["approve"]), group["ballots"], group["also"]) for group in groups]


def _voices(group: Group, option: str) -> int:
    approved, number, also = group
    return number if option in approved else also.get(option, 0)


def _room(way: frozenset[str], costs: dict[str, int], budget: int) -> list[str]:
    return [option for option in costs if option not in way and costs[option] <= budget - _cost(way, costs)]


def _cost(way: frozenset[str], costs: dict[str, int]) -> int:
    return sum(costs[option] for option in way)


def _by_majority(vote: dict[str, Any]) -> dict[str, Any]:
    """As approval; adopted is what more than half of those who chose approve. Exactly half is not enough."""
    result = _by_sums(vote)
    turnout, ballots = vote["turnout"], vote["ballots"]
    adopted = [option for option in vote["options"] if result["counts"][option] * 2 > len(ballots[option])]
    return {**result, "adopted": adopted if _is_quorate(turnout) else []}


def _is_quorate(turnout: dict[str, int]) -> bool:
    """Whether enough of the roll voted, and be it to abstain."""
    return turnout["voted"] * 100 >= turnout["quorum"] * turnout["roll"]


def _by_yes_and_no(vote: dict[str, Any]) -> dict[str, Any]:
    """1 is a yes, -1 a no. Adopted is what has more of the one; as many of each is not enough."""
    lead = {option: sum(vote["ballots"][option]) for option in vote["options"]}
    counts = {option: vote["ballots"][option].count(1) for option in vote["options"]}
    against = {option: vote["ballots"][option].count(-1) for option in vote["options"]}
    adopted = [option for option in vote["options"] if lead[option] > 0] if _is_quorate(vote["turnout"]) else []
    return {"counts": counts, "against": against, "order": _in_order(lead), "adopted": adopted}


def _by_borda(vote: dict[str, Any]) -> dict[str, Any]:
    """2 for each ballot and other option that an option stands above, 1 for each that it stands beside."""
    pairs, others, chose = vote["pairs"], len(vote["options"]) - 1, vote["turnout"]["chose"]
    counts = {
        option: chose * others + sum(pairs[option][other] - pairs[other][option] for other in pairs if other != option)
        for option in vote["options"]
    }
    return {"counts": counts, "order": _in_order(counts), "adopted": None}


def _by_schulze(vote: dict[str, Any]) -> dict[str, Any]:
    """Above stands who has the stronger chain of majorities to the other; a chain is as strong as its weakest."""
    pairs, options = vote["pairs"], list(vote["options"])
    strength = {
        upper: {lower: votes if votes > pairs[lower][upper] else 0 for lower, votes in above.items()}
        for upper, above in pairs.items()
    }
    for between, upper, lower in product(options, options, options):
        if len({between, upper, lower}) == 3:
            chain = min(strength[upper][between], strength[between][lower])
            strength[upper][lower] = max(strength[upper][lower], chain)
    beaten = {
        (upper, lower) for upper, lower in permutations(options, 2) if strength[upper][lower] > strength[lower][upper]
    }
    return {"counts": {}, "order": _in_layers(options, beaten), "adopted": None}


def _by_ranked_pairs(vote: dict[str, Any]) -> dict[str, Any]:
    """The clearest majorities first, none that makes a circle; of equally clear ones those that no way of breaking
    the tie undoes."""
    pairs, options = vote["pairs"], list(vote["options"])
    majorities: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for upper, lower in permutations(options, 2):
        if pairs[upper][lower] > pairs[lower][upper]:
            majorities.setdefault((-pairs[upper][lower], pairs[lower][upper]), []).append((upper, lower))
    sure: set[tuple[str, str]] = set()
    possible: set[tuple[str, str]] = set()
    for clearness in sorted(majorities):
        closed = _chains(sure)
        left = [(upper, lower) for upper, lower in majorities[clearness] if (lower, upper) not in closed]
        possible |= set(left)
        against = _chains(possible)
        sure |= {(upper, lower) for upper, lower in left if (lower, upper) not in against}
    return {"counts": {}, "order": _in_layers(options, _chains(sure)), "adopted": None}


def _chains(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """These pairs, and those that follow from them over others."""
    closed = set(pairs)
    while more := {(a, d) for a, b in closed for c, d in closed if b == c} - closed:
        closed |= more
    return closed


def _in_order(counts: dict[str, int]) -> list[list[str]]:
    heights = sorted(set(counts.values()), reverse=True)
    return [[option for option in counts if counts[option] == height] for height in heights]


def _in_layers(options: list[str], beaten: set[tuple[str, str]]) -> list[list[str]]:
    """Those that nobody beats, then those that nobody beats who is left, and so on."""
    left, layers = list(options), []
    while left:
        layer = [option for option in left if not any((other, option) in beaten for other in left)]
        layers.append(layer)
        left = [option for option in left if option not in layer]
    return layers


RULES = {
    "approval": _by_sums,
    "borda": _by_borda,
    "equal_shares": _by_equal_shares,
    "majority": _by_majority,
    "points": _by_points,
    "ranked_pairs": _by_ranked_pairs,
    "schulze": _by_schulze,
    "score": _by_sums,
    "yes_no": _by_yes_and_no,
}
BY_PAIRS = {"borda", "ranked_pairs", "schulze"}
"""What these rules count is how many put one option above another."""
BY_GROUPS = {"equal_shares"}
"""What these rules count is which options the same people approve."""


def _tell(vote: dict[str, Any], digest: str) -> None:
    title, labels = _in_words(vote["title"]), {name: _in_words(text) for name, text in vote["options"].items()}
    turnout, result = vote["turnout"], vote["result"]
    print(f"{title}\nRule: {vote['rule']}. {turnout['voted']} of {turnout['roll']} voted. Closed on {vote['closed']}.")
    if vote["ballots"] is None and vote["pairs"] is None:
        print(NO_BALLOTS if vote["rule"] in RULES else NO_RULE)
    elif vote["rule"] in BY_GROUPS and vote["groups"] is None:
        print(NO_GROUPS)
    place = 1
    for together in result["order"]:
        for option in together:
            number = f" ({result['counts'][option]})" if result["counts"] else ""
            print(f"{place}. {labels[option]}{number}")
        if len(together) > 1 and not set(together) <= set(result["elected"] or ()):
            order = ", ".join(labels[option] for option in drawn(together, digest))
            print(f"   These are equal. Where one has to come first, this file draws: {order}")
        place += len(together)
    if result["adopted"] is not None:
        print("Adopted: " + (", ".join(labels[option] for option in result["adopted"]) or "nothing"))
    if vote.get("funds"):
        _tell_funds(vote["funds"], labels, result)
    print(f"SHA-256 of this file: {digest}")


def _tell_funds(funds: dict[str, Any], labels: dict[str, str], result: dict[str, Any]) -> None:
    budget, currency = funds["budget"], funds["currency"]
    if result["elected"] is not None:
        bought = ", ".join(labels[option] for option in result["elected"]) or "nothing"
        print(f"{sum(funds['costs'][option] for option in result['elected'])} of {budget} {currency}: {bought}")
    for option, part in (result["parts"] or {}).items():
        print(f"{part} of {budget} {currency}: {labels[option]}")


def _look_up(vote: dict[str, Any], code: str) -> list[str]:
    written = code.upper().translate(ALIKE)
    if written not in vote["codes"]:
        return [f"The code {written} is not among those that were counted."]
    print(f"The code {written} was counted.")
    return []


def _in_words(text: dict[str, str]) -> str:
    return text.get("en") or next(iter(text.values()))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Count a published vote again.")
    parser.add_argument("file", help="the file that was published, vote.json say")
    parser.add_argument("--code", help="a code that you were told when you voted")
    parser.add_argument("--sha256", help="the SHA-256 that was announced with the file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
