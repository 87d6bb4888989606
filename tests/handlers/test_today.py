"""Today says what needs somebody and how many were heard and told, and nothing that points at anybody."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import update

from handlers import today
from handlers.audiences import Crowds
from handlers.processes import OpenProcess
from handlers.today import Figures, HeardAndTold, Kind, Need
from handlers.writing import contents
from storage import (
    Database,
    Keyring,
    Session,
    broadcasts,
    circuits,
    consultations,
    matters,
    moderation,
    people,
    responses,
    senders,
)
from storage.broadcasts import RESPONSE, NewBroadcast, Subject
from storage.lanes import Lane
from storage.matters import NewMatter
from storage.responses import NewResponse
from storage.states import ResponseState
from storage.tables import delivery
from tests.handlers.house import PROCESS as CONTENT
from tests.handlers.written import consultation
from tests.storage.rows import NOW, PROCESS, TOLD, Somebody, another, give, meet, owe, statements

BILINGUAL = replace(CONTENT, languages=("en", "ar"))
HERE = OpenProcess(PROCESS, "main", BILINGUAL)
DAY = timedelta(days=1)


async def come(
    session: Session, keys: Keyring, number: int, language: str = "en", region: str = "north"
) -> list[Somebody]:
    names = [f"{language}{region}{place}" for place in range(number)]
    return [await meet(session, keys, name, language=language, region=region) for name in names]


async def asked(session: Session, name: str, answer_by: date, process: str = PROCESS) -> None:
    whole = consultation()
    content = contents.pack(replace(whole, promise=replace(whole.promise, answer_by=answer_by, respond_by=None)))
    await consultations.add(session, name, process, content, NOW)


async def needs(session: Session, now: datetime = NOW) -> list[Need]:
    return list(await today.needs(session, Crowds(), HERE, now))


async def test_where_nothing_needs_anybody_nothing_is_said(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for language in ("en", "ar"):
            for region in ("north", "south"):
                await come(session, keys, 8, language, region)
        with statements(database) as seen:
            assert await needs(session) == []
    assert len(seen) == 6


async def test_what_was_given_and_has_no_response_waits(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        crowd = await come(session, keys, 9)
        await give(session, crowd[0])
        few = [need for need in await needs(session) if need.kind is Kind.WAITING]
        names = [await give(session, who) for who in crowd]
        many = [need for need in await needs(session) if need.kind is Kind.WAITING]
        await responses.respond(session, NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), names)
        await people.erase(session, crowd[0].id)
        none = [need for need in await needs(session) if need.kind is Kind.WAITING]
    assert [few, many, none] == [[Need(Kind.WAITING)], [Need(Kind.WAITING, number=10)], []]


async def test_what_nobody_has_read_is_unread_for_who_may_read_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        crowd = await come(session, keys, 10)
        names = [await give(session, who, language="fr" if place else "ar") for place, who in enumerate(crowd)]
        seen = [await unread(session, readable) for readable in (None, ("fr",), ("ar",), ("es",), ())]
        await moderation.read(session, PROCESS, names[:5], "amina", NOW)
        await moderation.hide(session, PROCESS, names[5:9], "amina", NOW)
        after = await unread(session, None)
        await moderation.read(session, PROCESS, names, "amina", NOW)
        none = await unread(session, None)
    assert seen == [[Need(Kind.UNREAD, number=10)], [Need(Kind.UNREAD, number=10)], [Need(Kind.UNREAD)], [], []]
    assert (after, none) == ([Need(Kind.UNREAD)], [])


async def unread(session: Session, readable: Collection[str] | None) -> list[Need]:
    found = await today.needs(session, Crowds(), HERE, NOW, readable)
    return [need for need in found if need.kind is Kind.UNREAD]


async def test_a_promise_is_near_then_overdue_until_all_have_a_response(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        [alice] = await come(session, keys, 1)
        await asked(session, "soon", NOW.date() + 7 * DAY)
        await asked(session, "later", NOW.date() + 8 * DAY)
        await asked(session, "elsewhere", NOW.date(), await another(session))
        answer = await give(session, alice, consultation="soon", question="q1")
        seen = [
            [(need.kind, need.where) for need in await needs(session, moment) if need.day]
            for moment in (NOW, NOW + 7 * DAY, NOW + 8 * DAY)
        ]
        await consultations.close(session, PROCESS, "soon", NOW)
        closed = [need.where for need in await needs(session, NOW + 8 * DAY) if need.day]
        await responses.respond(session, NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), [answer])
        answered = [need.where for need in await needs(session, NOW + 8 * DAY) if need.day]
    assert seen == [
        [(Kind.NEAR, "soon")],
        [(Kind.NEAR, "soon"), (Kind.NEAR, "later")],
        [(Kind.OVERDUE, "soon"), (Kind.NEAR, "later")],
    ]
    assert (closed, answered) == (["soon", "later"], ["later"])


async def test_a_matter_is_near_then_overdue_until_it_has_a_response(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        for name, due in (("soon", NOW.date() + 7 * DAY), ("later", NOW.date() + 8 * DAY), ("undated", None)):
            await matters.add(session, NewMatter(name, PROCESS, '{"en": "Buses"}', "", None, due, NOW))
        seen = [
            [(need.kind, need.where) for need in await needs(session, moment) if need.day]
            for moment in (NOW, NOW + 7 * DAY, NOW + 8 * DAY)
        ]
        await responses.respond(session, NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), [], ["soon"])
        answered = [need.where for need in await needs(session, NOW + 8 * DAY) if need.day]
    assert seen == [
        [(Kind.MATTER_NEAR, "soon")],
        [(Kind.MATTER_NEAR, "soon"), (Kind.MATTER_NEAR, "later")],
        [(Kind.MATTER_OVERDUE, "soon"), (Kind.MATTER_NEAR, "later")],
    ]
    assert answered == ["later"]


async def test_a_sender_out_of_order_comes_first_and_that_of_another_process_not_at_all(database: Database) -> None:
    async with database.writing() as session:
        await senders.keep(session, {"sms": "sms", "telegram": "telegram"})
        await senders.bind(session, await another(session), ["telegram"])
        for name in ("sms", "telegram"):
            await circuits.break_(session, name, "401", NOW + DAY, NOW)
        found = await needs(session)
    assert found[0] == Need(Kind.SENDER, "sms", day=NOW.date(), code="401")
    assert [need.where for need in found if need.kind is Kind.SENDER] == ["sms"]


async def test_where_fewer_than_eight_are_reached_their_number_is_not_told(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await come(session, keys, 9)
        await come(session, keys, 7, "ar", "south")
        assert await needs(session) == [Need(Kind.LANGUAGE, "ar"), Need(Kind.REGION, "south")]


def test_a_language_that_has_less_than_a_tenth_of_an_even_share_is_hardly_reached() -> None:
    people = Counter({"en": 1000, "ar": 60, "fr": 30, "es": 2})
    assert list(today._hardly_reached(Kind.LANGUAGE, ["en", "fr", "ar"], people)) == [Need(Kind.LANGUAGE, "fr", 30, 3)]
    assert list(today._hardly_reached(Kind.LANGUAGE, ["en"], Counter())) == [Need(Kind.LANGUAGE, "en")]


async def test_who_was_heard_is_counted_once_and_who_was_not_reached_is_not_told(
    database: Database, keys: Keyring
) -> None:
    async with database.writing() as session:
        crowd = await come(session, keys, 30)
        names = [await give(session, who) for who in (*crowd, *crowd[:9])]
        await responses.respond(session, NewResponse("r", PROCESS, ResponseState.READ, "{}", NOW), names[:20])
        new = NewBroadcast(PROCESS, Subject(RESPONSE, "r"), TOLD, Lane.NOTICE, id="b")
        await broadcasts.add(session, new, NOW)
        for place, who in enumerate(crowd[:20]):
            await owe(session, who, state=("delivered", "failed")[place % 2])
        figures = Figures()
        first = await today.heard_and_told(session, figures, HERE, NOW)
        await session.execute(update(delivery).values(state="delivered", code=None))
        remembered = await today.heard_and_told(session, figures, HERE, NOW)
        later = await today.heard_and_told(session, figures, HERE, NOW + DAY)
        nobody = await today.heard_and_told(session, figures, OpenProcess(await another(session), "o", CONTENT), NOW)
    assert (first, remembered, later) == (HeardAndTold(30, 10), HeardAndTold(30, 10), HeardAndTold(30, 20))
    assert nobody == HeardAndTold(None, None)
