"""Who is behind a request, and what members of staff may do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from handlers import journal, staff
from handlers.signing_in import HOLDS, IDLE, Refusal, SignedIn, Unconfirmed, named
from handlers.staff import Colleague, Grant, Look, Profile, Refused, SignIn, Why
from storage import Database
from storage import staff as stored
from storage import tables as t
from storage.roles import Role
from tests.colleagues import colleague, sign_in, signed_in
from tests.handlers.office import ORGANIZER, OTHER, OWNER, TRANSLATOR, Office, entered
from tests.storage.rows import NOW, PROCESS, another, statements

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
    assert (who.sign_in.id, who.sign_in.confirmed, who.sign_in.second) == (named(token), NOW, True)
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
        assert await staff.behind(session, named(token), NOW) is None
        assert await staff.behind(session, token, NOW + LONG)
        assert await staff.behind(session, token, NOW + IDLE) is None
        await session.execute(update(t.staff).values(ended=NOW))
        assert await staff.behind(session, token, NOW) is None


async def test_whoever_works_stays_signed_in_for_twelve_hours_and_no_longer(database: Database) -> None:
    async with database.writing() as session:
        token, now = await signed_in(session), NOW
        while now + LONG < NOW + HOLDS:
            now += LONG
            assert await staff.behind(session, token, now)
            await staff.seen(session, token, now)
        assert await staff.behind(session, token, NOW + HOLDS) is None


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


async def test_a_role_is_given_and_taken_at_once_and_who_has_it_signs_in_again(office: Office) -> None:
    owner = await office.who(await office.settle("omar", OWNER))
    token = await office.settle("tariq", TRANSLATOR)
    for change, has in ((staff.give, {TRANSLATOR, ORGANIZER}), (staff.take, {TRANSLATOR})):
        async with office.database.writing() as session:
            assert await change(session, owner, "tariq", ORGANIZER, office.now) == ""
        assert await office.behind(token) is None
        token = entered(await office.enter("tariq"))
        assert set((await office.who(token)).grants) == has


async def test_a_role_that_is_given_again_has_the_new_languages(office: Office) -> None:
    await office.add("tariq", TRANSLATOR, Grant(None, Role.TRANSLATOR, ("ar",)))
    more = [Grant(PROCESS, Role.TRANSLATOR, ("es", "fr")), Grant(None, Role.TRANSLATOR)]
    async with office.database.writing() as session:
        for grant in more:
            await staff.give(session, None, "tariq", grant, office.now)
        [tariq] = await staff.everybody(session)
    assert set(tariq.grants) == set(more)
    assert (tariq.login, tariq.has_password, tariq.has_second, tariq.seen) == ("tariq", True, False, None)


async def test_whoever_changes_their_own_roles_goes_on_by_another_token(office: Office) -> None:
    token = await office.settle("omar", OWNER)
    other = entered(await office.second(entered(await office.enter("omar")), office.code("omar")))
    async with office.database.writing() as session:
        who = await office.who(token)
        renewed = await staff.give(session, who, "omar", ORGANIZER, office.now)
        with pytest.raises(Refused, match=Why.NOT_YOURS):
            await staff.give(session, who, "omar", TRANSLATOR, office.now)
    assert [await office.behind(old) for old in (token, other)] == [None, None]
    assert set((await office.who(renewed)).grants) == {OWNER, ORGANIZER}


async def test_an_owner_of_a_process_lets_work_in_it_and_nowhere_else(office: Office) -> None:
    owner = await office.who(await office.settle("omar", Grant(PROCESS, Role.OWNER)))
    await office.add("bela", ORGANIZER)
    async with office.database.writing() as session:
        other = await another(session)
        for process in (other, None):
            with pytest.raises(Refused, match=Why.NOT_YOURS):
                await staff.give(session, owner, "bela", Grant(process, Role.AUDITOR), office.now)
            with pytest.raises(Refused, match=Why.NOT_YOURS):
                await staff.take(session, owner, "bela", Grant(process, Role.AUDITOR), office.now)
        for act in (staff.end, staff.reset):
            with pytest.raises(Refused, match=Why.NOT_YOURS):
                await act(session, owner, "bela", office.now)
        await staff.give(session, owner, "bela", Grant(PROCESS, Role.AUDITOR), office.now)
        assert await staff.invite(session, owner, "cora", ORGANIZER, "en", office.now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_no_other_role_owns_anything(role: Role) -> None:
    sign_in_ = SignIn("id", NOW, NOW, NOW, NOW, True, "")
    who = Colleague("id", "amal", "Amal", "en", Look.SYSTEM, False, (Grant(None, role), Grant(PROCESS, role)), sign_in_)
    assert not staff.owns(who, PROCESS)
    assert not staff.owns(who, None)


async def test_the_last_owner_keeps_the_deployment(office: Office) -> None:
    await office.add("omar", OWNER)
    async with office.database.writing() as session:
        await staff.invite(session, None, "only-invited", OWNER, "en", office.now)
        with pytest.raises(Refused, match=Why.LAST_OWNER):
            await staff.take(session, None, "omar", OWNER, office.now)
        with pytest.raises(Refused, match=Why.LAST_OWNER):
            await staff.end(session, None, "omar", office.now)
        await staff.take(session, None, "only-invited", OWNER, office.now)


async def test_two_owners_who_send_each_other_away_at_once_leave_one(office: Office) -> None:
    omar, olga = [await office.who(await office.settle(login, OWNER)) for login in ("omar", "olga")]

    async def send_away(by: Colleague, whom: Colleague) -> None:
        async with office.database.writing() as session:
            await staff.end(session, by, whom.login, office.now)

    outcomes = await asyncio.gather(send_away(omar, olga), send_away(olga, omar), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes if outcome is not None] == [Why.NOT_YOURS]
    async with office.database.reading() as session:
        assert len(await stored.owners(session)) == 1


async def test_who_has_ended_is_signed_in_nowhere_and_comes_back_by_nothing(office: Office) -> None:
    token = await office.settle("amal", ORGANIZER)
    async with office.database.writing() as session:
        link = await staff.reset(session, None, "amal", office.now)
    assert await office.accept(link)
    pending = entered(await office.enter("amal"))
    who = await office.who(pending)
    async with office.database.writing() as session:
        link = await staff.reset(session, None, "amal", office.now)
        await staff.end(session, None, "AMAL", office.now)
        with pytest.raises(Refused, match=Why.TAKEN):
            await staff.invite(session, None, "amal", ORGANIZER, "en", office.now)
        for act in (staff.end, staff.reset):
            with pytest.raises(Refused, match=Why.NOBODY):
                await act(session, None, "amal", office.now)
        with pytest.raises(Refused, match=Why.NOBODY):
            await staff.give(session, None, "amal", ORGANIZER, office.now)
    assert await office.accept(link, OTHER) is None
    assert [await office.behind(old) for old in (token, pending)] == [None, None]
    assert await office.second_of(who, office.code("amal")) is Refusal.WRONG
    async with office.database.reading() as session:
        [listed] = await staff.everybody(session)
    assert (listed.grants, listed.ended, listed.has_second) == ((), office.now, False)


@pytest.mark.parametrize("with_second", [False, True])
async def test_a_reset_takes_the_password_at_once_and_the_second_factor_only_if_it_is_lost(
    office: Office, with_second: bool
) -> None:
    token = await office.settle("amal", ORGANIZER)
    async with office.database.writing() as session:
        first = await staff.reset(session, None, "amal", office.now)
        link = await staff.reset(session, None, "amal", office.now, with_second)
    assert await office.behind(token) is None
    assert await office.enter("amal") is Refusal.WRONG
    assert await office.accept(first, OTHER) is None
    accepted = await office.accept(link, OTHER)
    assert accepted is not None
    assert accepted.needs_second
    is_let_in = isinstance(await office.second(accepted.token, office.code("amal")), SignedIn)
    assert is_let_in is not with_second
    if with_second:
        assert await office.second(accepted.token, office.codes["amal"][0]) is Refusal.WRONG
        assert not (await office.who(await office.enrol(accepted.token))).needs_second


async def test_an_owner_who_still_has_to_give_their_second_factor_does_nothing(office: Office) -> None:
    await office.settle("omar", OWNER)
    who = await office.who(entered(await office.enter("omar")))
    async with office.database.writing() as session:
        with pytest.raises(Unconfirmed):
            await staff.give(session, who, "omar", ORGANIZER, office.now)


async def test_a_login_is_plain(database: Database) -> None:
    async with database.writing() as session:
        for login in ("", "a", "Ämal", "amal smith", "-amal", "a" * 65, "amal\n.", "amal\u202e"):
            with pytest.raises(Refused, match=Why.LOGIN):
                await staff.invite(session, None, login, ORGANIZER, "en", NOW)


async def test_a_login_that_there_is_in_capitals_is_taken(database: Database) -> None:
    async with database.writing() as session:
        await staff.invite(session, None, "Amal@forum.example", ORGANIZER, "en", NOW)
        with pytest.raises(Refused, match=Why.TAKEN):
            await staff.invite(session, None, " amal@FORUM.example", ORGANIZER, "en", NOW)
        with pytest.raises(Refused, match=Why.NO_LANGUAGE):
            await staff.invite(session, None, "bela", Grant(PROCESS, Role.ORGANIZER, ("fr",)), "en", NOW)


async def test_what_staff_say_of_themselves_is_kept_and_a_name_is_needed(office: Office) -> None:
    who = await office.who(await office.settle("tariq", TRANSLATOR))
    async with office.database.writing() as session:
        await staff.change_profile(session, who, Profile("Tariq", "ar", Look.DARK))
        again = await staff.behind(session, await sign_in(session, who.id, now=office.now), office.now)
        for name in ("", "  ", "x" * 81):
            with pytest.raises(Refused, match=Why.NAME):
                await staff.change_profile(session, who, Profile(name, "ar", Look.DARK))
    assert again
    assert (again.name, again.language, again.look) == ("Tariq", "ar", Look.DARK)


async def test_the_journal_says_who_let_whom_do_what(office: Office) -> None:
    owner = await office.who(await office.settle("omar", OWNER))
    async with office.database.writing() as session:
        await staff.invite(session, owner, "bela", TRANSLATOR, "en", office.now)
        await staff.take(session, owner, "bela", TRANSLATOR, office.now)
        await staff.end(session, owner, "bela", office.now)
        entries = await journal.page(session, None, 3)
        bela = await stored.called(session, "bela")
    assert bela
    assert [entry.act for entry in reversed(entries)] == ["staff.invite", "grant.take", "staff.end"]
    assert {(entry.staff_id, entry.object) for entry in entries} == {(owner.id, bela.id)}
    assert entries[2].facts == {"role": "translator", "language": ("fr",)}
