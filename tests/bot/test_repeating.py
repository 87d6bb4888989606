"""Anybody repeats a draw from its file, and is told plainly what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli
from council import lots
from council.lots import FORMAT, Announced, Candidate, Gave, Limits, Record, Ticket, commitment, leaf, packed

TICKETS = [Ticket(f"t{n}", f"salt{n}", {"gender": "woman" if n % 2 else "man"}) for n in range(6)]
LEAVES = {ticket.name: leaf(ticket) for ticket in TICKETS}
SOURCE, DUE = "The number of the lottery of 9 December", "2026-12-09T20:00:00+00:00"
QUOTAS = {"gender": {"woman": Limits(1, 1)}}
Repeating = Callable[[bytes], Result]


@dataclass
class Draw:
    """A draw that was made as its file says."""

    record: Record

    def changed(self, **changes: object) -> bytes:
        return packed(msgspec.structs.replace(self.record, **changes))


@pytest.fixture(scope="module")
def draw() -> Draw:
    announced = Announced("draw", SOURCE, DUE, 2, QUOTAS)
    people = [Candidate(ticket=its.name, salt=its.salt, facts=dict(its.facts)) for its in TICKETS]
    record = Record(
        format=FORMAT, draw="draw", source=SOURCE, due=DUE, value="3 17 21", seats=2,
        quotas={"gender": {"woman": (1, 1)}}, commitment=commitment(announced, LEAVES), candidates=people, gone={},
        gone_before=[], algorithm=lots.ALGORITHM, libraries=lots.drawn_by(), members=[], substitutes=[],
    )  # fmt: skip
    gave = lots.repeat(record, lambda _progress: None)
    assert isinstance(gave, Gave)
    return Draw(msgspec.structs.replace(record, members=list(gave.members), substitutes=list(gave.substitutes)))


@pytest.fixture
def repeating(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repeating:
    """The command, where there is no database and no setting."""
    for name in ("DATABASE_URL", "HEARBACK_KEYS"):
        monkeypatch.delenv(name, raising=False)

    def repeat(file: bytes) -> Result:
        path = tmp_path / "draw.json"
        path.write_bytes(file)
        return CliRunner().invoke(cli, ["draw", "repeat", str(path)])

    return repeat


def test_the_same_people_come_of_the_file(draw: Draw, repeating: Repeating) -> None:
    repeated = repeating(packed(draw.record))
    assert repeated.exit_code == 0
    assert "are those that were announced" in repeated.output
    assert "The same people in the same order" in repeated.output
    assert all(ticket in repeated.output for ticket in draw.record.members)


def test_other_people_than_were_drawn_are_found_out(draw: Draw, repeating: Repeating) -> None:
    swapped = [*draw.record.members[:1], draw.record.substitutes[0]]
    repeated = repeating(draw.changed(members=swapped))
    assert repeated.exit_code == 2
    assert "NOT the people" in repeated.output


def test_another_value_draws_others(draw: Draw, repeating: Repeating) -> None:
    values = (str(number) for number in range(20))
    assert any(repeating(draw.changed(value=value)).exit_code == 2 for value in values)


def test_a_pool_that_was_changed_afterwards_is_found_out(draw: Draw, repeating: Repeating) -> None:
    repeated = repeating(draw.changed(candidates=draw.record.candidates[1:]))
    assert repeated.exit_code == 2
    assert "not those that were announced" in repeated.output


def test_what_was_drawn_by_other_versions_is_not_called_wrong(draw: Draw, repeating: Repeating) -> None:
    other = draw.changed(libraries="sortition-algorithms 9.9", members=draw.record.members[::-1])
    repeated = repeating(other)
    assert repeated.exit_code == 1
    assert "Install those versions first" in repeated.output


def test_where_somebody_has_gone_since_it_says_so(draw: Draw, repeating: Repeating) -> None:
    gone = draw.record.candidates[0].ticket
    repeated = repeating(draw.changed(candidates=draw.record.candidates[1:], gone={gone: LEAVES[gone]}))
    assert repeated.exit_code == 1
    assert "some of its pool have gone" in repeated.output


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"value": ""}, "there is nothing to repeat"), ({"members": []}, "Nobody was drawn yet")],
)
def test_what_is_not_drawn_yet_is_checked_and_not_drawn(
    draw: Draw, repeating: Repeating, changes: dict[str, object], says: str
) -> None:
    repeated = repeating(draw.changed(**changes))
    assert repeated.exit_code == 0
    assert says in repeated.output


def test_any_other_file_is_refused(repeating: Repeating) -> None:
    repeated = repeating(b"{}")
    assert repeated.exit_code == 2
    assert "not the file of a draw" in repeated.output


def test_without_the_libraries_it_says_what_to_install(
    draw: Draw, repeating: Repeating, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("council.lots._lottery.LIBRARIES", ("a-library-that-is-not-here",))
    repeated = repeating(packed(draw.record))
    assert repeated.exit_code == 2
    assert "./run install lots" in repeated.output
