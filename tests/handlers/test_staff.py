"""Who is behind a request, and what members of staff may do."""

from datetime import timedelta

from sqlalchemy import update

from handlers import staff
from handlers.staff import Grant
from storage import Database
from storage import tables as t
from storage.roles import Role
from tests.colleagues import colleague, sign_in, signed_in
from tests.storage.rows import NOW, PROCESS, statements

LONG = timedelta(minutes=59)


async def test_whoever_is_signed_in_is_known_with_all_that_they_may_do(database: Database) -> None:
    grants = (Grant(PROCESS, Role.TRANSLATOR, ("ar", "fr")), Grant(None, Role.AUDITOR))
    async with database.writing() as session:
        token = await sign_in(session, await colleague(session, "amal", *grants, language="ar"))
        with statements(database) as seen:
            who = await staff.behind(session, token, NOW)
    assert who is not None
    assert (who.login, who.name, who.language, who.needs_second) == ("amal", "Amal", "ar", False)
    assert set(who.grants) == set(grants)
    assert (who.sign_in.id, who.sign_in.confirmed, who.sign_in.second) == (staff.named(token), NOW, True)
    assert len(seen) == 1


async def test_without_a_grant_somebody_may_do_nothing_and_is_known(database: Database) -> None:
    async with database.writing() as session:
        token = await sign_in(session, await colleague(session, "amal"), pending=True)
        who = await staff.behind(session, token, NOW)
    assert who is not None
    assert (who.grants, who.needs_second, who.sign_in.confirmed) == ((), True, None)


async def test_who_is_unknown_idle_over_or_ended_is_nobody(database: Database) -> None:
    async with database.writing() as session:
        who = await colleague(session, "amal")
        token = await sign_in(session, who)
        assert await staff.behind(session, token + "x", NOW) is None
        assert await staff.behind(session, "\ud800", NOW) is None
        assert await staff.behind(session, staff.named(token), NOW) is None
        assert await staff.behind(session, token, NOW + LONG)
        assert await staff.behind(session, token, NOW + staff.IDLE) is None
        await session.execute(update(t.staff).values(ended=NOW))
        assert await staff.behind(session, token, NOW) is None


async def test_whoever_works_stays_signed_in_for_twelve_hours_and_no_longer(database: Database) -> None:
    async with database.writing() as session:
        token, now = await signed_in(session), NOW
        while now + LONG < NOW + timedelta(hours=12):
            now += LONG
            assert await staff.behind(session, token, now)
            await staff.seen(session, token, now)
        assert await staff.behind(session, token, NOW + timedelta(hours=12)) is None


async def test_looking_at_pages_writes_once_a_minute_and_wakes_nobody(database: Database) -> None:
    async with database.writing() as session:
        token = await signed_in(session)
        at = []
        for seconds in (30, 60, 90, 3700):
            now = NOW + timedelta(seconds=seconds)
            await staff.seen(session, token, now)
            who = await staff.behind(session, token, NOW + timedelta(seconds=90))
            assert who
            at.append((who.sign_in.seen - NOW).seconds)
    assert at == [0, 60, 60, 60]
