"""A broadcast reaches everybody it is for, each once and at one address, however often its making is interrupted."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import insert, select

from storage import Database, Keyring, Session, broadcasts, contributions, people, rounds
from storage.broadcasts import Audience, Broadcast
from storage.deliveries import BULLETIN
from storage.tables import delivery, member
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, give, meet, plan, statements

MINUTE = timedelta(minutes=1)
EVERYBODY = Audience()


async def start(session: Session, name: str = "b") -> Broadcast:
    return await broadcasts.add(session, name, PROCESS, "x", "{}", "{}", BULLETIN, NOW, NOW + MINUTE)


async def crowd(session: Session, keys: Keyring, number: int) -> list[Somebody]:
    return [await meet(session, keys, f"{70000 + place}", name=f"{place:04}") for place in range(number)]


async def reached(session: Session, name: str = "b") -> list[str]:
    """Who has a delivery, once for each."""
    rows = await session.execute(select(delivery.c.person_id).where(delivery.c.broadcast_id == name))
    return sorted(rows.scalars())


async def tell(session: Session, audience: Audience) -> list[str]:
    made = await start(session)
    number = await broadcasts.expand(session, made, audience, NOW, None)
    found = await reached(session)
    assert number == len(found) == await broadcasts.reachable(session, audience)
    return found


def ids(*who: Somebody) -> list[str]:
    return sorted(one.id for one in who)


async def test_each_delivery_carries_what_its_broadcast_says(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "+15005550006", channel="sms")
        await tell(session, EVERYBODY)
        (made,) = (await session.execute(select(delivery))).all()
    assert len(made.id) == 32
    assert (made.person_id, made.address_id, made.channel) == (alice.id, alice.address, "sms")
    assert (made.lane, made.turn, made.part, made.state, made.attempts) == (BULLETIN, 0, 1, "queued", 0)
    assert (made.due, made.not_after, made.body, made.despite_stop) == (NOW, NOW + MINUTE, None, False)


async def test_batches_go_on_where_the_last_one_ended(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 10)
        await start(session)
    numbers = []
    while True:
        async with database.writing() as session:
            made = await broadcasts.to_expand(session)
            if made is None:
                break
            numbers.append(await broadcasts.expand(session, made, EVERYBODY, NOW, 4))
    assert numbers == [4, 4, 2]
    async with database.reading() as session:
        assert await reached(session) == ids(*everybody)


async def test_a_last_batch_that_is_full_is_followed_by_an_empty_one(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await crowd(session, keys, 4)
        await start(session)
        numbers = []
        while made := await broadcasts.to_expand(session):
            numbers.append(await broadcasts.expand(session, made, EVERYBODY, NOW, 2))
    assert numbers == [2, 2, 0]


async def test_what_is_killed_in_between_is_resumed_and_nobody_is_missed_or_told_twice(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 9)
        await start(session)
    killed = True
    while True:
        killed = not killed
        async with database.writing() as session:
            made = await broadcasts.to_expand(session)
            if made is None:
                break
            await broadcasts.expand(session, made, EVERYBODY, NOW, 2)
            if killed:
                await session.rollback()
    async with database.reading() as session:
        assert await reached(session) == ids(*everybody)


async def test_a_batch_made_again_tells_nobody_twice(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        everybody = await crowd(session, keys, 3)
        made = await start(session)
        for _time in range(2):
            await broadcasts.expand(session, made, EVERYBODY, NOW, None)
        assert await reached(session) == ids(*everybody)


async def test_who_comes_while_a_batch_is_made_pushes_nobody_out(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        everybody = await crowd(session, keys, 6)
        await start(session)
    newcomers = iter(range(6, 0, -1))  # each before all others in the order of the batches

    async def one_more() -> None:
        async with postgresql.writing() as session:
            place = next(newcomers, None)
            if place is not None:
                await meet(session, keys, f"8{place}", name=f"000-{place}")

    while True:
        async with postgresql.writing() as session:
            made = await broadcasts.to_expand(session)
            if made is None:
                break
            await broadcasts.expand(cast(Session, Meanwhile(session, one_more)), made, EVERYBODY, NOW, 2)
    async with postgresql.reading() as session:
        assert set(await reached(session)) >= {who.id for who in everybody}


class Meanwhile:
    """A session before each of whose statements something else happens and is committed."""

    def __init__(self, session: Session, happens: Callable[[], Awaitable[None]]) -> None:
        self.session = session
        self.happens = happens
        self.dialect = session.dialect

    async def execute(self, *statement: Any) -> Any:
        await self.happens()
        return await self.session.execute(*statement)


async def test_two_workers_never_make_the_same_broadcast_at_once(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        await crowd(session, keys, 3)
        await start(session, "first")
        await start(session, "second")
    async with postgresql.writing() as one, postgresql.writing() as other:
        made = [await broadcasts.to_expand(session) for session in (one, other, one)]
    assert {which.id for which in made if which} == {"first", "second"}
    assert made[0] == made[2]


async def test_who_has_left_or_not_agreed_is_not_written_to(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001")
        await meet(session, keys, "70002", reach="opted_out")
        await meet(session, keys, "70003", reach="blocked")
        await meet(session, keys, "70004", consented=False)
        forgotten = await meet(session, keys, "70005")
        await people.erase(session, forgotten.id)
        assert await tell(session, EVERYBODY) == ids(alice)


async def test_everybody_is_written_to_where_they_wrote_from_last(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice = await meet(session, keys, "70001", spoke=NOW - 2 * MINUTE)
        newer = await also_at(session, keys, alice, "+15005550006", channel="sms", spoke=NOW - MINUTE)
        await also_at(session, keys, alice, "+15005550006", channel="whatsapp", spoke=NOW, reach="blocked")
        bob = await meet(session, keys, "70002", spoke=NOW)
        await also_at(session, keys, bob, "+12025550123", channel="sms", spoke=NOW - MINUTE)
        assert await tell(session, EVERYBODY) == ids(alice, bob)
        found = await session.execute(select(delivery.c.person_id, delivery.c.address_id, delivery.c.channel))
    assert {tuple(row) for row in found} == {
        (alice.id, newer.address, "sms"),
        (bob.id, bob.address, "telegram"),
    }


async def test_an_audience_is_met_in_all_its_parts(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for number, (language, region, channel) in enumerate(
            (language, region, channel)
            for language in ("en", "ar", "fr")
            for region in ("north", "south")
            for channel in ("sms", "telegram")
        ):
            await meet(
                session, keys, f"{70000 + number}",
                language=language, region=region, channel=channel, name=f"{language} {region} {channel}",
            )  # fmt: skip
        found = [
            await broadcasts.reachable(session, audience)
            for audience in (
                Audience(),
                Audience(languages=("en",)),
                Audience(languages=("en", "ar")),
                Audience(regions=("south",)),
                Audience(channels=("sms",)),
                Audience(languages=("de",)),
            )
        ]
        assert found == [12, 4, 8, 6, 6, 0]
        assert await tell(session, Audience(("en", "ar"), ("south",), ("sms",))) == ["ar south sms", "en south sms"]


async def test_only_members_are_told_what_is_for_the_council(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, _bob = await crowd(session, keys, 2)
        await session.execute(insert(member).values(person_id=alice.id, since=NOW.date()))
        assert await tell(session, Audience(members=True)) == ids(alice)


async def test_a_response_is_told_to_everybody_it_answers_and_once(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = await crowd(session, keys, 3)
        answered = [await give(session, who) for who in (alice, alice, bob)]
        await give(session, carol)
        await contributions.respond(session, "r", PROCESS, "taken_up", "{}", answered, NOW)
        assert await tell(session, Audience(response="r")) == ids(alice, bob)


async def test_a_round_is_told_to_its_roll(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, bob, carol = await crowd(session, keys, 3)
        await rounds.open_(session, "r", PROCESS, "{}", "approval", [alice.id, carol.id], NOW, NOW + MINUTE)
        await rounds.open_(session, "other", PROCESS, "{}", "approval", [bob.id], NOW, NOW + MINUTE)
        assert await tell(session, Audience(roll="r")) == ids(alice, carol)


async def test_the_oldest_broadcast_is_made_first_and_the_newest_shown_first(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for name, made in (("new", NOW), ("old", NOW - MINUTE)):
            await broadcasts.add(session, name, PROCESS, "x", "{}", "{}", BULLETIN, made)
        found = await broadcasts.to_expand(session)
        assert found == Broadcast("old", "x", "{}", "{}", BULLETIN, NOW - MINUTE, None, "", False)
        assert [one.id for one in await broadcasts.latest(session, 9)] == ["new", "old"]
        assert [one.id for one in await broadcasts.latest(session, 1)] == ["new"]


MANY = """
    INSERT INTO person (id, process_id, key, key_epoch, language, region, consented, met)
    SELECT md5('p' || n), 'review', '', 1, 'en', '', true, '2026-01-01' FROM generate_series(1, 20000) n;
    INSERT INTO address (id, person_id, channel, index, external, reach, turns, spoke)
    SELECT md5('a' || n), md5('p' || n), 'telegram', n, '', 'active', 1, now() FROM generate_series(1, 20000) n;
    ANALYZE
"""


def _reads(seen: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [one for one in seen if "address" in one[0]]


async def test_a_batch_reads_only_the_people_it_reaches(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        for statement in MANY.split(";"):
            await session.exec_driver_sql(statement)
        made = await start(session)
        with statements(postgresql) as seen:
            assert await broadcasts.expand(session, made, EVERYBODY, NOW, 500) == 500
        for planned in [await plan(session, one) for one in _reads(seen)]:
            assert "Scan using pk_person on person" in planned or "Bitmap Index Scan on pk_person" in planned
            assert "Index Cond: ((id > " in planned or "Index Cond: (id > " in planned
            assert "Seq Scan on person" not in planned


async def test_a_batch_on_sqlite_reads_only_the_people_it_reaches(sqlite: Database, keys: Keyring) -> None:
    async with sqlite.writing() as session:
        await crowd(session, keys, 3)
        made = await start(session)
        with statements(sqlite) as seen:
            await broadcasts.expand(session, made, EVERYBODY, NOW, 2)
        for planned in [await plan(session, one) for one in _reads(seen)]:
            assert "SEARCH person USING INDEX sqlite_autoindex_person_1 (id>?" in planned
            assert "SCAN person" not in planned
            assert "SCAN address" not in planned
