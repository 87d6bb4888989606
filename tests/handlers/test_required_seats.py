"""A drawn seat that requires something is offered only to who fits it, also to who follows later."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from handlers import candidates, councils, terms
from handlers.councils import Places
from handlers.writing import contents
from storage.states import SeatKind
from tests.handlers.house import House, Writer
from tests.handlers.test_candidates import called, council_of, follows, id_of, sitting

YOUNG = {"age": "young"}
AGES = {"young": "1", "old": "2"}


async def council_with(house: House, *requires: dict[str, str]) -> tuple[str, str]:
    """A council with an open call, and a seat that requires each of these; gives the ids of both."""
    council = await council_of(house, 0)
    call = await called(house, council)
    for requirement in requires:
        places = Places(1, SeatKind.DRAWN, requires=requirement)
        await house.acts(
            lambda session, process, now, places=places: councils.add_seats(  # type: ignore[misc]
                session, process, council, places, now
            )
        )
    return council, call


async def stands(house: House, sender: str, age: str) -> Writer:
    writer = await house.meets(sender).joins()
    assert "You have put yourself forward." in await writer.says("candidate", "1", AGES[age])
    return writer


async def gives_seats(
    house: House, call: str, first: Sequence[Writer], others: Sequence[Writer], requirements: Sequence[dict[str, str]]
) -> None:
    names, following = [await id_of(house, it) for it in first], [await id_of(house, it) for it in others]
    await house.acts(
        lambda session, process, now: candidates.seat_drawn(session, process, call, names, following, now, requirements)
    )
    for writer in (*first, *others):
        await writer.hears()


async def requires_of(house: House, writer: Writer) -> str | None:
    """What the seat requires that is kept for them."""
    name = await id_of(house, writer)
    [found] = await house.column(
        f"SELECT seat.requires FROM seat JOIN candidate ON candidate.seat_id = seat.id WHERE candidate.id = '{name}'"  # noqa: S608
    )
    return None if found is None else str(found)


async def test_who_follows_fits_the_seat_that_became_free(house: House) -> None:
    council, call = await council_with(house, {}, YOUNG)
    alice, bob = await stands(house, "1", "young"), await stands(house, "2", "old")
    cosma, dora = await stands(house, "3", "old"), await stands(house, "4", "young")
    await gives_seats(house, call, [alice, bob], [cosma, dora], [YOUNG, {}])
    assert [await requires_of(house, it) for it in (alice, bob)] == ['{"age":"young"}', None]
    await alice.says("candidate", "2")
    for number in (1, 0):
        assert await follows(house) == number
    assert "you are the next" in await dora.hears(), "the other one stands before her, and does not fit"
    assert await cosma.hears() == ""
    await dora.says("candidate", "2")
    for _turn in range(2):
        assert await follows(house) == 0, "nobody fits it any more: it stays vacant"
    await bob.says("candidate", "2")
    assert await follows(house) == 1
    assert "you are the next" in await cosma.hears()
    assert "Welcome to the council." in await cosma.says("candidate", "1")
    assert await sitting(house, council) == 1


async def test_when_a_term_ends_the_seat_still_requires_the_same(house: House) -> None:
    _council, call = await council_with(house, YOUNG)
    alice, bob, cosma = [await stands(house, *it) for it in (("1", "young"), ("2", "old"), ("3", "young"))]
    await gives_seats(house, call, [alice], [bob, cosma], [YOUNG])
    await alice.says("candidate", "1")
    house.now += timedelta(days=100)
    assert await house.does(terms.end_due) == 1
    assert await follows(house) == 1
    assert "you are the next" in await cosma.hears()
    assert await bob.hears() == ""


async def test_a_seat_that_requires_something_is_given_by_no_draw_that_does_not_know_it(house: House) -> None:
    council, call = await council_with(house, YOUNG)
    alice = await stands(house, "1", "young")
    with pytest.raises(contents.Unfit, match="More were drawn"):
        await gives_seats(house, call, [alice], [], [])
    await gives_seats(house, call, [alice], [], [YOUNG])
    assert "Welcome to the council." in await alice.says("candidate", "1")
    assert await sitting(house, council) == 1
