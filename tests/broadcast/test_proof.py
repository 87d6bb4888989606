"""A sender that was stopped by a report works again when a report says so, and the replies it lost leave again."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from broadcast.circuit import PROOF
from channels._twilio.errors import VERDICTS
from channels.messages import Accepted, Never, Outgoing, Report, Status
from channels.verdicts import OUT_OF_ORDER
from handlers import deliveries
from outcomes.at_once import Where
from storage import Database, Keyring, circuits
from storage.tables import broadcast, delivery
from tests.broadcast.test_deliver import NEWS, Office, Phone, fails, office
from tests.storage.rows import NOW, announce, meet, owe, queue
from tests.waiting import until

REPORTS = Where(reports=True)
SECOND = timedelta(seconds=1)
SUSPENDED = "30002"


async def taken(_to: str, outgoing: Outgoing) -> Accepted:
    return Accepted(f"m-{outgoing.text}")


def line() -> Phone:
    return Phone(taken, name="sms")


async def people(database: Database, keys: Keyring, number: int) -> list[str]:
    """A reply to each, by the order in which they leave."""
    async with database.writing() as session:
        return [
            await queue(
                session,
                await meet(session, keys, f"+1202555{place:04}", channel="sms"),
                Outgoing(f"{place}").packed(),
                due=NOW + place * timedelta(milliseconds=1),
            )
            for place in range(number)
        ]


async def says(at: Office, name: str, status: Status, code: str = "") -> None:
    async with at.database.reading() as session:
        provider = (await session.execute(delivery.select().where(delivery.c.id == name))).one().provider_id
    report = Report("sms", name, provider, status, code, VERDICTS.get(code, VERDICTS["500"]))
    async with at.database.writing() as session:
        await deliveries.report(session, [report], at.dial.at)
    at.sender.waker.wake_here()


async def passes(at: Office, time: timedelta) -> None:
    at.dial.at += time
    at.sender.waker.wake_here()


async def nothing_more_leaves(at: Office, so_far: int) -> None:
    for _time in range(3):
        await at.sender.step()
    assert len(at.phone.sent) == so_far


async def has_left(at: Office, number: int) -> None:
    """So many have been asked of the platform, and what it said is written down."""
    await at.until_asked(number)

    async def is_told() -> bool:
        return at.sender.unwritten.news.circuit is None and at.sender.claiming.is_settled

    await until(is_told)


async def test_the_queue_waits_for_the_report_of_the_message_that_tries(database: Database, keys: Keyring) -> None:
    names = await people(database, keys, 6)
    async with database.writing() as session:
        await circuits.break_(session, "sms", SUSPENDED, NOW, NOW)
    async with office(database, keys, line(), REPORTS) as at:
        await passes(at, SECOND)
        await has_left(at, 1)
        await nothing_more_leaves(at, 1)
        await passes(at, SECOND)
        await says(at, names[0], Status.SENT)
        await at.until("sent")
        await at.until_broken()
    assert len(at.phone.sent) == 6


async def test_while_the_report_says_stop_one_message_at_a_time_is_lost_and_leaves_again(
    database: Database, keys: Keyring
) -> None:
    names = await people(database, keys, 4)
    async with database.writing() as session:
        await circuits.break_(session, "sms", SUSPENDED, NOW, NOW)
    async with office(database, keys, line(), REPORTS) as at:
        await passes(at, SECOND)
        for tried in range(1, 4):
            await has_left(at, tried)
            [sent] = [row.id for row in await at.rows() if row.state == "sent"]
            await says(at, sent, Status.FAILED, SUSPENDED)
            await nothing_more_leaves(at, tried)
            await passes(at, OUT_OF_ORDER)
        await has_left(at, 4)
        [sent] = [row.id for row in await at.rows() if row.state == "sent"]
        await says(at, sent, Status.DELIVERED)
        await at.until("sent", "delivered")
    assert {row.id for row in await at.rows()} == set(names)
    assert {text for _to, text in at.phone.sent} == {"0", "1", "2", "3"}


async def test_a_platform_that_says_nothing_for_long_has_not_refused_it(database: Database, keys: Keyring) -> None:
    await people(database, keys, 4)
    async with database.writing() as session:
        await circuits.break_(session, "sms", SUSPENDED, NOW, NOW)
    async with office(database, keys, line(), REPORTS) as at:
        await passes(at, SECOND)
        await has_left(at, 1)
        await passes(at, PROOF - SECOND)
        await nothing_more_leaves(at, 1)
        await passes(at, SECOND)
        await at.until("sent")
        await at.until_broken()


async def test_a_refusal_of_the_message_that_tries_shows_nothing(database: Database, keys: Keyring) -> None:
    await people(database, keys, 4)
    async with database.writing() as session:
        await circuits.break_(session, "sms", SUSPENDED, NOW, NOW)
    phone = Phone(fails(Never("21211", VERDICTS["21211"])), name="sms")
    async with office(database, keys, phone, REPORTS) as at:
        await passes(at, SECOND)
        await has_left(at, 1)
        await nothing_more_leaves(at, 1)
        await at.until_broken(SUSPENDED)


async def test_a_failure_that_is_about_its_person_shows_that_the_sender_works(
    database: Database, keys: Keyring
) -> None:
    names = await people(database, keys, 4)
    async with database.writing() as session:
        await circuits.break_(session, "sms", SUSPENDED, NOW, NOW)
    async with office(database, keys, line(), REPORTS) as at:
        await passes(at, SECOND)
        await has_left(at, 1)
        await passes(at, SECOND)
        await says(at, names[0], Status.FAILED, "30006")
        await at.until("sent", "failed")
        await at.until_broken()


@pytest.mark.parametrize(("reports", "keeps"), [(True, True), (False, False)])
async def test_a_reply_keeps_its_words_until_its_report_where_there_are_reports(
    sqlite: Database, keys: Keyring, reports: bool, keeps: bool
) -> None:
    async with sqlite.writing() as session:
        await announce(session)
        await session.execute(update(broadcast).values(renditions=NEWS))
        await owe(session, await meet(session, keys, "1", channel="sms"))
    await people(sqlite, keys, 1)
    async with office(sqlite, keys, line(), Where(reports=reports)) as at:
        await at.until("sent")
        reply, bulletin = await at.rows()
        assert (reply.body is not None, bulletin.body) == (keeps, None)
        await says(at, reply.id, Status.DELIVERED)
        assert (await at.rows())[0].body is None


@pytest.mark.parametrize(("attempts", "plain"), [(0, False), (1, True)])
async def test_what_was_refused_before_leaves_without_buttons(
    sqlite: Database, keys: Keyring, attempts: int, plain: bool
) -> None:
    async with sqlite.writing() as session:
        alice = await meet(session, keys, "1", channel="sms")
        await queue(session, alice, Outgoing("hello").packed(), attempts=attempts)
    async with office(sqlite, keys, line(), REPORTS) as at:
        await at.until("sent")
    assert [message.plain for message in at.phone.messages] == [plain]
