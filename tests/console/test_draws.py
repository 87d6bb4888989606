"""A draw by lot is announced, decided by a public value, watched, confirmed by a second person, and given out."""

from datetime import timedelta

import pytest

from bot.drawing import Drawing
from console._frame import tokens
from council import lots
from handlers import journal
from handlers.journal import Act
from storage import drawing
from storage.roles import Role
from tests.colleagues import signed_in
from tests.console.browser import Browser, Page
from tests.console.conftest import Town
from tests.handlers.standing import CALL, stand

DRAWS = "/p/regional-review/draws"
SOURCE = "The numbers of the state lottery of 24 November"
FEW = ("woman", "man") * 4 + ("man",) * 2


async def works(town: Town) -> None:
    """A worker has its turn."""
    await Drawing(town.office.database, town.office.keys, "worker", lambda: town.clock.now).go_on()


async def sits_down(town: Town, login: str, role: Role = Role.ORGANIZER, language: str = "en") -> Browser:
    """Somebody new signs in now."""
    visitor = await town.visitor()
    async with town.office.database.writing() as session:
        token = await signed_in(session, role, town.process, (), language=language, login=login, now=town.clock.now)
    visitor.client.session.cookie_jar.update_cookies({tokens.SIGN_IN: token}, visitor.client.make_url("/"))
    return visitor


async def announces(browser: Browser, **changes: str) -> Page:
    await browser.opens(DRAWS)
    await browser.opens(f"{DRAWS}/of/{CALL}")
    fields = {"seats": "4", "source": SOURCE, "due": "2026-11-24T12:00", "least-0-0": "2", "most-0-0": "2"} | changes
    return await browser.sends(f"/draws/of/{CALL}", **fields)


async def people_stand(town: Town) -> None:
    async with town.office.database.writing() as session:
        await stand(session, town.office.keys, town.process, FEW)


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in await journal.page(session, town.process, 9)]


async def test_a_draw_from_its_announcement_to_the_seats_and_the_file(town: Town) -> None:
    await people_stand(town)
    amina = await sits_down(town, "amina")
    page = await announces(amina)
    assert "Announced. Tell everybody now what stands here" in page.text
    assert SOURCE in page.text
    assert "Nobody can know it before" in page.text
    assert "Gender: Woman from 2 to 2" in page.text
    place = page.path.partition("?")[0]

    town.clock.now += timedelta(days=1)
    bilal = await sits_down(town, "bilal")
    await bilal.opens(place)
    page = await bilal.sends("/value", value="3 17 21 40")
    assert "A worker draws now." in page.text
    assert "Look again" in page.text
    assert (await bilal.opens(f"{place}/live")).status == 200
    await works(town)
    assert (await bilal.opens(f"{place}/live")).status == 204
    page = await bilal.opens(place)
    assert "Drawn, to be confirmed" in page.text
    assert "A colleague has to confirm it" in page.text
    assert "Smallest chance 33.33 %" in page.text
    assert "Largest chance 50.00 %" in page.text
    assert "about 10" in page.text

    chen = await sits_down(town, "chen")
    await chen.opens(place)
    page = await chen.sends("/confirm")
    assert "The seats are offered to those who were drawn." in page.text
    form = page.form("/file")
    async with chen.client.post(form.action, data=dict(form.fields)) as response:
        assert response.headers["Content-Disposition"].startswith('attachment; filename="regional-review-draw-')
        record = lots.unpacked(await response.read())
    gave = lots.repeat(record, lambda _progress: None)
    assert isinstance(gave, lots.Gave)
    assert lots.same(record, gave)
    assert record.commitment in page.text
    assert all(ticket in page.text for ticket in record.members)
    assert await acts(town) == [Act.DRAW_FETCH, Act.DRAW_CONFIRM, Act.DRAW_ENTER, Act.DRAW_ANNOUNCE]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"seats": "11"}, "Seats to be drawn: 11."),
        ({"seats": "many"}, "whole numbers"),
        ({"seats": "99999"}, "whole numbers"),
        ({"source": "lottery"}, "Say which public value decides"),
        ({"due": "2026-11-23T09:00"}, "Nobody may know the value yet"),
        ({"due": "soon"}, "is no day or moment"),
        ({"least-0-0": "5", "most-0-0": "9"}, "do not fit 4 seats"),
        ({"least-0-0": "2", "most-0-0": "1"}, "do not fit 4 seats"),
    ],
)
async def test_what_is_wrong_is_said_and_all_that_was_typed_stays(
    sqlite_town: Town, changes: dict[str, str], wrong: str
) -> None:
    await people_stand(sqlite_town)
    amina = await sits_down(sqlite_town, "amina")
    page = await announces(amina, **changes)
    assert page.status == 422
    assert wrong in page.text
    kept = dict(page.form(f"/draws/of/{CALL}").fields)
    expected = {"seats": "4", "source": SOURCE, "due": "2026-11-24T12:00", "least-0-0": "2"} | changes
    assert {name: kept[name] for name in expected} == expected
    assert await acts(sqlite_town) == []


async def test_quotas_of_the_whole_council_are_those_of_the_seats_where_nobody_stays(sqlite_town: Town) -> None:
    await people_stand(sqlite_town)
    page = await announces(await sits_down(sqlite_town, "amina"), whole="yes")
    assert "Gender: Woman from 2 to 2" in page.text


async def test_why_nobody_could_be_drawn_is_said_in_the_readers_language(sqlite_town: Town) -> None:
    await people_stand(sqlite_town)
    place = (
        await announces(await sits_down(sqlite_town, "amina"), **{"seats": "6", "least-0-0": "5", "most-0-0": "6"})
    ).path
    place = place.partition("?")[0]
    sqlite_town.clock.now += timedelta(days=1)
    bilal = await sits_down(sqlite_town, "bilal")
    await bilal.opens(place)
    await bilal.sends("/value", value="3 17 21 40")
    await works(sqlite_town)
    page = await bilal.opens(place)
    assert "Gender, Woman: at least 4 instead of 5." in page.text
    french = await sits_down(sqlite_town, "chantal", language="fr")
    assert "Genre, Femme" in (await french.opens(place)).text


async def test_an_auditor_reads_and_fetches_and_changes_nothing(sqlite_town: Town) -> None:
    await people_stand(sqlite_town)
    place = (await announces(await sits_down(sqlite_town, "amina"))).path.partition("?")[0]
    auditor = await sits_down(sqlite_town, "auditor", Role.AUDITOR)
    page = await auditor.opens(place)
    assert "Enter the public value" not in page.text
    form = page.form("/file")
    async with auditor.client.post(form.action, data=dict(form.fields)) as response:
        assert lots.unpacked(await response.read()).holds_together


async def test_how_far_it_is_can_be_seen_without_scripts(sqlite_town: Town) -> None:
    await people_stand(sqlite_town)
    place = (await announces(await sits_down(sqlite_town, "amina"))).path.partition("?")[0]
    sqlite_town.clock.now += timedelta(days=1)
    bilal = await sits_down(sqlite_town, "bilal")
    await bilal.opens(place)
    await bilal.sends("/value", value="3 17 21 40")
    async with sqlite_town.office.database.writing() as session:
        claimed = await drawing.claim(session, "worker", sqlite_town.clock.now, sqlite_town.clock.now)
        assert claimed is not None
        assert await drawing.go_on(session, claimed.id, "worker", 42, sqlite_town.clock.now)
    page = await bilal.opens(place)
    assert "is being drawn" in page.text
    assert "42 %" in page.text
