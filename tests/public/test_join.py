"""How to take part: where to write, which word, and who can read along."""

from dataclasses import replace

from handlers import closing, doors, processes
from handlers.doors import NewDoor
from public._frame.source import REMEMBERED
from tests.handlers.house import PROCESS
from tests.public.conftest import Front
from tests.public.test_wall import HOME


async def put_up(front: Front, *new: NewDoor) -> None:
    async with front.house.database.writing() as session:
        process = await processes.named(session, "regional-review")
        for door in new:
            await doors.add(session, process, door)
    await front.later()


async def test_every_door_has_its_link_its_code_its_word_and_the_truth(sqlite_front: Front) -> None:
    await put_up(sqlite_front, NewDoor("telegram", "market"), NewDoor("sms", "market"))
    page = await sqlite_front.opens(f"{HOME}/en/join")
    links = [link["href"] for link in page.seen.links]
    assert {"https://telegram.example/market", "https://sms.example/market"} <= set(links)
    assert "Send the word MARKET to the number +12025550100 ." in page.text
    assert page.text.count("The company that carries these messages can read them.") == 2
    assert "Send STOP at any time and we stop writing." in page.text
    code = await sqlite_front.opens(f"{HOME}/en/join/sms.svg")
    assert (code.status, code.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert "<svg" in code.body
    assert (await sqlite_front.opens(f"{HOME}/en/join/whatsapp.svg")).status == 404


async def test_who_reads_a_language_comes_in_by_its_door(sqlite_front: Front) -> None:
    await put_up(sqlite_front, NewDoor("sms", "marche", "fr"), NewDoor("sms", "anyone"), NewDoor("sms", "souk", "ar"))
    words = {code: (await sqlite_front.opens(f"{HOME}/{code}/join")).body for code in PROCESS.languages}
    assert {code: [word for word in ("MARCHE", "ANYONE", "SOUK") if word in body] for code, body in words.items()} == {
        "en": ["ANYONE"], "fr": ["MARCHE"], "es": ["ANYONE"], "ar": ["SOUK"]
    }  # fmt: skip


async def test_where_no_door_is_a_greeting_leads_in_as_long_as_it_leads_nowhere_else(sqlite_front: Front) -> None:
    assert "Send the word HELLO to the number" in (await sqlite_front.opens(f"{HOME}/en/join")).text
    other = replace(PROCESS, slug="national", title={"en": "National"}, short={"en": "National"}, senders=("sms",))
    async with sqlite_front.house.database.writing() as session:
        await processes.begin(session, other, sqlite_front.house.now)
    await sqlite_front.later()
    assert "There is no number that you can write to now." in (await sqlite_front.opens(f"{HOME}/en/join")).text
    assert "Send the word HELLO to the number" in (await sqlite_front.opens("/r/national/en/join")).text


async def test_a_platform_that_does_not_answer_is_left_out_and_not_asked_again_and_again(sqlite_front: Front) -> None:
    await put_up(sqlite_front, NewDoor("telegram", "market"), NewDoor("sms", "market"))
    sqlite_front.senders["telegram"].is_away = True
    page = await sqlite_front.opens(f"{HOME}/en/join")
    for _reader in range(5):
        page = await sqlite_front.opens(f"{HOME}/en/join")
        assert "https://telegram.example/market" not in page.body
    assert sqlite_front.senders["telegram"].asked_for == 1
    sqlite_front.senders["telegram"].is_away = False
    await sqlite_front.later(REMEMBERED)
    assert (
        "https://telegram.example/market" in (await sqlite_front.opens(f"{HOME}/en/join", If_None_Match=page.tag)).body
    )


async def test_nobody_is_led_into_what_is_over(sqlite_front: Front) -> None:
    await put_up(sqlite_front, NewDoor("sms", "market"))
    await sqlite_front.house.acts(
        lambda session, process, now: closing.close(session, process, sqlite_front.house.keys, now)
    )
    await sqlite_front.later()
    page = await sqlite_front.opens(f"{HOME}/en/join")
    assert "This review is over." in page.text
    assert "MARKET" not in page.body
    assert (await sqlite_front.opens(f"{HOME}/en/join/sms.svg")).status == 404
