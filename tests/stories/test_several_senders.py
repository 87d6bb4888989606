"""Several bots and several numbers in one deployment, each a sender of its own."""

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from bot import serve
from channels import others
from channels.verdicts import OUT_OF_ORDER
from demo.platforms.accounts import TELEGRAM_SECRET
from demo.platforms.wire import RefusedRequest
from handlers import bulletins, previews, processes
from handlers.writing import contents
from storage import Keyring, broadcasts, circuits, senders
from storage.broadcasts import Audience
from tests.review import PROCESS
from tests.stories.test_hours import Dial
from tests.stories.town import Person, StoryTown, now, town
from tests.waiting import until

BOTH = pytest.mark.parametrize("kind", ["telegram", "sms", "whatsapp"])
PAIR = ("", "-emea")


@pytest.fixture
async def square(database_url: str, keys: Keyring) -> AsyncIterator[StoryTown]:
    """A running town with two senders of each kind."""
    async with town(database_url, keys, suffixes=["emea"]) as running:
        yield running


async def count(square: StoryTown, table: str) -> int:
    async with square.parts.database.reading() as session:
        return int((await session.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 no words


def same_phone(square: StoryTown, kind: str) -> tuple[Person, Person]:
    """One phone, writing to both senders of a kind."""
    return square.also_on(kind, 1), square.also_on(f"{kind}-emea", 1)


@BOTH
async def test_who_writes_to_both_is_two_people_and_each_answer_comes_from_whom_was_asked(
    square: StoryTown, kind: str
) -> None:
    here, there = same_phone(square, kind)
    here.says("hello")
    await here.hears_choices("Do you want to take part?")
    await there.hears_nothing(square)
    there.says("bonjour")
    await there.hears_choices("Voulez-vous participer")
    await here.hears_nothing(square)
    assert await count(square, "person") == await count(square, "address") == 2
    async with square.parts.database.reading() as session:
        found = (await session.exec_driver_sql("SELECT channel FROM address ORDER BY channel")).scalars()
        assert list(found) == [kind, f"{kind}-emea"]


@BOTH
async def test_stop_at_one_is_no_stop_at_the_other(square: StoryTown, kind: str) -> None:
    here, there = same_phone(square, kind)
    for person in (here, there):
        await person.joins()
    there.says("stop")
    await there.hears()
    there.says("1")
    await square.quiet()
    there.chat.catch_up()
    await publish(square, contents.Bulletin({"en": "The hearing is on Friday."}))
    await here.hears("The hearing is on Friday.")
    await there.hears_nothing(square)


async def publish(square: StoryTown, bulletin: contents.Bulletin) -> None:
    await square.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))


@BOTH
async def test_a_bulletin_for_a_platform_leaves_by_all_of_its_senders_and_one_for_a_sender_by_that_alone(
    square: StoryTown, kind: str
) -> None:
    here, there = same_phone(square, kind)
    elsewhere = square.on("sms" if kind == "telegram" else "telegram")
    for person in (here, there, elsewhere):
        await person.joins()
    await publish(square, contents.Bulletin({"en": "For the platform."}, audience=Audience(channels=(kind,))))
    for person in (here, there):
        await person.hears("For the platform.")
    await publish(square, contents.Bulletin({"en": "For one."}, audience=Audience(channels=(f"{kind}-emea",))))
    await there.hears("For one.")
    for person in (here, elsewhere):
        await person.hears_nothing(square)


async def test_a_preview_says_by_which_number_it_leaves_and_what_each_message_costs(square: StoryTown) -> None:
    for person in same_phone(square, "sms"):
        await person.joins()
    bulletin = contents.Bulletin({"en": "The hearing is on Friday. " * 10})
    async with square.parts.database.writing() as session:
        process = await processes.named(session)
        name = await bulletins.publish(session, process, bulletin, square.clock())
        broadcast = await broadcasts.get(session, name)
        assert broadcast is not None
        preview = await previews.of(session, broadcast, bulletin.text)
        await session.rollback()
    here, there = preview.shares
    assert (here.channel, there.channel) == ("sms", "sms-emea")
    assert here.segments == there.segments > 1
    assert preview.segments == 2 * here.segments


async def test_one_bot_out_of_order_does_not_stop_the_other(database_url: str, keys: Keyring) -> None:
    clock = Dial(now())
    async with town(database_url, keys, clock=clock, suffixes=["emea"]) as square:
        here, there = same_phone(square, "telegram")
        square.platforms.bots["emea"].faults.append(RefusedRequest(401, 401, "Unauthorized"))
        there.says("hello")
        await until(lambda: _broken(square, ["telegram-emea"]))
        here.says("hello")
        await here.hears_choices("Do you want to take part?")
        assert not there.chat.ours()
        clock.at += 2 * OUT_OF_ORDER
        await until(lambda: _woken(square, []))
        await there.hears_choices("Do you want to take part?")


async def _woken(square: StoryTown, names: list[str]) -> bool:
    square.parts.hints.waker.wake_here()
    return await _broken(square, names)


async def _broken(square: StoryTown, names: list[str]) -> bool:
    async with square.parts.database.reading() as session:
        return [circuit.channel for circuit in await circuits.broken(session)] == names


async def test_the_secret_of_one_bot_does_not_open_the_door_of_the_other(square: StoryTown) -> None:
    async with aiohttp.ClientSession() as client:
        for name, secret, status in (
            ("telegram-emea", TELEGRAM_SECRET, 403),
            ("telegram-emea", f"{TELEGRAM_SECRET}-emea", 200),
            ("telegram", f"{TELEGRAM_SECRET}-emea", 403),
            ("telegram-roma", TELEGRAM_SECRET, 404),
        ):
            headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
            url = f"http://127.0.0.1:{square.port}/hooks/{name}"
            async with client.post(url, data=b'{"update_id": 1}', headers=headers) as answered:
                assert answered.status == status, name


async def test_the_same_number_of_an_update_at_two_bots_is_two_messages(square: StoryTown) -> None:
    first, second = square.telegram, square.platforms.bots["emea"]
    here, there = same_phone(square, "telegram")
    here.says("hello")
    await here.hears_choices("Do you want to take part?")
    update = first.says(here.address, "1")
    await here.hears()
    assert await second.post(update) == 200
    await there.hears_choices()


async def test_two_bots_are_polled_at_once(square: StoryTown) -> None:
    closing = asyncio.Event()
    bots = [channel for channel in square.parts.channels.values() if channel.kind == "telegram"]
    polling = [asyncio.create_task(serve.poll(bot, square.parts.inbox, closing)) for bot in bots]
    await until(lambda: _poll_alone(square))
    here, there = same_phone(square, "telegram")
    for person in (here, there):
        person.says("hello")
    for person in (here, there):
        await person.hears_choices("Do you want to take part?")
    closing.set()
    await asyncio.gather(*polling)


async def _poll_alone(square: StoryTown) -> bool:
    return not any(bot.webhook.url for bot in (square.telegram, square.platforms.bots["emea"]))


async def test_a_running_program_writes_down_its_senders(square: StoryTown) -> None:
    every = {f"{kind}{end}": kind for kind in ("telegram", "sms", "whatsapp") for end in PAIR}
    await until(lambda: _written_down(square, every))


async def _written_down(square: StoryTown, kinds: Mapping[str, str]) -> bool:
    async with square.parts.database.reading() as session:
        return {sender.name: sender.kind for sender in await senders.all_of(session)} == kinds


@BOTH
async def test_who_has_blocked_one_is_not_written_to_by_the_other(square: StoryTown, kind: str) -> None:
    """Nobody is looked for on the platform that they are lost on."""
    every = square.parts.channels
    assert set(others(every, f"{kind}-emea")) == {name for name in every if not name.startswith(kind)}


async def test_a_second_step_is_asked_for_at_every_number(database_url: str, keys: Keyring) -> None:
    safe = dataclasses.replace(PROCESS, safety=dataclasses.replace(PROCESS.safety, second_step=("sms",)))
    async with town(database_url, keys, safe, suffixes=["emea"]) as square:
        await square.organizer(lambda session, at: processes.begin(session, safe, at))
        there = square.on("sms-emea")
        await there.joins()
        there.says("forget")
        await there.hears("Shall we erase it?")
        there.says("1")
        assert re.search(r"\b\d{6}\b", await there.hears())
