"""Everything that turns need to know is found in one statement, and the people it concerns wait their turn."""

import asyncio
from datetime import timedelta

from sqlalchemy import insert, update

from storage import Database, Keyring, Session, people, processes, rounds, turns
from storage.tables import address, event, participation, person
from storage.turns import Incoming
from tests.storage.rows import NOW, PROCESS, also_at, another, give, meet, queue, sit, statements, until_somebody_waits


async def look(session: Session, keys: Keyring, *messages: tuple[str, str]) -> list[turns.Found]:
    return await turns.find(session, keys, incoming(*messages), NOW)


def incoming(*messages: tuple[str, str]) -> list[Incoming]:
    """Messages, each by its event and the index of its address, to a shared sender."""
    return [Incoming(event, index, "telegram") for event, index in messages]


async def test_seen_unknown_and_known_are_told_apart_in_the_order_asked(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", talk="welcome")
        bob = await meet(session, keys, "70002", language="fr", region="", consented=False, reach="opted_out")
        await session.execute(update(address).where(address.c.id == bob.address).values(shut=NOW))
        await session.execute(update(address).where(address.c.id == alice.address).values(replied=NOW))
        await session.execute(insert(event).values(id="telegram:2", seen=NOW))
        senders = [
            ("telegram:3", keys.index("telegram", "70003")),
            ("telegram:2", keys.index("telegram", "70002")),
            ("telegram:1", keys.index("telegram", "70001")),
        ]
        with statements(database) as seen:
            nobody, known_bob, known_alice = await turns.find(session, keys, incoming(*senders), NOW)
    assert len(seen) == 1
    assert nobody == turns.Found(False, PROCESS, 1, None)
    assert (known_bob.seen, known_alice.seen) == (True, False)
    assert known_bob.known == turns.Known(
        bob.id, bob.address, bob.key, "fr", True, "", False, "opted_out", 0, None, NOW, None, PROCESS, True,
        *[False] * 4,
    )  # fmt: skip
    assert known_alice.known == turns.Known(
        alice.id, alice.address, alice.key, "en", True, "north", True, "active", 0, NOW, NOW, "welcome", PROCESS,
        *[False] * 5,
    )  # fmt: skip


async def test_the_same_person_may_be_asked_for_twice(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        index = keys.index("telegram", "70001")
        found = await look(session, keys, ("telegram:1", index), ("telegram:2", index), ("telegram:1", index))
    assert [sender.known.person for sender in found if sender.known] == [alice.id] * 3


async def test_nothing_asked_is_nothing_found(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        assert await turns.find(session, keys, [], NOW) == []


async def test_a_person_is_known_by_the_address_they_write_from(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        there = await also_at(session, keys, alice, "+15005550006", channel="sms")
        (found,) = await look(session, keys, ("sms:1", keys.index("sms", "+15005550006")))
    assert found.known is not None
    assert (found.known.person, found.known.address) == (alice.id, there.address)


async def test_who_gave_something_votes_or_sits_on_the_council_is_known(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        bob = await meet(session, keys, "70002")
        await give(session, alice)
        await sit(session, alice)
        await rounds.open_(
            session, rounds.NewRound("r", PROCESS, "{}", "approval", NOW, NOW + timedelta(days=1)), [alice.id]
        )
        await rounds.open_(session, rounds.NewRound("old", PROCESS, "{}", "approval", NOW, NOW), [bob.id])
        found = await look(
            session, keys, ("1", keys.index("telegram", "70001")), ("2", keys.index("telegram", "70002"))
        )
    known = [sender.known for sender in found if sender.known]
    assert [(person.votes, person.gave, person.member) for person in known] == [
        (True, True, True),
        (False, False, False),
    ]


async def test_where_something_of_ours_is_of_unknown_fate_is_known(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys)
        there = await also_at(session, keys, alice, "+15005550006", channel="sms")
        await queue(session, there, state="unknown")
        await queue(session, alice, state="sent")
        found = await look(
            session, keys, ("1", keys.index("telegram", "70001")), ("2", keys.index("sms", "+15005550006"))
        )
    assert [sender.known.unsure for sender in found if sender.known] == [False, True]


async def test_a_new_edition_of_the_process_is_seen(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await processes.touch(session, PROCESS)
        await processes.edit(session, PROCESS, '{"title": "new"}')
        (found,) = await look(session, keys, ("1", "nobody"))
    assert found.edition == 3


async def test_before_there_is_a_process_there_is_no_edition(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await session.exec_driver_sql("DELETE FROM process")
        (found,) = await look(session, keys, ("1", "nobody"))
    assert found == turns.Found(False, None, None, None)


async def test_who_is_new_is_led_to_the_only_process_that_is_open_or_to_the_last_that_was(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        await processes.close(session, PROCESS, NOW)
        (last,) = await look(session, keys, ("1", "nobody"))
        await another(session)
        (beside_a_closed_one,) = await look(session, keys, ("2", "nobody"))
        await processes.close(session, "national", NOW + timedelta(days=1))
        await processes.archive(session, "national")
        (none_is_open,) = await look(session, keys, ("3", "nobody"))
        await another(session, "second")
        await another(session, "third")
        (several,) = await look(session, keys, ("4", "nobody"))
    assert [found.process for found in (last, beside_a_closed_one, none_is_open, several)] == [
        PROCESS, "national", "national", None,
    ]  # fmt: skip


async def test_the_statement_is_built_and_compiled_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await look(session, keys, ("1", "nobody"))
        with statements(database) as seen:
            for number in range(3):
                await look(session, keys, *[(f"{number}-{place}", "nobody") for place in range(number + 1)])
    assert len({statement for statement, _values in seen}) == 1


async def test_a_second_finder_waits_and_then_sees_what_the_first_wrote(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, talk="before")
    sender = ("telegram:2", keys.index("telegram", "70001"))

    async def second() -> turns.Found:
        async with database.writing() as session:
            return (await look(session, keys, sender))[0]

    async with database.writing() as session:
        await look(session, keys, ("telegram:1", sender[1]))
        waiting = asyncio.create_task(second())
        await _until_it_waits(database, session)
        assert not waiting.done()
        talk = alice.key.seal("after", address.c.talk, alice.address)
        await session.execute(update(address).values(talk=talk, turns=1, reach="opted_out"))
        await session.execute(update(person).values(language="ar"))
        await session.execute(update(participation).values(region="south", consented=False))
    found = (await waiting).known
    assert found == turns.Known(
        alice.id, alice.address, alice.key, "ar", True, "south", False, "opted_out", 1, None, NOW, "after", PROCESS,
        *[False] * 5,
    )  # fmt: skip


async def test_who_was_forgotten_meanwhile_is_unknown(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, talk="before")
    index = keys.index("telegram", "70001")

    async def second() -> turns.Found:
        async with database.writing() as session:
            return (await look(session, keys, ("2", index)))[0]

    async with database.writing() as session:
        await look(session, keys, ("1", index))
        waiting = asyncio.create_task(second())
        await _until_it_waits(database, session)
        await people.erase(session, alice.id)
    assert (await waiting).known is None


async def test_a_broadcast_can_be_made_for_who_is_talking(postgresql: Database, keys: Keyring) -> None:
    """The row that a delivery names is locked no harder than a delivery can bear."""
    async with postgresql.writing() as session:
        alice = await meet(session, keys)
    async with postgresql.writing() as talking, postgresql.writing() as other:
        await look(talking, keys, ("1", keys.index("telegram", "70001")))
        await other.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
        await give(other, alice)


async def test_finders_of_the_same_people_never_wait_for_each_other_in_a_circle(
    postgresql: Database, keys: Keyring
) -> None:
    async with postgresql.writing() as session:
        everybody = [await meet(session, keys, f"{70000 + number}") for number in range(6)]
        for who in everybody:
            await also_at(session, keys, who, who.sender, channel="sms")

    async def talk(channel: str, step: int) -> None:
        for _turn in range(10):
            async with postgresql.writing() as session:
                senders = [("1", keys.index(channel, who.sender)) for who in everybody[::step]]
                await look(session, keys, *[(f"{n}", index) for n, (_e, index) in enumerate(senders)])

    await asyncio.gather(talk("telegram", 1), talk("sms", -1), talk("sms", 1), talk("telegram", -1))


async def _until_it_waits(database: Database, session: Session) -> None:
    if database.writer.dialect.name == "postgresql":
        await until_somebody_waits(session)
        return
    # On SQLite there is one writer, and it is ours: let the other one try.
    for _try in range(5):
        await session.exec_driver_sql("SELECT 1")
