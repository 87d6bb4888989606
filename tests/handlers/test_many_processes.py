"""What somebody agreed to, gave or was asked in one process is nothing of another's."""

from dataclasses import replace

from channels.messages import Kind
from handlers import processes
from tests.handlers.house import PROCESS, House

NATIONAL = replace(PROCESS, slug="national", title={"en": "National review"})


async def open_another(house: House, *ours: str) -> str:
    """With senders of its own."""
    national = replace(NATIONAL, senders=ours)
    process = await house.does(lambda session, now: processes.begin(session, national, now))
    return process.id


async def who_gave(house: House) -> list[str]:
    return await house.column("SELECT person_id FROM contribution")


async def test_who_does_not_agree_in_one_process_keeps_what_they_gave_in_another(house: House) -> None:
    alice = await house.meets().joins()
    await alice.gives()
    await alice.says("menu")
    (before,) = await who_gave(house)
    national = await open_another(house)
    async with house.database.writing() as session:
        await session.exec_driver_sql(f"UPDATE address SET talk = NULL, process_id = '{national}'")  # noqa: S608 an id of ours
    assert "Do you want to take part?" in await alice.says("hello")
    heard = await alice.says("2")
    assert "You do not take part in: National review. What you told us before stays until you send FORGET." in heard
    assert "We keep nothing about you" not in heard
    assert "Do you want to take part?" not in heard
    assert await who_gave(house) == [before]
    assert "Do you want to take part?" in await alice.says("hello")


async def test_who_left_and_does_not_agree_again_keeps_what_they_gave(house: House) -> None:
    alice = await house.meets().joins()
    await alice.gives()
    (before,) = await who_gave(house)
    await alice.says("menu", "leave", "1", "hello")
    assert "What you told us before stays" in await alice.says("2")
    assert await who_gave(house) == [before]
    assert "Goodbye" in await alice.says("forget", "1")
    assert await who_gave(house) == [None]


async def test_no_talk_of_one_process_goes_on_in_another_that_has_the_sender_by_now(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("/share")
    national = await open_another(house, "telegram")
    heard = await alice.says("Interpreters at the clinic.")
    assert "It is for: National review." in heard
    assert "Do you want to take part?" in heard
    assert await who_gave(house) == []
    assert await house.column("SELECT process_id FROM address") == [national]
    assert "What should change?" in await alice.says("1")
    await alice.says("Interpreters at the clinic.")
    assert await house.column("SELECT process_id FROM contribution") == [national]


async def test_a_button_of_one_process_chooses_nothing_in_another(house: House) -> None:
    alice = house.meets()
    await alice.says("hello")
    token = str(int((await house.column("SELECT turns FROM address"))[0]))
    await open_another(house, "telegram")
    heard = await alice.does(alice.message("", Kind.CHOICE, token=token, choice="yes"))
    assert "It is for: National review." in heard
    assert await house.column("SELECT consented FROM participation WHERE consented") == []
