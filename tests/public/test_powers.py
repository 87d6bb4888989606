"""Everybody may read what a council decides by itself, as soon as it does, and no longer."""

from handlers import councils
from handlers.writing import contents
from storage.states import Power
from tests.public.conftest import Front
from tests.public.test_copies import MOST_STATEMENTS
from tests.storage.rows import statements

HOME = "/r/regional-review"
NAME = {"en": "Youth council", "fr": "Conseil des jeunes"}


async def test_the_wall_says_what_a_council_decides(front: Front) -> None:
    made = await front.house.acts(
        lambda session, process, now: councils.open_(
            session, process, contents.Council(NAME, powers=(Power.BULLETINS,)), now
        )
    )
    await front.later()
    with statements(front.house.database, reading=True) as executed:
        page = await front.opens(f"{HOME}/en")
    assert len(executed) <= MOST_STATEMENTS + 1
    assert "This council approves our news before it is sent: Youth council" in page.text
    assert "Ce conseil approuve nos nouvelles avant leur envoi" in (await front.opens(f"{HOME}/fr")).text
    await front.house.acts(
        lambda session, process, now: councils.change(session, process, made.id, contents.Council(NAME), now)
    )
    await front.later()
    assert "Youth council" not in (await front.opens(f"{HOME}/en")).text
