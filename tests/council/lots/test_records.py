"""A draw that anybody can repeat from its file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.lots import Broken, Limits, Record, Ticket, leaf, packed, pool_hash, seed_of, unpacked
from council.lots._records import FORMAT, Candidate

QUOTAS = {"gender": {"woman": (1, 2)}}
TICKETS = [Ticket(f"t{n}", f"salt{n}", {"gender": "woman"}) for n in range(4)]
LEAVES = {ticket.name: leaf(ticket) for ticket in TICKETS}
FIXED = pool_hash(LEAVES, {"gender": {"woman": Limits(1, 2)}}, 2)


def a_record(**changes: object) -> Record:
    fields: dict[str, object] = {
        "format": FORMAT,
        "draw": "draw",
        "source": "The number of the lottery of 9 December",
        "announced": "2026-12-01 09:00",
        "value": "3 17 21",
        "seats": 2,
        "quotas": QUOTAS,
        "pool_hash": FIXED,
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
        {"pool_hash": "0" * 64},
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


def test_the_seed_follows_from_draw_pool_and_value() -> None:
    seeds = {seed_of("a", "f", "1"), seed_of("b", "f", "1"), seed_of("a", "g", "1"), seed_of("a", "f", "2")}
    assert len(seeds) == 4
    assert seed_of("a", "f", " Rain  in\tParis ") == seed_of("a", "f", "rain in paris")


def test_salt_hides_what_somebody_told() -> None:
    assert leaf(Ticket("t", "1", {"gender": "woman"})) != leaf(Ticket("t", "2", {"gender": "woman"}))
