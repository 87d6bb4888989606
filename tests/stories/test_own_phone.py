"""A member of staff links their own phone by a number that the console shows, and gets there what they test."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from handlers import items, staff, staff_phones
from handlers.items import ItemDraft, Translation
from handlers.processes import OpenProcess
from handlers.staff_phones import MOST, NoPhone, TooOften
from handlers.writing import contents
from storage import Session
from storage.roles import Role
from storage.staff import Grant
from storage.states import RenditionState
from storage.tables import broadcast, bulletin, staff_phone, staff_phone_code
from tests.colleagues import colleague
from tests.stories.test_linking import count, hears, number_of
from tests.stories.town import Person, StoryTown

LINKED = "From now on this chat also gets tests"
TEST = "This is a test. It came only to you.\nThe hearing is on Friday."
UNKNOWN = "We do not know this number."


async def works(square: StoryTown, login: str = "amina") -> str:
    """A new member of staff; gives their id."""
    return await square.acts(
        lambda session, process, now: colleague(session, login, Grant(process.id, Role.ORGANIZER), now=now)
    )


async def number_for(square: StoryTown, staff_id: str) -> str:
    """The number that the console shows them."""
    return await square.organizer(lambda session, now: staff_phones.offer(session, square.parts.keys, staff_id, now))


async def link(square: StoryTown, staff_id: str, phone: Person) -> None:
    phone.says(await number_for(square, staff_id))
    await hears(phone, LINKED, "UNLINK")


async def draft(square: StoryTown, staff_id: str) -> str:
    """An item; gives its id."""
    new = ItemDraft("Hearing", "en", "The hearing is on Friday.")
    return await square.acts(lambda session, process, now: items.draft(session, process, new, staff_id, now))


async def try_out(square: StoryTown, staff_id: str, item_id: str, language: str = "en") -> int:
    async def send(session: Session, process: OpenProcess, now: datetime) -> int:
        item = await items.get(session, process, item_id)
        return await staff_phones.send_test(session, square.parts.keys, process, item, language, staff_id, now)

    return await square.acts(send)


async def both(square: StoryTown) -> tuple[str, str, Person]:
    """Somebody of the staff, an item of theirs, and their phone, which is linked."""
    amina, phone = await works(square), square.on_telegram()
    await phone.joins()
    await link(square, amina, phone)
    return amina, await draft(square, amina), phone


async def test_a_test_comes_to_the_phones_of_whoever_sends_it_and_to_nobody_else(square: StoryTown) -> None:
    alice, other, second = square.on_telegram(), square.on_telegram(), square.on_sms()
    amina, item_id, phone = await both(square)
    for chat in (alice, other, second):
        await chat.joins()
    await link(square, await works(square, "bilal"), other)
    await link(square, amina, second)
    assert await try_out(square, amina, item_id) == 2
    for chat in (phone, second):
        await hears(chat, TEST)
    for chat in (alice, other):
        await chat.hears_nothing(square)
    assert [await count(square, table) for table in (broadcast, bulletin, staff_phone_code)] == [0, 0, 0]


async def test_a_test_in_another_language_says_so_in_that_and_needs_no_approval(square: StoryTown) -> None:
    amina, item_id, phone = await both(square)
    new = Translation("L’audience est vendredi.", RenditionState.NEEDS_EDITING, 0, 1)
    await square.acts(lambda session, process, now: items.translate(session, process, item_id, "fr", new, amina, now))
    await try_out(square, amina, item_id, "fr")
    await hears(phone, "Ceci est un essai.", "L’audience est vendredi.")
    with pytest.raises(contents.Unfit):
        await try_out(square, amina, item_id, "es")


async def test_a_number_that_is_wrong_too_old_replaced_or_used_links_nothing(square: StoryTown) -> None:
    amina, phone, mallory = await works(square), square.on_telegram(), square.on_telegram()
    for chat in (phone, mallory):
        await chat.joins()
    replaced, number = await number_for(square, amina), await number_for(square, amina)
    phone.says(replaced)
    await hears(phone, UNKNOWN)
    phone.says(number)
    await hears(phone, LINKED)
    mallory.says(number)
    await hears(mallory, UNKNOWN)
    late = await number_for(square, amina)
    await square.organizer(
        lambda session, now: session.execute(update(staff_phone_code).values(until=now - timedelta(seconds=1)))
    )
    mallory.says(late)
    await hears(mallory, UNKNOWN)
    assert await count(square, staff_phone) == 1
    await square.parts.worker.keep_house()
    assert await count(square, staff_phone_code) == 0


async def test_whoever_has_agreed_to_nothing_is_asked_first(square: StoryTown) -> None:
    amina, phone = await works(square), square.on_telegram()
    number = await number_for(square, amina)
    phone.says(number)
    await hears(phone, "send the number again")
    assert await count(square, staff_phone) == 0
    phone.says("1")
    await phone.hears()
    phone.says(number)
    await hears(phone, LINKED)


async def test_who_was_talked_into_it_ends_it_by_unlink(square: StoryTown) -> None:
    amina, item_id, phone = await both(square)
    phone.says("unlink")
    await hears(phone, "This chat gets no more tests.")
    with pytest.raises(NoPhone):
        await try_out(square, amina, item_id)
    phone.says("unlink")
    assert "tests" not in await phone.hears()


async def test_after_stop_nothing_comes_after_start_it_does_and_forget_ends_it(square: StoryTown) -> None:
    amina, item_id, phone = await both(square)
    phone.says("stop")
    await hears(phone, "START")
    with pytest.raises(NoPhone):
        await try_out(square, amina, item_id)
    phone.says("start")
    await phone.hears()
    assert await try_out(square, amina, item_id) == 1
    await hears(phone, TEST)
    phone.says("forget")
    await hears(phone, "cannot be undone")
    phone.says("1")
    await hears(phone, "Goodbye")
    assert await count(square, staff_phone) == 0
    with pytest.raises(NoPhone):
        await try_out(square, amina, item_id)


async def test_who_is_no_member_of_staff_any_more_links_nothing_and_has_nothing_linked(square: StoryTown) -> None:
    amina, _item_id, phone = await both(square)
    number = await number_for(square, amina)
    await square.organizer(lambda session, now: staff.end(session, None, "amina", now))
    assert await count(square, staff_phone) == 0
    phone.says(number)
    await hears(phone, UNKNOWN)


async def test_of_the_tests_of_one_minute_the_sixth_is_refused_and_a_colleagues_is_not(square: StoryTown) -> None:
    amina, item_id, phone = await both(square)
    bilal = await works(square, "bilal")
    await link(square, bilal, phone)
    for _time in range(MOST):
        await try_out(square, amina, item_id)
        await hears(phone, TEST)
    with pytest.raises(TooOften):
        await try_out(square, amina, item_id)
    await try_out(square, bilal, item_id)
    await hears(phone, TEST)
    await phone.hears_nothing(square)


async def test_a_chat_is_linked_with_another_by_their_own_numbers_still(square: StoryTown) -> None:
    """Its tests come where they came before."""
    amina, item_id, phone = await both(square)
    second = square.on_sms()
    await second.joins()
    second.says(await number_of(phone))
    await hears(second, "Shall we link them?")
    second.says("1")
    await hears(second, "Both chats are linked now.")
    await hears(phone, "Another chat has just been linked")
    assert await try_out(square, amina, item_id) == 1
    await hears(phone, TEST)
    await second.hears_nothing(square)
