"""A chat that leaves the others is a person of its own for what comes; what was given stays with them."""

from sqlalchemy import func, insert, select, update

from storage import Database, Keyring, Session, links, parting
from storage.codes import Code
from storage.states import State
from storage.tables import address, contribution, delivery, link, participation, person
from storage.tables import sender as sender_
from tests.storage.rows import NOW, PROCESS, Somebody, also_at, announce, another, give, meet, owe, queue, row


async def two_chats(session: Session, keys: Keyring, consented: bool = True) -> tuple[Somebody, Somebody]:
    """One person on Telegram and, later, by SMS."""
    alice = await meet(session, keys, "70001", talk="hello")
    phone = await also_at(session, keys, alice, "+12025550101", channel="sms", consented=consented)
    await session.execute(update(address).where(address.c.id == phone.address).values(linked=True))
    return alice, phone


async def test_it_is_reached_with_a_key_of_its_own(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        alone = await parting.part(session, keys, alice.key, phone.address, NOW)
        [theirs] = await links.chats(session, alone)
        [ours] = await links.chats(session, alice.key)
        kept = (
            await session.execute(select(person.c.key, person.c.key_epoch).where(person.c.id == alone.person))
        ).one()
    assert (theirs.id, theirs.external, theirs.linked) == (phone.address, "+12025550101", False)
    assert (ours.id, ours.external) == (alice.address, "70001")
    assert keys.unwrap(alone.person, kept.key, kept.key_epoch) == alone


async def test_it_takes_part_where_it_agreed_and_says_anew_where_it_is(database: Database, keys: Keyring) -> None:
    for agreed in (True, False):
        async with database.writing() as session:
            alice, phone = await two_chats(session, keys, consented=agreed)
            alone = await parting.part(session, keys, alice.key, phone.address, NOW)
            theirs = participation.c.person_id == alone.person
            part = (await session.execute(select(participation).where(theirs))).one()
            assert (part.process_id, part.consented, part.region) == (PROCESS, agreed, "")
            consent = None if part.consent is None else alone.open(part.consent, participation.c.consent, PROCESS)
            assert consent == ("agreed" if agreed else None)
            await session.rollback()


async def test_what_was_given_stays_and_its_response_comes_to_the_others(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        name = await give(session, phone, "More buses")
        await session.execute(update(contribution).values(address_id=phone.address))
        await links.offer(session, "index", links.Link(alice.id, phone.address, NOW))
        await links.prefer(session, alice.id, phone.address)
        await parting.part(session, keys, alice.key, phone.address, NOW)
        kept = (await session.execute(select(contribution).where(contribution.c.id == name))).one()
        assert (kept.person_id, kept.address_id) == (alice.id, None)
        assert alice.key.open(kept.words, contribution.c.words, name) == "More buses"
        assert (await session.execute(select(func.count()).select_from(link))).scalar_one() == 0
        assert (await session.execute(select(person.c.prefers))).scalars().all() == [None, None]


async def test_what_waits_of_a_broadcast_stays_and_a_reply_goes_along(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        await announce(session)
        await announce(session, "sent")
        waiting = await owe(session, phone)
        sent = await owe(session, phone, "sent", state="sent")
        reply = await queue(session, phone, "It has arrived.")
        alone = await parting.part(session, keys, alice.key, phone.address, NOW)
        stays, left, goes = [await row(session, name) for name in (waiting, sent, reply)]
    assert (stays.person_id, stays.address_id, stays.channel) == (alice.id, alice.address, "telegram")
    assert stays.state == State.QUEUED
    assert (left.person_id, left.address_id, left.state) == (alone.person, phone.address, State.SENT)
    assert (goes.person_id, goes.address_id) == (alone.person, phone.address)
    assert alone.open(goes.body, delivery.c.body, reply) == "It has arrived."


async def test_it_waits_nowhere_where_no_other_chat_may_carry_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        alice, phone = await two_chats(session, keys)
        national = await another(session)
        await session.execute(insert(sender_).values(name="telegram", kind="telegram", process_id=national))
        await announce(session)
        waiting = await owe(session, phone)
        alone = await parting.part(session, keys, alice.key, phone.address, NOW)
        gone = await row(session, waiting)
    assert (gone.person_id, gone.state, gone.code) == (alone.person, State.CANCELLED, Code.GONE)
