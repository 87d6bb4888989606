"""Owners say who works here, and what each may do."""

import re
from dataclasses import replace
from datetime import timedelta

from handlers import journal, processes, staff
from handlers.staff import Grant, Listed
from storage.roles import Role
from tests.console.browser import Page
from tests.console.conftest import Town
from tests.console.entering import Guest, invited, settled
from tests.review import PROCESS

OURS = "/p/regional-review/settings/staff"
LINK = re.compile(r"http://\S+(/invited/\S+)")


async def member(town: Town, login: str) -> Listed:
    async with town.office.database.reading() as session:
        return next(listed for listed in await staff.everybody(session) if listed.login == login)


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in await journal.page(session, None, 100)]


async def test_whoever_is_invited_opens_the_link_that_was_passed_on(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens(OURS)
    page = await owner.sends("/invite", login="Linda", role="translator", language=["fr", "xx"])
    assert page.status == 200
    link = LINK.findall(page.text)[0]
    assert link not in (await owner.opens(OURS)).html
    linda = Guest(town, await town.visitor(), "linda")
    assert (await linda.accepts(link)).path == "/"
    assert (await member(town, "linda")).grants == (Grant(town.process, Role.TRANSLATOR, ("fr",)),)
    page = await owner.opens(OURS)
    assert "Translator: puts texts into their languages (French)" in page.text
    assert await acts(town) == ["staff.accept", "staff.invite"]


async def test_everything_is_asked_for_again_before_somebody_is_invited(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town, role=Role.OWNER)
    page = await amal.browser.opens(OURS)
    assert 'value=""' in page.html
    sqlite_town.clock.now += timedelta(minutes=11)
    page = await amal.browser.sends("/invite", login="linda", role="clerk")
    assert page.path == "/confirm"
    page = await amal.browser.opens(OURS)
    assert "/invite" not in page.html
    await amal.browser.opens(page.link("It is me"))
    assert (await amal.confirms()).path == OURS
    assert LINK.search((await amal.browser.sends("/invite", login="linda", role="clerk")).text)


async def test_what_is_refused_says_why_and_loses_nothing(sqlite_town: Town) -> None:
    owner = await sqlite_town.signed_in(Role.OWNER, login="omar")
    for action, fields, why in (
        ("/invite", {"login": "é", "role": "clerk"}, "A login has 2 to 64 characters"),
        ("/invite", {"login": "omar", "role": "clerk"}, "This login is taken"),
        ("/invite", {"login": "linda", "role": ""}, "Choose a role"),
        ("/invite", {"login": "linda", "role": "clerk", "language": "fr"}, "Only moderators and translators"),
        ("/give", {"to": "nobody", "role": "clerk"}, "Nobody who works here has this login"),
    ):
        await owner.opens(OURS)
        page = await owner.sends(action, **fields)
        assert page.status == 422
        assert why in page.text
        assert f'value="{fields.get("login", fields.get("to"))}"' in page.html


async def test_a_role_that_is_taken_while_a_page_is_open_holds_no_more(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    organizer = await town.signed_in(Role.ORGANIZER, login="omar", also=(Role.OWNER,))
    await organizer.opens("/p/regional-review/settings/hours")
    await owner.opens(OURS)
    omar = (await member(town, "omar")).id
    page = await owner.sends(f"/{omar}/take", role="owner")
    assert "Taken, from this moment on" in page.text
    assert (await organizer.sends("/hours", opens="00:00")).path == "/sign-in"
    assert [grant.role for grant in (await member(town, "omar")).grants] == [Role.ORGANIZER]


async def test_an_owner_of_one_process_touches_nobody_elses_staff(town: Town) -> None:
    async with town.office.database.writing() as session:
        other = await processes.begin(session, replace(PROCESS, slug="national"), town.clock())
    await invited(town, "linda", Grant(other.id, Role.MODERATOR))
    await invited(town, "boss", Grant(None, Role.OWNER))
    owner = await town.signed_in(Role.OWNER)
    page = await owner.opens(OURS)
    assert "linda" not in page.text
    assert "boss" in page.text
    linda, boss = await member(town, "linda"), await member(town, "boss")
    token = page.form("/invite").fields[0]
    for who, role in ((linda, "moderator"), (boss, "owner")):
        assert (await owner.posts(f"{OURS}/{who.id}/take", [token, ("role", role)])).status == 404
        for act in ("take", "reset", "end"):
            assert (await owner.posts(f"/staff/{who.id}/{act}", [token, ("role", role)])).status == 403
    form = [token, ("to", "linda"), ("role", "moderator"), ("process", "national")]
    await owner.posts(f"{OURS}/give", form)
    assert {grant.process_id for grant in (await member(town, "linda")).grants} == {other.id, town.process}


async def test_the_owner_of_the_deployment_gives_resets_and_ends(sqlite_town: Town) -> None:
    owner = await sqlite_town.signed_in(Role.OWNER, everywhere=True)
    amal = await settled(sqlite_town)
    await owner.opens("/staff")
    page = await owner.sends("/give", to="amal", role="clerk", process="regional-review")
    assert "Given" in page.text
    assert (await amal.browser.opens("/")).path == "/sign-in"
    who = (await member(sqlite_town, "amal")).id
    page = await owner.sends(f"/{who}/reset", second="yes")
    assert (await amal.signs_in()).status == 422
    assert (await amal.accepts(LINK.findall(page.text)[0])).path == "/second"
    assert "an app on your phone" in (await amal.browser.opens("/second")).text
    await owner.opens("/staff")
    page = await owner.sends(f"/{who}/end")
    assert "They work here no more" in page.text
    assert (await amal.browser.opens("/second")).path == "/sign-in"
    assert (await owner.posts(f"/staff/{who}/end", [page.form("/invite").fields[0]])).status == 404


async def test_the_last_owner_stays_one(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town, role=Role.OWNER, everywhere=True)
    who = (await member(sqlite_town, "amal")).id
    for action in ("take", "end"):
        await amal.browser.opens("/staff")
        page = await amal.browser.sends(f"/{who}/{action}")
        assert page.status == 422
        assert "There has to be another owner" in page.text


async def test_whoever_changes_their_own_roles_goes_on(sqlite_town: Town) -> None:
    amal = await settled(sqlite_town, role=Role.OWNER)
    await amal.browser.opens(OURS)
    page: Page = await amal.browser.sends("/give", to="amal", role="auditor")
    assert (page.status, page.path) == (200, OURS)
    assert "Auditor" in page.text
