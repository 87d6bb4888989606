"""A process names the senders that are its own; the others are shared."""

import dataclasses

import pytest

from handlers import bulletins, closing, previews, processes, senders
from handlers.writing import contents
from storage import Session, broadcasts
from storage import senders as stored
from storage.broadcasts import Audience
from tests.handlers.house import PROCESS, House

EMEA = dataclasses.replace(PROCESS, senders=("telegram-emea", "sms"))


async def whose(session: Session) -> dict[str, str | None]:
    return {
        sender.name: None if sender.process is None else sender.process.title["en"]
        for sender in await senders.listed(session)
    }


async def test_a_process_has_the_senders_that_its_file_names_until_it_does_not(house: House) -> None:
    async with house.database.writing() as session:
        await stored.keep(session, {"sms": "sms", "telegram": "telegram"})
        await processes.begin(session, EMEA, house.now)
        ours = PROCESS.title["en"]
        assert await whose(session) == {"sms": ours, "telegram": None, "telegram-emea": ours}
        await processes.begin(session, dataclasses.replace(EMEA, senders=("sms",)), house.now)
        assert await whose(session) == {"sms": ours, "telegram": None, "telegram-emea": None}


async def test_a_sender_of_another_process_is_refused(house: House) -> None:
    async with house.database.writing() as session:
        await processes.begin(session, dataclasses.replace(EMEA, slug="other"), house.now)
    async with house.database.writing() as session:
        with pytest.raises(contents.Unfit, match="senders: sms: another process has it already"):
            await processes.begin(
                session, dataclasses.replace(PROCESS, slug="ours", senders=("sms", "whatsapp")), house.now
            )


async def test_a_sender_of_a_process_that_was_archived_serves_the_next(house: House) -> None:
    other = dataclasses.replace(EMEA, slug="other", title={"en": "Next review"})

    async def begin(session: Session) -> None:
        await processes.begin(session, other, house.now)

    async with house.database.writing() as session:
        await processes.begin(session, EMEA, house.now)
    alice = await house.meets(channel="sms", sender="+12025550101").joins()
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    with pytest.raises(contents.Unfit, match="An archived one gives its senders up"):
        async with house.database.writing() as session:
            await begin(session)
    async with house.database.writing() as session:
        await closing.archive(session, await processes.shown(session))
        await begin(session)
        assert await whose(session) == {"sms": "Next review", "telegram-emea": "Next review"}
    await alice.hears()
    assert "It is for: Next review." in await alice.says("hello")


@pytest.mark.parametrize("name", ["signal", "telegram-", "telegram-EMEA", "telegram_emea", "telegram-e-a", ""])
async def test_a_sender_that_can_be_on_no_platform_is_refused(house: House, name: str) -> None:
    async with house.database.writing() as session:
        with pytest.raises(contents.Unfit, match="on no platform that we know: it begins with one of sms, telegram"):
            await processes.begin(session, dataclasses.replace(PROCESS, senders=(name,)), house.now)


async def test_who_nobody_has_set_up_yet_is_known(house: House) -> None:
    async with house.database.writing() as session:
        await stored.keep(session, {"sms": "sms"})
        assert await senders.unheard_of(session, EMEA) == ["telegram-emea"]


async def test_a_bulletin_may_be_for_one_sender_or_all_of_a_platform(house: House) -> None:
    async with house.database.writing() as session:
        process = await processes.named(session)
        await stored.keep(session, {"telegram-emea": "telegram"})
        for called in ("telegram-emea", "telegram"):
            await bulletins.publish(session, process, _to(called), house.now)
        with pytest.raises(contents.Unfit, match=r"there is no 'telegram-roma' here, only sms, .*, telegram-emea"):
            await bulletins.publish(session, process, _to("telegram-roma"), house.now)


async def test_who_is_at_a_sender_of_no_platform_that_there_is_still_is_counted(house: House) -> None:
    await house.meets().joins()
    bulletin = contents.Bulletin({"en": "Hello"})
    name = await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
    async with house.database.writing() as session:
        await session.exec_driver_sql("UPDATE address SET channel = 'pigeon'")
        broadcast = await broadcasts.get(session, name)
        assert broadcast is not None
        (share,) = (await previews.of(session, broadcast, bulletin.text)).shares
    assert (share.channel, share.number, share.segments) == ("pigeon", 1, 0)


def _to(called: str) -> contents.Bulletin:
    return contents.Bulletin({"en": "Hello"}, audience=Audience(channels=(called,)))
