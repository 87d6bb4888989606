"""A draw by lot stands there before anybody can know who is drawn, with the value that decides, and what came of it."""

from datetime import datetime, timedelta

import pytest

from council.lots import Gave, Limits
from handlers import draws
from handlers.draws import Plan
from handlers.processes import OpenProcess
from storage import Session, drawing
from tests.handlers.standing import CALL, COUNCIL, stand
from tests.public.conftest import Front
from tests.public.test_wall import HOME

SOURCE = "The numbers of the lottery of 9 December"
QUOTAS = {"gender": {"woman": Limits(2, 2)}}


async def announced(front: Front, number: int = 10) -> str:
    keys = front.house.keys

    async def act(session: Session, process: OpenProcess, now: datetime) -> str:
        await stand(session, keys, process.id, ["woman", "man"] * (number // 2))
        plan = Plan(COUNCIL, CALL, 4, QUOTAS, SOURCE, now + timedelta(days=1))
        return (await draws.announce(session, keys, process, plan, "amina", now)).id

    name = await front.house.acts(act)
    await front.later()
    return name


async def drawn(front: Front, name: str) -> None:
    keys = front.house.keys

    async def act(session: Session, process: OpenProcess, now: datetime) -> None:
        await draws.enter(session, process, name, "3 17 21 40", "amina", now + timedelta(days=1))
        assert await drawing.claim(session, "worker", now, now + timedelta(days=1))
        tickets = [its.ticket for its in (await draws.record(session, keys, process, name)).candidates]
        gave = Gave(tuple(tickets[:4]), tuple(tickets[4:]), dict.fromkeys(tickets, 400_000) | {tickets[0]: 123_456}, "")
        places = {ticket: place for place, ticket in enumerate(tickets, 1)}
        assert await drawing.keep(
            session, name, "worker", drawing.Drawn(draws.summed_up(gave), places, gave.chances, ()), now
        )
        await draws.confirm(session, keys, process, name, "bilal", now)

    await front.house.acts(act)
    await front.later()


async def test_it_stands_there_from_the_announcement_on(front: Front) -> None:
    assert "Draws by lot" not in (await front.opens(f"{HOME}/en")).text
    assert "Nothing is shown here yet." in (await front.opens(f"{HOME}/en/draws")).text
    name = await announced(front)
    fingerprint = (await front.house.column("SELECT commitment FROM draw"))[0]
    wall, page = await front.opens(f"{HOME}/en"), await front.opens(f"{HOME}/en/draws")
    assert "Draws by lot Who sits on a council is drawn by lot, and everybody can check it." in wall.text
    assert "It is not drawn yet." in page.text
    assert (SOURCE in page.text, fingerprint in page.text) == (True, True)
    await drawn(front, name)
    page = await front.opens(f"{HOME}/en/draws")
    assert "Two people of the staff looked at it, and the seats were offered." in page.text
    assert "The value 3 17 21 40" in page.text
    assert "Who could be drawn about 10" in page.text
    assert "12.3% – 40%" in page.text
    assert "القيمة" in (await front.opens(f"{HOME}/ar/draws")).text


async def test_of_few_nothing_is_counted(front: Front) -> None:
    name = await announced(front, 6)
    await drawn(front, name)
    page = await front.opens(f"{HOME}/en/draws")
    assert "3 17 21 40" in page.text
    assert "Who could be drawn" not in page.text


@pytest.mark.parametrize("place", ["", "/draws"])
async def test_who_could_be_drawn_stands_nowhere(front: Front, place: str) -> None:
    name = await announced(front)
    await drawn(front, name)
    page = await front.opens(f"{HOME}/en{place}")
    for ticket in await front.house.column("SELECT id FROM ticket"):
        assert ticket not in page.body
