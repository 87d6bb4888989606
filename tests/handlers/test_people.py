"""People leave, come back, are forgotten, and take seats."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from channels.messages import Report, Status
from channels.verdicts import Act, Reach, Verdict
from handlers import bulletins, councils, deliveries, people
from handlers.writing import contents
from storage import events, invitations
from storage.invitations import NewInvitation
from storage.outbox import claims
from storage.outbox import deliveries as stored_deliveries
from storage.states import State
from storage.tables import address, person
from tests.handlers.house import NOW, House

NEWS = contents.Bulletin({"en": "There is news."})

BLOCKED = Verdict(Act.DROP, "blocked", reach=Reach.BLOCKED)


async def invited(house: House) -> str:
    return await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))


async def count(house: House, table: str) -> int:
    return int((await house.column(f"SELECT count(*) FROM {table}"))[0])  # noqa: S608


@pytest.mark.parametrize("word", ["STOP", "stop.", " Stop ", "arrêter", "/stop", "توقف"])
async def test_stop_ends_what_waits_and_is_confirmed_once(house: House, word: str) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: bulletins.publish(session, process, NEWS, now))
    heard = await alice.says(word)
    assert "We will not write to you any more" in heard
    assert "There is news." not in heard
    assert await house.column("SELECT state FROM delivery WHERE broadcast_id IS NOT NULL") == ["cancelled"]


async def test_the_last_sentence_leaves_and_then_nothing_is_left(house: House) -> None:
    alice = await house.meets().joins()
    await alice.gives()
    assert "Goodbye" in await alice.says("forget", "1")
    assert await house.does(lambda session, now: people.part(session, now)) == 1
    assert await count(house, "person") == await count(house, "address") == 0


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "expired", "unknown", "cancelled"])
async def test_whatever_became_of_the_last_sentence_nothing_is_left(house: House, state: str) -> None:
    alice = await house.meets().joins()
    await alice.says("forget")
    await house.takes(alice.message("1"))
    async with house.database.writing() as session:
        await session.exec_driver_sql(f"UPDATE delivery SET state = '{state}' WHERE state = 'queued'")  # noqa: S608
    await house.does(lambda session, now: people.part(session, now))
    assert await count(house, "person") == await count(house, "address") == 0
    assert await house.column("SELECT body FROM delivery WHERE body IS NOT NULL") == []


async def test_a_last_sentence_that_cannot_leave_is_erased_unsaid(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("forget")
    await house.takes(alice.message("1"))
    house.now += timedelta(hours=1)
    await house.does(lambda session, now: people.part(session, now))
    assert await count(house, "person") == 0
    assert await alice.hears() == ""


async def test_forgetting_takes_what_is_in_flight_the_seat_and_what_was_parked(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says(await invited(house))
    await house.acts(lambda session, process, now: bulletins.publish(session, process, NEWS, now))
    index = house.keys.index("telegram", alice.sender)
    async with house.database.writing() as session:
        await events.park(
            session,
            house.keys,
            events.NewParked("telegram:x", "telegram", index, "her words", "RuntimeError", house.now),
        )
        lease = house.now + timedelta(minutes=1)
        [flying] = await claims.claim(session, house.keys, claims.Claim("telegram", "us", house.now, lease, 10))
    await house.takes(alice.message("forget"))
    await house.takes(alice.message("1"))
    assert await count(house, "membership") == await count(house, "parked") == 0
    assert await house.column(f"SELECT state FROM delivery WHERE id = '{flying.id}'") == ["unknown"]  # noqa: S608
    report = Report("telegram", flying.id, "p-1", Status.FAILED, "403", BLOCKED)
    await house.does(lambda session, now: deliveries.report(session, [report], now))
    await house.does(
        lambda session, now: stored_deliveries.settle(
            session, "us", [stored_deliveries.Outcome(flying.id, State.SENT, "p-1")], now
        )
    )
    assert await house.column("SELECT provider_id FROM delivery WHERE provider_id = 'p-1'") == []


async def test_who_never_agreed_is_erased_after_thirty_days_of_silence(house: House) -> None:
    await house.meets("1").joins()
    await house.meets("2").says("hello")
    await house.meets("3").says("stop")
    talking = house.meets("4")
    await talking.says("hello")
    house.now += people.UNDECIDED
    assert await house.does(people.fade) == 0
    await talking.says("hello?")
    house.now += timedelta(days=1)
    assert await house.does(people.fade) == 2
    assert await count(house, "person") == await count(house, "address") == 2
    assert await house.column("SELECT person_id FROM delivery WHERE body IS NOT NULL") == []
    assert "Français" in await house.meets("2").says("hello")


async def test_few_are_erased_at_once_so_that_nobody_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_TO_FADE", 2)
    for number in range(5):
        await house.meets(f"{number}").says("hello")
    house.now += people.UNDECIDED + timedelta(days=1)
    assert [await house.does(people.fade) for _time in range(4)] == [2, 2, 1, 0]


async def test_forget_is_done_at_once_for_who_said_stop(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    assert "Goodbye" in await alice.says("forget")


async def test_all_addresses_of_a_forgotten_person_are_gone(house: House) -> None:
    alice, again = house.meets(), house.meets("+12025550123", "sms")
    await alice.joins()
    await again.joins()
    async with house.database.writing() as session:
        [hers] = (await session.exec_driver_sql("SELECT person_id FROM address WHERE channel = 'telegram'")).scalars()
        await session.exec_driver_sql("UPDATE address SET talk = NULL")
        await session.exec_driver_sql(f"UPDATE address SET person_id = '{hers}'")  # noqa: S608
    await alice.says("forget", "1")
    await house.does(lambda session, now: people.part(session, now))
    assert await count(house, "address") == 0


@pytest.mark.parametrize("channel", ["telegram", "sms", "whatsapp"])
@pytest.mark.parametrize(
    "typed", ["{}", "/start {}", "/start@our_bot {}", " {} ", "{lower}", "{spaced}", "\u2068{}\u2069", "{bare}"]
)
async def test_an_invitation_is_understood_however_it_is_typed(house: House, channel: str, typed: str) -> None:
    alice = await house.meets("70001", channel).joins()
    await alice.says("share")
    code = await invited(house)
    text = typed.format(code, lower=code.lower(), spaced=code.replace("-", " "), bare=code.replace("-", ""))
    heard = await alice.says(text)
    assert "Welcome to the council." in heard
    assert "What should change?" in heard
    assert await count(house, "membership") == 1


LINK = "region-west_2026-" + "x" * 47
"""As long as Telegram lets it be."""


async def test_what_a_link_was_marked_with_that_is_no_door_confuses_nobody_and_is_not_kept(house: House) -> None:
    alice = house.meets()
    assert "Do you want to take part?" in await alice.says(f"/start {LINK}")
    await alice.says("English", "1")
    question = await alice.says("share")
    assert await alice.says(f"/start {LINK[::-1]}") == question
    assert await house.column("SELECT count(*) FROM contribution") == [0]
    assert LINK[::-1] not in await standing(house)
    await alice.says("/start", "/start " + "x" * 65, "/start a b", "/start \x1b[2J")


async def standing(house: House) -> str:
    """What is kept of the only conversation."""
    async with house.database.reading() as session:
        rows = await session.execute(select(address.c.id, address.c.talk, person.c.id, person.c.key).join(person))
        [(name, talk, who, wrapped)] = rows.all()
    return house.keys.unwrap(who, wrapped, house.keys.epoch).open(talk, address.c.talk, name)


async def test_an_invitation_to_someone_new_waits_for_their_yes(house: House) -> None:
    alice = house.meets()
    await alice.says(f"/start {await invited(house)}")
    assert await count(house, "membership") == 0
    assert "Welcome to the council." in await alice.says("1")
    assert await count(house, "membership") == 1


async def test_who_does_not_agree_leaves_the_invitation_to_others(house: House) -> None:
    alice, bob = house.meets("1"), await house.meets("2").joins()
    code = await invited(house)
    await alice.says(code, "2")
    assert "Welcome to the council." in await bob.says(code)


async def test_a_member_keeps_a_second_invitation_for_somebody_else(house: House) -> None:
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    await alice.says(await invited(house))
    code = await invited(house)
    await alice.says(code)
    assert "Welcome to the council." in await bob.says(code)


async def test_a_word_that_looks_like_an_invitation_is_only_a_word(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    assert "Thank you." in await alice.says("understand")


async def test_an_invitation_holds_until_its_last_day(house: House) -> None:
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    codes = [await invited(house), await invited(house)]
    house.now += timedelta(days=30)
    assert "Welcome to the council." in await alice.says(codes[0])
    house.now += timedelta(days=1)
    assert "Welcome to the council." not in await bob.says(codes[1])
    assert await count(house, "membership") == 1


async def test_an_invitation_that_is_over_gives_no_seat_to_who_agrees_late(house: House) -> None:
    alice = house.meets()
    await alice.says(f"/start {await invited(house)}")
    house.now += timedelta(days=31)
    assert "Welcome to the council." not in await alice.says("1")
    assert await count(house, "membership") == 0


async def test_an_invitation_that_was_revoked_gives_no_seat(house: House) -> None:
    alice = await house.meets().joins()
    code = await invited(house)
    [name] = await house.column("SELECT id FROM invitation")
    with pytest.raises(contents.Unfit, match="No invitation"):
        await house.acts(lambda session, process, _now: people.revoke(session, process, name[:3]))
    await house.acts(lambda session, process, _now: people.revoke(session, process, name[:4]))
    assert "Welcome to the council." not in await alice.says(code)
    with pytest.raises(contents.Unfit, match="No invitation"):
        await house.acts(lambda session, process, _now: people.revoke(session, process, name))


async def test_two_invitations_that_begin_alike_are_told_apart(house: House) -> None:
    council = await house.acts(councils.only)
    for name in ("abcdef", "abcdee"):
        async with house.database.writing() as session:
            new = NewInvitation(name, house.process, council.id, None, NOW.date(), NOW.date())
            await invitations.add(session, new)
    with pytest.raises(contents.Unfit, match="write more"):
        await house.acts(lambda session, process, _now: people.revoke(session, process, "abcde"))
    await house.acts(lambda session, process, _now: people.revoke(session, process, "abcdef"))
    assert await house.column("SELECT id FROM invitation") == ["abcdee"]


async def test_an_invitation_that_was_used_is_kept_for_a_while_and_gives_no_second_seat(house: House) -> None:
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    code = await invited(house)
    await alice.says(code)
    assert "Welcome to the council." not in await bob.says(code)
    [name] = await house.column("SELECT id FROM invitation")
    with pytest.raises(contents.Unfit, match="No invitation"):
        await house.acts(lambda session, process, _now: people.revoke(session, process, name))
    for days, left in ((0, 1), (1, 0)):
        before = house.now.date() + timedelta(days=days)
        await house.does(lambda session, _now, before=before: invitations.prune(session, before))  # type: ignore[misc]
        assert await count(house, "invitation") == left


@pytest.mark.parametrize("days", [0, 366, -1])
async def test_an_invitation_holds_for_some_days(house: House, days: int) -> None:
    with pytest.raises(contents.Unfit, match="from 1 to 365"):
        await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now, days))


async def test_who_said_stop_takes_no_seat(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    assert await alice.says(await invited(house)) == ""
    assert await count(house, "membership") == 0
