"""A person's part in each process is theirs there; what was agreed to before is moved without being lost."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from storage import Database, Keyring, Session, participations, people, senders, turns
from storage.broadcasts import EVERYBODY
from storage.outbox import expansion
from storage.tables import address, participation, person
from storage.together import Writes, write
from storage.turns import Incoming
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, another, meet

TODAY = NOW.date()


async def join(session: Session, who: Somebody, process: str, consent: str | None = "agreed") -> None:
    writes = Writes()
    participations.add(
        writes, who.key, participations.Joining(process=process, region="south", consent=consent, joined=TODAY)
    )
    await write(session, writes)


async def part_of(session: Session, who: Somebody, process: str) -> Any:
    query = select(participation).where(participation.c.person_id == who.id, participation.c.process_id == process)
    return (await session.execute(query)).one()


async def test_what_somebody_agreed_to_in_one_process_opens_only_there(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await join(session, alice, await another(session), "1 en sms")
        here, there = await part_of(session, alice, PROCESS), await part_of(session, alice, "national")
    assert alice.key.open(here.consent, participation.c.consent, PROCESS) == "agreed"
    assert alice.key.open(there.consent, participation.c.consent, "national") == "1 en sms"
    assert (here.region, there.region) == ("north", "south")


async def test_what_changes_in_one_process_changes_nothing_in_another(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await join(session, alice, await another(session), consent=None)
        before = await part_of(session, alice, PROCESS)
        writes = Writes()
        participations.change(writes, alice.key, "national", consent="2 fr sms", region="east")
        await write(session, writes)
        assert await part_of(session, alice, PROCESS) == before
        there = await part_of(session, alice, "national")
    assert (there.region, there.consented) == ("east", True)


async def test_who_leaves_has_agreed_to_nothing_any_more_and_may_come_back(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await participations.leave(session, alice.id, PROCESS, TODAY)
        gone = await part_of(session, alice, PROCESS)
        writes = Writes()
        participations.change(writes, alice.key, PROCESS, consent="1 en sms")
        await write(session, writes)
        back = await part_of(session, alice, PROCESS)
    assert (gone.consented, gone.left, gone.region) == (False, TODAY, "north")
    assert (back.consented, back.left) == (True, None)


async def test_a_turn_finds_the_part_in_the_process_of_its_chat(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await another(session)
        await session.execute(update(address).values(process_id="national"))
        messages = [Incoming("telegram:1", keys.index("telegram", "70001"), "telegram")]
        (before,) = await turns.find(session, keys, messages, NOW)
        await join(session, alice, "national")
        (after,) = await turns.find(session, keys, messages, NOW)
    assert before.known is not None
    assert after.known is not None
    assert (before.process, before.known.joined, before.known.consented, before.known.region) == (
        "national", False, False, "",
    )  # fmt: skip
    assert (after.known.joined, after.known.consented, after.known.region) == (True, True, "south")


async def test_of_several_processes_none_is_guessed_for_a_stranger(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await another(session)
        (found,) = await turns.find(
            session, keys, [Incoming("telegram:1", keys.index("telegram", "79999"), "telegram")], NOW
        )
    assert found == turns.Found(False, None, None, None)


async def test_who_left_or_agreed_elsewhere_is_not_taken_for_undecided(database: Database, keys: Keyring) -> None:
    long_ago = NOW - timedelta(days=40)
    async with database.writing() as session:
        await another(session)
        undecided = await meet(session, keys, "70001", consented=False, spoke=long_ago)
        left = await meet(session, keys, "70002", spoke=long_ago)
        elsewhere = await meet(session, keys, "70003", consented=False, spoke=long_ago)
        nowhere = await meet(session, keys, "70004", consented=False, spoke=long_ago)
        await participations.leave(session, left.id, PROCESS, TODAY)
        await join(session, elsewhere, "national")
        await join(session, nowhere, "national", consent=None)
        await session.execute(update(participation).values(joined=long_ago.date()))
        found = await people.never_agreed(session, NOW - timedelta(days=30), 10)
    assert sorted(found) == sorted([undecided.id, nowhere.id])


async def as_before(session: Session, keys: Keyring, number: int) -> Somebody:
    """Somebody whose consent stands where it stood before there were participations."""
    who = await meet(session, keys, f"7{number:04}", name=f"p{number}")
    old = who.key.seal(f"1 en sms {number}", person.c.consent, who.id)
    await session.execute(update(person).where(person.c.id == who.id).values(consent=old))
    await session.execute(update(participation).where(participation.c.person_id == who.id).values(consent=None))
    return who


async def test_consent_from_before_is_sealed_anew_in_batches_and_only_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        crowd = [await as_before(session, keys, number) for number in range(5)]
        first = await participations.reseal(session, keys, "", 2)
        rest = await participations.reseal(session, keys, "p1", 10)
        assert await participations.reseal(session, keys, "", 10) is None
        assert await participations.to_reseal(session) == 0
        for number, who in enumerate(crowd):
            sealed = (await part_of(session, who, PROCESS)).consent
            assert who.key.open(sealed, participation.c.consent, PROCESS) == f"1 en sms {number}"
    assert first == participations.Resealed("p1", 2, 0)
    assert rest == participations.Resealed("p4", 3, 0)


async def test_consent_that_no_key_opens_stays_where_it_is(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob = await as_before(session, keys, 1), await as_before(session, keys, 2)
        await session.execute(update(person).where(person.c.id == bob.id).values(key=b"x" * 40))
        assert await participations.reseal(session, keys, "", 10) == participations.Resealed("p2", 1, 1)
        assert await participations.to_reseal(session) == 1
        assert (await part_of(session, alice, PROCESS)).consent is not None


async def test_a_newer_consent_is_not_overwritten_by_the_one_from_before(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await as_before(session, keys, 1)
        writes = Writes()
        participations.change(writes, alice.key, PROCESS, consent="2 fr sms")
        await write(session, writes)
        await participations.reseal(session, keys, "", 10)
        sealed = (await part_of(session, alice, PROCESS)).consent
    assert alice.key.open(sealed, participation.c.consent, PROCESS) == "2 fr sms"


async def test_who_has_only_a_newer_process_keeps_the_older_consent_out_of_it(
    database: Database, keys: Keyring
) -> None:
    """Two parts, one from before: its record goes to the one that was joined first."""
    async with database.writing() as session:
        alice = await as_before(session, keys, 1)
        await another(session)
        await session.execute(
            insert(participation).values(
                process_id="national", person_id=alice.id, region="", consented=False,
                joined=TODAY + timedelta(days=1),
            )
        )  # fmt: skip
        await participations.reseal(session, keys, "", 10)
        assert (await part_of(session, alice, "national")).consent is None
        assert (await part_of(session, alice, PROCESS)).consent is not None


async def test_the_older_consent_is_of_no_process_in_which_they_have_agreed_to_nothing(
    database: Database, keys: Keyring
) -> None:
    """Both parts are of one day."""
    async with database.writing() as session:
        alice = await as_before(session, keys, 1)
        await join(session, alice, await another(session, "second"), consent=None)
        await participations.reseal(session, keys, "", 10)
        assert (await part_of(session, alice, "second")).consent is None
        sealed = (await part_of(session, alice, PROCESS)).consent
    assert alice.key.open(sealed, participation.c.consent, PROCESS) == "1 en sms 1"


async def test_what_comes_to_a_process_s_own_sender_is_for_that_process(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        await another(session)
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
        await senders.bind(session, "national", ["telegram"])
        known, stranger, shared = await turns.find(
            session,
            keys,
            [
                Incoming("1", keys.index("telegram", "70001"), "telegram"),
                Incoming("2", keys.index("telegram", "79999"), "telegram"),
                Incoming("3", keys.index("sms", "79999"), "sms"),
            ],
            NOW,
        )
    assert known.known is not None
    assert (known.process, known.known.person, known.known.joined) == ("national", alice.id, False)
    assert (stranger.process, shared.process) == ("national", None)


async def test_nothing_leaves_by_the_sender_of_another_process(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await another(session)
        alice = await meet(session, keys)
        await also_at(session, keys, alice, "+12025550101", channel="sms", spoke=NOW - timedelta(days=1))
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
        await senders.bind(session, "national", ["telegram"])
        reached = await expansion.audience_parts(session, PROCESS, EVERYBODY)
    assert [part.channel for part in reached] == ["sms"]
