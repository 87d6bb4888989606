"""A published vote is counted again by a program that knows nothing of ours, and shows nobody's whole ballot."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import council
from exports import tally, votes
from exports.votes import ClosedVote, Funds, Roll
from storage.ballot_codes import new_code

OPTIONS = {"clinic": {"en": "Interpreters"}, "fees": {"en": "Lower fees"}, "school": {"en": "A place at school"}}


FUNDS = {
    "equal_shares": Funds(30_000, "CHF", {"clinic": 12_000, "fees": 15_000, "school": 20_000}),
    "points": Funds(1000, "CHF", {}),
}


def closed(rule: str, ballots: Sequence[Any], codes: Sequence[str] | None = None) -> ClosedVote:
    funds = FUNDS.get(rule)
    terms = council.Terms(budget=funds.budget, costs=funds.costs) if funds else council.Terms()
    result = council.every_rule()[rule].tally(ballots, list(OPTIONS), terms)
    return ClosedVote(
        id="v",
        title={"fr": "Ce qui vient en premier", "en": "What comes first"},
        options=OPTIONS,
        rule=rule,
        closed=date(2026, 11, 30),
        roll=Roll(len(ballots) + 2, len(ballots)),
        codes=codes or [new_code() for _ballot in ballots],
        ballots=[ballot for ballot in ballots if ballot is not None],
        counts=result.counts,
        against=result.against,
        order=result.order,
        adopted=result.adopted,
        elected=result.elected,
        funds=funds,
        parts=result.parts,
        deciding=result.deciding,
    )


def some_ballots(rule: str, number: int, chance: random.Random) -> list[Any]:
    return chance.choices(council.every_rule()[rule].kind.examples(list(OPTIONS)), k=number)


COUNTED_AGAIN = sorted(tally.RULES.keys() & council.every_rule().keys())


def test_every_rule_is_counted_again_or_it_is_said_why_not() -> None:
    """Phragmén counts whole approvals, which can be signatures."""
    assert council.every_rule().keys() - tally.RULES.keys() == {"phragmen"}
    assert council.every_rule().keys() >= tally.BY_GROUPS | tally.BY_PAIRS


@pytest.mark.parametrize("rule", COUNTED_AGAIN)
def test_of_a_thousand_votes_each_comes_to_the_same(rule: str) -> None:
    chance = random.Random(rule)
    for _vote in range(1000):
        ballots = some_ballots(rule, chance.randint(votes.FLOOR, 40), chance)
        vote = closed(rule, ballots, [f"{number:010}" for number in range(len(ballots))])
        file = json.loads(votes.published(vote))
        assert tally.check(file) == []
        if rule in tally.BY_GROUPS and file["groups"] is None:
            continue
        again = tally.count(file)
        assert again["counts"] == vote.counts
        assert again["parts"] == vote.parts
        assert again["elected"] == (None if vote.elected is None else list(vote.elected))
        assert again["order"] == [list(together) for together in vote.order]
        assert again["adopted"] == (None if vote.adopted is None else list(vote.adopted))


@pytest.mark.parametrize("rule", COUNTED_AGAIN)
def test_the_order_of_ballots_and_codes_changes_nothing(rule: str) -> None:
    chance = random.Random(rule)
    ballots, codes = some_ballots(rule, 30, chance), [new_code() for _ballot in range(30)]
    before = votes.published(closed(rule, ballots, codes))
    chance.shuffle(ballots)
    chance.shuffle(codes)
    assert votes.published(closed(rule, ballots, codes)) == before


@pytest.mark.parametrize("rule", COUNTED_AGAIN)
def test_any_line_that_is_changed_or_taken_out_is_noticed(rule: str) -> None:
    """By a number that does not fit, by a code that does not check any more, or by the sum of the whole file."""
    number = 150 if rule in tally.BY_GROUPS else 12
    text = votes.published(closed(rule, some_ballots(rule, number, random.Random(rule))))
    announced, lines = votes.digest(text), text.splitlines(keepends=True)
    ballots = len(lines) if rule in tally.BY_PAIRS else lines.index(' "ballots": {\n')
    for place, line in enumerate(lines):
        shorter = "".join([*lines[:place], *lines[place + 1 :]])
        more = re.sub(r"-?\d+", lambda number: str(int(number[0]) + 1), line)
        changed = "".join([*lines[:place], more, *lines[place + 1 :]])
        assert votes.digest(shorter) != announced
        assert votes.digest(changed) != announced or more == line
        if place > ballots and line.strip(" ,\n").lstrip("-").isdecimal():
            assert fits(shorter) is not True
            assert fits(changed) is not True


def a_sum(ballots: Sequence[frozenset[str]]) -> tuple[ClosedVote, dict[str, Any]]:
    vote = closed("equal_shares", ballots, [f"{number:010}" for number in range(len(ballots))])
    return vote, json.loads(votes.published(vote))


def test_what_a_sum_buys_is_counted_again_where_very_many_voted() -> None:
    chance, counted = random.Random(7), 0
    for _vote in range(200):
        likely = [chance.random() for _option in OPTIONS]
        ballots = [
            frozenset(option for option, often in zip(OPTIONS, likely, strict=True) if chance.random() < often)
            for _ballot in range(chance.randint(16, 400))
        ]
        vote, file = a_sum(ballots)
        assert tally.check(file) == []
        if file["groups"] is not None:
            counted += 1
            assert tally.count(file)["order"] == [list(together) for together in vote.order]
            seen = {option for group in file["groups"] for option in group["approve"]}
            assert len(ballots) >= votes.FLOOR * 2 ** (len(seen) + 1)
    assert counted > 50


def test_of_a_sum_no_groups_are_shown_where_few_voted() -> None:
    """How many approve each is there, as under every rule with approvals."""
    _vote, file = a_sum(some_ballots("equal_shares", 20, random.Random(3)))
    assert (file["groups"], len(file["ballots"]["clinic"])) == (None, 20)
    assert tally.check(file) == []
    assert tally.check(file | {"funds": file["funds"] | {"budget": 1}}) == (
        ["More is given out than there is."] if file["result"]["elected"] else []
    )


def test_what_nobody_bought_is_in_no_group() -> None:
    """It decides nothing but by how many approve it: so nobody is told with what else they do."""
    _vote, file = a_sum([frozenset({"clinic"})] * 90 + [frozenset({"clinic", "school"})] * 10)
    assert [group["approve"] for group in file["groups"]] == [["clinic"]]
    assert file["groups"][0] == {"approve": ["clinic"], "ballots": 100, "also": {"school": 10}}


def test_the_program_says_for_what_a_sum_is_and_what_it_cannot_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vote.json").write_text(votes.published(a_sum([frozenset({"clinic", "fees"})] * 20)[0]))
    assert tally.main([str(tmp_path / "vote.json")]) == 0
    printed = capsys.readouterr().out
    assert "27000 of 30000 CHF: Interpreters, Lower fees" in printed
    assert tally.NO_GROUPS in printed
    assert "These are equal" not in printed


def fits(text: str) -> bool | None:
    """None: it is no file of a vote."""
    try:
        return not tally.check(json.loads(text))
    except ValueError:
        return None


def test_a_code_that_is_taken_out_or_put_in_does_not_fit_the_turnout() -> None:
    file = json.loads(votes.published(closed("approval", some_ballots("approval", 9, random.Random(1)))))
    for codes in (file["codes"][1:], sorted([*file["codes"], new_code()]), [*file["codes"][:-1], file["codes"][0]]):
        assert tally.check(file | {"codes": codes})


@pytest.mark.parametrize("number", [3, votes.FLOOR - 1, votes.FLOOR])
def test_few_votes_show_only_their_order(number: int) -> None:
    file = json.loads(votes.published(closed("approval", some_ballots("approval", number, random.Random(number)))))
    shows = number >= votes.FLOOR
    assert (file["ballots"] is not None, bool(file["result"]["counts"])) == (shows, shows)
    assert file["result"]["order"]
    assert len(file["codes"]) == number
    assert tally.check(file) == []


def test_no_whole_ballot_can_be_put_together_again() -> None:
    """Two votes with the same numbers for each option, out of other ballots, make the same file."""
    a, b, ab, none = frozenset({"clinic"}), frozenset({"fees"}), frozenset({"clinic", "fees"}), frozenset[str]()
    codes = [new_code() for _ballot in range(8)]
    apart, together = [a, b] * 4, [ab, none] * 4
    assert votes.published(closed("approval", apart, codes)) == votes.published(closed("approval", together, codes))


def test_a_tie_is_drawn_by_the_file_itself() -> None:
    drawn = {tuple(votes.drawn(votes.published(closed("approval", [frozenset()] * 8)), OPTIONS)) for _vote in range(60)}
    assert {order[0] for order in drawn} == set(OPTIONS)


def test_a_code_is_found_however_it_is_copied() -> None:
    text = votes.published(closed("approval", [frozenset()] * 8, [f"01ABCDEFG{number}" for number in range(2, 10)]))
    assert votes.includes(text, " 0iabc-defg 2")
    assert votes.includes(text, "OLABCDEFG9")
    assert not votes.includes(text, "01ABCDEFG1")
    assert not votes.includes(text, "")


def test_the_program_runs_alone(tmp_path: Path) -> None:
    """As anybody runs it: the two files in a folder, and nothing of ours beside them."""
    text = votes.published(closed("majority", [frozenset({"fees"})] * 7 + [frozenset({"clinic", "school"})]))
    (tmp_path / "vote.json").write_text(text)
    (tmp_path / "tally.py").write_bytes(votes.script())
    code = json.loads(text)["codes"][3]

    def run(*arguments: str) -> tuple[int, str]:
        program = [sys.executable, "-I", "tally.py", "vote.json", *arguments]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout

    ended, printed = run("--code", code, "--sha256", votes.digest(text))
    assert ended == 0
    assert "What comes first" in printed
    assert "1. Lower fees (7)\n2. Interpreters (1)\n2. A place at school (1)\n" in printed
    assert "Adopted: Lower fees" in printed
    assert f"The code {code} was counted." in printed
    assert run("--code", "0000000000")[0] == 1
    assert run("--sha256", "0" * 64)[0] == 1
    (tmp_path / "vote.json").write_text("{}")
    assert run() == (1, "This is not a file of a vote, or it is damaged.\n")
