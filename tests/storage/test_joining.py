"""What becomes of everything that is a person's when they turn out to be another one; every table has its rule."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from storage import Conflict, Database, Keyring, PersonKey, Session, joining, links, participations, people, rounds
from storage._ground.columns import Sealed
from storage.broadcasts import pause
from storage.codes import Code
from storage.joining import JOINS, Pair
from storage.links import Link
from storage.outbox import expansion
from storage.outbox.deliveries import NEVER
from storage.tables import (
    ballot,
    candidate,
    consultation,
    contribution,
    delivery,
    link,
    member_call,
    membership,
    metadata,
    participation,
    person,
    process,
    report,
    roll,
)
from tests.storage.rows import (
    NOW,
    PROCESS,
    Somebody,
    announce,
    give,
    meet,
    opened,
    owe,
    queue,
    row,
    sit,
    states,
    until_somebody_waits,
)
from tests.storage.samples import NAME, fill
from tests.storage.test_forgetting import leads
from tests.storage.votes import vote, vote_of, votes

KEPT_ELSEWHERE = {
    "parked": "it is found by the address, which stays, and sealed for nobody that we know",
    "read_back": "it is found by the delivery, which stays",
    "report": "it is found by the delivery, which stays",
    "staff_phone": "it is found by the address, which stays",
}
"""Tables that lead to a person by another row: why nothing becomes of them."""
TOOK = (person.name, process.name)
NO_PERSONS = ("parked", "export_part", "staff", "sign_in", "round_key", "roll", "ballot")
"""Tables in which something is sealed, and not by a person's key."""


def pair(keys: Keyring, first: Somebody, second: Somebody) -> Pair:
    return Pair(first.key, second.key, keys)


async def two(session: Session, keys: Keyring) -> tuple[Somebody, Somebody]:
    return await meet(session, keys, "70001"), await meet(session, keys, "+12025550101", channel="sms")


def test_every_table_that_leads_to_a_person_has_a_rule() -> None:
    theirs = {table.name for table in metadata.sorted_tables if any(leads(column) for column in table.columns)}
    assert theirs == JOINS.keys() | KEPT_ELSEWHERE.keys()


async def test_nothing_is_left_that_names_the_second_or_that_only_their_key_opens(
    database: Database, keys: Keyring
) -> None:
    """Everything there is has a row of theirs; a new table, or a new sealed column, cannot be forgotten."""
    async with database.writing() as session:
        second = await fill(session, keys)
        first = await meet(session, keys, "70002")
        before = await _numbers(session)
        await joining.join(session, Pair(first.key, second, keys), NOW)
        after = await _numbers(session)
        left = {table.name: await _left(session, table, first.key) for table in metadata.sorted_tables}
    assert {name: what for name, what in left.items() if what} == {}
    gone = {"person": 1, "participation": 1, "link": 1}
    assert after == {name: number - gone.get(name, 0) for name, number in before.items()}


async def _numbers(session: Session) -> Mapping[str, int]:
    return {
        table.name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
        for table in metadata.sorted_tables
    }


async def _left(session: Session, table: Table, first: PersonKey) -> set[str]:
    """The columns that lead to the second still, and those that the first's key does not open."""
    found = set[str]()
    names = {key.parent.name for key in table.foreign_keys if key.column.table is person} | {"person_id"}
    for record in (await session.execute(select(table))).mappings():
        found |= {name for name in names if record.get(name) == NAME}
        for column in table.columns:
            if isinstance(column.type, Sealed) and record[column.name] is not None and table.name not in NO_PERSONS:
                found |= {column.name} if not _opens(first, column, record) else set()
    return found


def _opens(first: PersonKey, column: Any, record: Any) -> bool:
    bound = {
        "participation": "process_id",
        "feedback": "response_id",
        "opinion": "sounding_id",
        "ticket_holder": "ticket_id",
    }.get(column.table.name, "id")
    try:
        return bool(first.open(record[column.name], column, record[bound]))
    except Exception:
        return False


async def test_what_is_sealed_looks_no_shorter_than_before(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        name = await queue(session, phone, "x")
        long = phone.key.seal("x", delivery.c.body, name, 6 * 1024)
        await session.execute(update(delivery).where(delivery.c.id == name).values(body=long))
        await joining.join(session, pair(keys, alice, phone), NOW)
        body = (await row(session, name)).body
    assert len(body) == len(long)
    assert alice.key.open(body, delivery.c.body, name) == "x"


@pytest.mark.parametrize(
    ("mine", "theirs", "consented", "region"),
    [
        ((True, "north"), (True, "south"), True, "north"),
        ((True, ""), (True, "south"), True, "south"),
        ((False, ""), (True, "south"), True, "south"),
        ((True, "north"), (False, ""), True, "north"),
        ((False, "north"), (False, ""), False, "north"),
    ],
)
async def test_who_agreed_in_either_chat_takes_part(
    database: Database,
    keys: Keyring,
    mine: tuple[bool, str],
    theirs: tuple[bool, str],
    consented: bool,
    region: str,
) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", consented=mine[0], region=mine[1])
        phone = await meet(session, keys, "+12025550101", channel="sms", consented=theirs[0], region=theirs[1])
        await joining.join(session, pair(keys, alice, phone), NOW)
        [part] = (await session.execute(select(participation))).all()
    assert (part.person_id, part.consented, part.region) == (alice.id, consented, region)
    assert alice.key.open(part.consent, participation.c.consent, PROCESS) == "agreed"


async def test_who_left_in_one_chat_and_takes_part_in_the_other_takes_part(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        await participations.leave(session, alice.id, PROCESS, NOW.date())
        await joining.join(session, pair(keys, alice, phone), NOW)
        [part] = (await session.execute(select(participation))).all()
    assert (part.consented, part.left) == (True, None)


async def test_a_consent_that_stands_with_the_second_still_is_not_lost(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", consented=False)
        phone = await meet(session, keys, "+12025550101", channel="sms")
        old = phone.key.seal("as before", person.c.consent, phone.id)
        await session.execute(update(person).where(person.c.id == phone.id).values(consent=old))
        await session.execute(update(participation).values(consent=None))
        await joining.join(session, pair(keys, alice, phone), NOW)
        [part] = (await session.execute(select(participation))).all()
    assert alice.key.open(part.consent, participation.c.consent, PROCESS) == "as before"


@pytest.mark.parametrize(("days", "stays"), [(1, "second"), (0, "first"), (-1, "first")])
async def test_of_two_answers_to_a_question_the_later_stays(
    database: Database, keys: Keyring, days: int, stays: str
) -> None:
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        open_ = {"id": "c", "process_id": PROCESS, "content": "{}", "opened": NOW}
        await session.execute(insert(consultation).values(open_))
        await give(session, alice, "first", consultation="c", question="q")
        await give(session, phone, "second", consultation="c", question="q", moment=NOW + timedelta(days=days))
        await give(session, phone, "another", consultation="c", question="p")
        await joining.join(session, pair(keys, alice, phone), NOW)
        kept = (await session.execute(select(contribution).order_by(contribution.c.question))).all()
    words = [alice.key.open(answer.words, contribution.c.words, answer.id) for answer in kept]
    assert words == ["another", stays]
    assert {answer.person_id for answer in kept} == {alice.id}


async def _on_a_roll(session: Session, name: str, *voters: Somebody) -> None:
    new = rounds.NewRound(name, PROCESS, "{}", "approval", NOW, NOW + timedelta(days=3))
    await rounds.open_(session, new, [who.id for who in voters])


@pytest.mark.parametrize("later", [0, 1])
async def test_one_place_on_the_roll_and_the_ballot_that_was_cast_later(
    database: Database, keys: Keyring, later: int
) -> None:
    async with database.writing() as session:
        voters = await two(session, keys)
        await _on_a_roll(session, "both", *voters)
        await _on_a_roll(session, "theirs", voters[1])
        for place, who in enumerate(voters):
            moment = NOW + timedelta(microseconds=1 if place == later else 0)
            assert await vote(session, keys, who, "both", f"m{place}", moment)
        await joining.join(session, pair(keys, *voters), NOW)
        assert await vote_of(session, keys, voters[0], "both") == f"m{later}"
        assert await rounds.turnout(session, "both") == (1, 1)
        assert await rounds.turnout(session, "theirs") == (1, 0)
        assert await votes(session, keys, "both") == [f"m{later}"]
        assert (await session.execute(select(func.count()).select_from(ballot))).scalar_one() == 1


@pytest.mark.parametrize("voter", [0, 1])
async def test_a_vote_in_one_chat_counts(database: Database, keys: Keyring, voter: int) -> None:
    async with database.writing() as session:
        voters = await two(session, keys)
        await _on_a_roll(session, "r", *voters)
        await vote(session, keys, voters[voter], "r", "m")
        await joining.join(session, pair(keys, *voters), NOW)
        assert await vote_of(session, keys, voters[0], "r") == "m"
        assert await rounds.turnout(session, "r") == (1, 1)


async def test_a_round_that_is_closed_stays_as_it_was_counted(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        voters = await two(session, keys)
        await _on_a_roll(session, "r", *voters)
        for who in voters:
            await vote(session, keys, who, "r", "m")
        await rounds.close(session, "r", "{}", NOW)
        await joining.join(session, pair(keys, *voters), NOW)
        assert await rounds.turnout(session, "r") == (2, 2)
        assert (await session.execute(select(roll.c.person_id, roll.c.voted, roll.c.link))).all() == [
            (voters[0].id, True, None)
        ]


async def test_one_seat_in_each_council(database: Database, keys: Keyring) -> None:
    for sitting, freed in (((0, 1), True), ((0,), False), ((1,), False)):
        async with database.writing() as session:
            both = await two(session, keys)
            for place in sitting:
                await sit(session, both[place])
            assert await joining.join(session, pair(keys, *both), NOW) is freed
            assert (await session.execute(select(membership.c.person_id))).scalars().all() == [both[0].id]
            await session.rollback()


@pytest.mark.parametrize(
    ("mine", "theirs", "kept", "gone"),
    [
        ("queued", "queued", (0, "queued"), (1, "cancelled")),
        ("sent", "queued", (0, "sent"), (1, "cancelled")),
        ("sending", "queued", (0, "sending"), (1, "cancelled")),
        ("queued", "sent", (1, "sent"), (0, "cancelled")),
        ("queued", "sending", (1, "sending"), (0, "cancelled")),
        ("failed", "queued", (0, "failed"), (1, "cancelled")),
        ("sent", "sent", (0, "sent"), (1, "sent")),
        ("sending", "sending", (0, "sending"), (1, "unknown")),
    ],
)
async def test_one_copy_of_a_broadcast(
    database: Database, keys: Keyring, mine: str, theirs: str, kept: tuple[int, str], gone: tuple[int, str]
) -> None:
    """The sum of its deliveries stays the same, and none of them that is let go of leads to anybody."""
    async with database.writing() as session:
        both = await two(session, keys)
        await announce(session)
        names = [await owe(session, who, state=state) for who, state in zip(both, (mine, theirs), strict=True)]
        reported = {"delivery_id": names[1], "provider_id": "m", "status": "sent", "code": "", "at": NOW}
        await session.execute(insert(report).values(reported))
        await joining.join(session, pair(keys, *both), NOW)
        stays, left = await row(session, names[kept[0]]), await row(session, names[gone[0]])
        reports = (await session.execute(select(func.count()).select_from(report))).scalar_one()
    assert (stays.person_id, stays.state) == (both[0].id, kept[1])
    assert (left.person_id, left.address_id, left.body, left.provider_id, left.state) == (None,) * 4 + (gone[1],)
    assert left.code == (Code.LINKED if left.state in ("cancelled", "unknown") else None)
    assert reports == (0 if gone[0] == 1 else 1)


@pytest.mark.parametrize("order", [0, 1])
async def test_a_broadcast_that_is_being_made_reaches_them_once(database: Database, keys: Keyring, order: int) -> None:
    async with database.writing() as session:
        names = ("a", "b") if order == 0 else ("b", "a")
        first = await meet(session, keys, "70001", name=names[0])
        second = await meet(session, keys, "+12025550101", channel="sms", name=names[1])
        made = await announce(session)
        assert await expansion.expand(session, made, NOW, 1) == 1
        await joining.join(session, pair(keys, first, second), NOW)
        while (more := await expansion.to_expand(session, NOW)) is not None:
            await expansion.expand(session, more, NOW, 1)
        assert list((await states(session)).values()) == ["queued"]


async def test_what_a_pause_put_off_is_due_once_its_broadcast_goes_on(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        await announce(session)
        name = await owe(session, phone, due=NEVER)
        await joining.join(session, pair(keys, alice, phone), NOW)
        assert (await row(session, name)).due == NOW
        paused = await owe(session, alice, await _paused(session), due=NEVER)
        phone = await meet(session, keys, "+12025550102", channel="sms")
        await joining.join(session, pair(keys, alice, phone), NOW)
        assert (await row(session, paused)).due == NEVER


async def _paused(session: Session) -> str:
    await announce(session, "paused")
    assert await pause(session, "paused")
    return "paused"


async def test_who_gave_too_much_is_not_joined_at_once(
    database: Database, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "MOST", 2)
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        for _time in range(2):
            await give(session, phone)
        assert not await joining.is_too_much(session, phone.id)
        await queue(session, phone)
        assert await joining.is_too_much(session, phone.id)
        assert not await joining.is_too_much(session, alice.id)


async def test_a_person_who_is_gone_is_not_found(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two(session, keys)
        gone = Link("nobody", alice.address, NOW)
        assert await joining.lock(session, keys, gone, phone.id) is None
        found = await joining.lock(session, keys, Link(alice.id, alice.address, NOW), phone.id)
    assert found == joining.First(alice.key, "en", None)


async def test_who_would_wait_against_the_order_waits_for_nobody(postgresql_url: str, keys: Keyring) -> None:
    """And who waits in the order of ids has them in the end: two that link each other never wait for each other."""
    async with opened(postgresql_url) as database:
        async with database.writing() as session:
            low = await meet(session, keys, "70001", name="a")
            high = await meet(session, keys, "70002", name="b")
        async with database.writing() as holding:
            for who in (low, high):
                await holding.execute(select(person.c.id).where(person.c.id == who.id).with_for_update())
            async with database.writing() as session:
                with pytest.raises(Conflict):
                    await joining.lock(session, keys, Link(low.id, low.address, NOW), high.id)
            waiting = asyncio.create_task(_locks(database, keys, high, low.id))
            await until_somebody_waits(holding)
        assert await waiting


async def _locks(database: Database, keys: Keyring, first: Somebody, second: str) -> bool:
    async with database.writing() as session:
        return await joining.lock(session, keys, Link(first.id, first.address, NOW), second) is not None


async def test_a_code_replaces_the_one_before_and_is_used_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        for index in ("one", "two"):
            await links.offer(session, index, Link(alice.id, alice.address, NOW))
        assert await links.find(session, "one") is None
        assert await links.find(session, "two") == Link(alice.id, alice.address, NOW)
        assert await links.prune(session, NOW - timedelta(seconds=1)) == 0
        assert await links.spend(session, "two")
        assert not await links.spend(session, "two")
        await links.offer(session, "three", Link(alice.id, alice.address, NOW))
        assert await links.prune(session, NOW) == 1
        await links.offer(session, "four", Link(alice.id, alice.address, NOW))
        await people.erase(session, alice.id)
        assert (await session.execute(select(func.count()).select_from(link))).scalar_one() == 0


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [("standing", "standing", 0), ("standing", "offered", 1), ("offered", "not_drawn", 0)],
)
async def test_who_stands_twice_stands_once_as_the_one_who_is_further(
    database: Database, keys: Keyring, mine: str, theirs: str, kept: int
) -> None:
    async with database.writing() as session:
        both = await two(session, keys)
        await sit(session, await meet(session, keys, "70009"))
        council = f"council-{PROCESS}"
        call = {"id": "call", "process_id": PROCESS, "council_id": council, "content": "{}", "opened": NOW}
        await session.execute(insert(member_call).values(**call, closes=NOW))
        for place, state in enumerate((mine, theirs)):
            name, who = str(place), both[place]
            row = {"id": name, "process_id": PROCESS, "call_id": "call", "person_id": who.id, "stood": NOW.date()}
            facts = who.key.seal('{"age":"old"}', candidate.c.facts, name)
            await session.execute(insert(candidate).values(**row, facts=facts, state=state))
        await joining.join(session, pair(keys, *both), NOW)
        [left] = (await session.execute(select(candidate))).all()
        assert (left.id, left.person_id) == (str(kept), both[0].id)
        assert both[0].key.open(left.facts, candidate.c.facts, left.id) == '{"age":"old"}'
