"""A draw that anybody can repeat from its file."""

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.lots import (
    FORMAT,
    Announced,
    Broken,
    Candidate,
    Cannot,
    Gave,
    Limits,
    Outcome,
    Record,
    Relaxation,
    Ticket,
    commitment,
    leaf,
    packed,
    repeat,
    same,
    seed_of,
    spread,
    unpacked,
)
from tests.council.lots.pools import quiet

QUOTAS = {"gender": {"woman": (1, 2)}}
TICKETS = [Ticket(f"t{n}", f"salt{n}", {"gender": "woman"}) for n in range(4)]
LEAVES = {ticket.name: leaf(ticket) for ticket in TICKETS}
SOURCE, DUE = "The number of the lottery of 9 December", "2026-12-09T20:00:00+00:00"
FIXED = commitment(Announced("draw", SOURCE, DUE, 2, {"gender": {"woman": Limits(1, 2)}}), LEAVES)


def a_record(**changes: object) -> Record:
    fields: dict[str, object] = {
        "format": FORMAT,
        "draw": "draw",
        "source": SOURCE,
        "due": DUE,
        "value": "3 17 21",
        "seats": 2,
        "quotas": QUOTAS,
        "commitment": FIXED,
        "candidates": [
            Candidate(ticket=ticket.name, salt=ticket.salt, facts=dict(ticket.facts)) for ticket in TICKETS[1:]
        ],
        "gone": {"t0": LEAVES["t0"]},
        "gone_before": ["t0"],
        "algorithm": "maximin",
        "libraries": "",
        "members": [],
        "substitutes": [],
    }
    return Record(**(fields | changes))  # type: ignore[arg-type]


def test_a_file_is_read_as_it_was_written() -> None:
    assert unpacked(packed(a_record())) == a_record()


def test_who_is_gone_still_proves_that_the_pool_is_the_announced_one() -> None:
    assert a_record().holds_together
    assert a_record().is_whole
    assert not a_record(gone_before=[]).is_whole


@pytest.mark.parametrize(
    "changes",
    [
        {"seats": 3},
        {"quotas": {"gender": {"woman": (0, 2)}}},
        {"gone": {}},
        {"candidates": []},
        {"commitment": "0" * 64},
        {"source": "Another lottery"},
        {"due": "2026-12-10T20:00:00+00:00"},
        {"draw": "another"},
    ],
)
def test_another_pool_number_or_quota_does_not_hold_together(changes: dict[str, object]) -> None:
    assert not a_record(**changes).holds_together


@pytest.mark.parametrize("file", [b"", b"{}", b"[1]", b"\xff", packed(a_record(format="hearback draw 9"))])
def test_what_is_no_file_of_a_draw_is_refused(file: bytes) -> None:
    with pytest.raises(Broken):
        unpacked(file)


@given(file=st.binary(max_size=200))
def test_whatever_comes_is_refused_or_read(file: bytes) -> None:
    with pytest.raises(Broken):
        unpacked(file)


def test_the_seed_follows_from_what_was_announced_and_the_value() -> None:
    assert len({seed_of("a", "1"), seed_of("b", "1"), seed_of("a", "2")}) == 3
    assert seed_of("a", " Rain  in\tParis ") == seed_of("a", "rain in paris")


def test_salt_hides_what_somebody_told() -> None:
    assert leaf(Ticket("t", "1", {"gender": "woman"})) != leaf(Ticket("t", "2", {"gender": "woman"}))


def test_a_record_is_drawn_again_from_nothing_but_itself() -> None:
    gave = repeat(a_record(), quiet)
    assert isinstance(gave, Gave)
    assert len(gave.members) == 2
    assert "t0" not in (*gave.members, *gave.substitutes), "who was gone was not drawn"
    assert not same(a_record(), gave)
    assert same(a_record(members=list(gave.members), substitutes=list(gave.substitutes)), gave)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"seats": 9}, Cannot("too_few", numbers=(3, 9))),
        ({"quotas": {"age": {"16": (0, 2)}}}, Cannot("missing", "age", (3,))),
        ({"quotas": {"gender": {"woman": (0, 1)}}}, Cannot("contradicting", "gender", (0, 1, 2))),
        (
            {"quotas": {"gender": {"man": (1, 2)}}},
            Cannot("infeasible", relaxations=(Relaxation("gender", "man", Limits(1, 2), Limits(0, 2)),)),
        ),
    ],
)
def test_why_nobody_could_be_drawn_is_kept(changes: dict[str, object], outcome: Cannot) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(repeat(a_record(**changes), quiet)), type=Outcome)
    assert kept == outcome


def test_without_the_libraries_it_is_said_that_they_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("council.lots._lottery.LIBRARIES", ("a-library-that-is-not-here",))
    assert repeat(a_record(), quiet) == Cannot("not_installed")


def test_chances_stand_in_tenths() -> None:
    assert spread({"a": 0, "b": 100_000, "c": 100_001, "d": 1_000_000}) == (2, 1, 0, 0, 0, 0, 0, 0, 0, 1)


def test_the_child_says_how_far_it_is_and_what_came_of_it() -> None:
    child = subprocess.run(
        [sys.executable, "-I", "-m", "council.lots.child"], input=packed(a_record()), capture_output=True, check=True
    )
    *progress, outcome = child.stdout.splitlines()
    assert [int(line) for line in progress] == sorted(int(line) for line in progress)
    assert msgspec.json.decode(outcome, type=Outcome) == repeat(a_record(), quiet)


def test_a_child_to_whom_nobody_listens_ends() -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-m", "council.lots.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.close()
        child.stdin.write(packed(a_record()))
        child.stdin.close()
        assert child.wait() == 1
