"""What was made is kept: once for all who ask, no longer than it holds, and no more of it than there is room for."""

import asyncio
from datetime import timedelta

import pytest

from public._frame.shelves import Shelf
from tests.handlers.house import NOW

LASTS = timedelta(minutes=10)


class Maker:
    """Makes things, and counts them."""

    def __init__(self) -> None:
        self.made = 0
        self.is_broken = False

    async def __call__(self) -> int:
        await asyncio.sleep(0)
        if self.is_broken:
            raise ConnectionError
        self.made += 1
        return self.made


async def test_many_who_ask_at_once_get_one_thing() -> None:
    shelf, make = Shelf[int](LASTS, 2), Maker()
    things = await asyncio.gather(*(shelf.of("page", 1, NOW, make) for _reader in range(20)))
    assert set(things) == {1}


@pytest.mark.parametrize(("version", "pause"), [(2, timedelta(0)), (1, LASTS), (1, -timedelta(seconds=1))])
async def test_what_has_changed_or_lain_too_long_or_comes_from_the_future_is_made_anew(
    version: int, pause: timedelta
) -> None:
    shelf, make = Shelf[int](LASTS, 2), Maker()
    assert await shelf.of("page", 1, NOW, make) == 1
    assert await shelf.of("page", version, NOW + pause, make) == 2


async def test_the_first_makes_room() -> None:
    shelf, make = Shelf[int](LASTS, 2), Maker()
    for name in ("first", "second", "third"):
        await shelf.of(name, 1, NOW, make)
    assert await shelf.of("third", 1, NOW, make) == 3
    assert await shelf.of("second", 1, NOW, make) == 2
    assert await shelf.of("first", 1, NOW, make) == 4


async def test_what_could_not_be_made_is_tried_again() -> None:
    shelf, make = Shelf[int](LASTS, 2), Maker()
    make.is_broken = True
    with pytest.raises(ConnectionError):
        await shelf.of("page", 1, NOW, make)
    make.is_broken = False
    assert await shelf.of("page", 1, NOW, make) == 1


async def test_who_goes_away_while_it_is_made_keeps_nobody_waiting() -> None:
    shelf, make = Shelf[int](LASTS, 2), Maker()
    gone = asyncio.create_task(shelf.of("page", 1, NOW, make))
    await asyncio.sleep(0)
    gone.cancel()
    assert await shelf.of("page", 1, NOW, make) == 1
