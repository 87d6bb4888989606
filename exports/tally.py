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
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = "hearback vote 1"
FLOOR = 8
"""With fewer votes than this the file holds no ballots: they would show who chose what."""
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
    if vote["ballots"] is None:
        return faults
    faults += _check_ballots(vote, options, voted)
    if faults:
        return faults
    counted = count(vote)
    return [f"{name} should be {counted[name]!r}." for name in counted if counted[name] != vote["result"][name]]


def count(vote: dict[str, Any]) -> dict[str, Any]:
    """What the ballots in the file come to: the counts, the order with ties standing together, what is adopted."""
    return RULES[vote["rule"]](vote)


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


def _check_ballots(vote: dict[str, Any], options: list[str], voted: int) -> list[str]:
    ballots = vote["ballots"]
    if sorted(ballots) != sorted(options):
        return ["The ballots are about other options than the vote."]
    faults = []
    chose = max(len(given) for given in ballots.values())
    if chose < FLOOR:
        faults.append(f"Where fewer than {FLOOR} chose something no ballots may be shown.")
    if chose > voted:
        faults.append(f"{voted} have voted, and there are {chose} ballots.")
    for option, given in ballots.items():
        if len(given) != chose:
            faults.append(f"{chose} ballots are about something, and {len(given)} about {option!r}.")
        if given != sorted(given) or any(type(number) is not int or number < 0 for number in given):
            faults.append(f"The ballots about {option!r} are no numbers, or not sorted.")
    return faults


def _by_sums(vote: dict[str, Any]) -> dict[str, Any]:
    """Approval, points and the like: what got most comes first."""
    counts = {option: sum(vote["ballots"][option]) for option in vote["options"]}
    heights = sorted(set(counts.values()), reverse=True)
    order = [[option for option in vote["options"] if counts[option] == height] for height in heights]
    return {"counts": counts, "order": order, "adopted": None}


def _by_majority(vote: dict[str, Any]) -> dict[str, Any]:
    """As approval; adopted is what more than half of those who chose approve. Exactly half is not enough."""
    result = _by_sums(vote)
    turnout, ballots = vote["turnout"], vote["ballots"]
    adopted = [option for option in vote["options"] if result["counts"][option] * 2 > len(ballots[option])]
    return {**result, "adopted": adopted if _is_quorate(turnout) else []}


def _is_quorate(turnout: dict[str, int]) -> bool:
    """Whether enough of the roll voted, and be it to abstain."""
    return turnout["voted"] * 100 >= turnout["quorum"] * turnout["roll"]


RULES = {"approval": _by_sums, "majority": _by_majority}


def _tell(vote: dict[str, Any], digest: str) -> None:
    title, labels = _in_words(vote["title"]), {name: _in_words(text) for name, text in vote["options"].items()}
    turnout, result = vote["turnout"], vote["result"]
    print(f"{title}\nRule: {vote['rule']}. {turnout['voted']} of {turnout['roll']} voted. Closed on {vote['closed']}.")
    if vote["ballots"] is None:
        print("Too few voted: the file shows no ballots, so nobody can count them again.")
    place = 1
    for together in result["order"]:
        for option in together:
            number = f" ({result['counts'][option]})" if result["counts"] else ""
            print(f"{place}. {labels[option]}{number}")
        if len(together) > 1:
            order = ", ".join(labels[option] for option in drawn(together, digest))
            print(f"   These are equal. Where one has to come first, this file draws: {order}")
        place += len(together)
    if result["adopted"] is not None:
        print("Adopted: " + (", ".join(labels[option] for option in result["adopted"]) or "nothing"))
    print(f"SHA-256 of this file: {digest}")


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
