"""What goes out is watched, paused, resumed and stopped by who may, and only in its own process."""

from typing import Any

from sqlalchemy import select, update

from handlers import journal
from storage import Keyring, broadcasts, circuits, senders
from storage.broadcasts import NewBroadcast, Plan, Subject
from storage.lanes import Lane
from storage.outbox import expansion
from storage.roles import Role
from storage.tables import delivery
from tests.console.browser import Page
from tests.console.conftest import Town
from tests.storage.rows import NOW, TOLD, another, meet, statements

GOING = "/p/regional-review/tell/going"


async def leaves(town: Town, keys: Keyring, number: int = 10) -> None:
    """A broadcast to so many people, of which nothing has left."""
    async with town.office.database.writing() as session:
        for place in range(number):
            await meet(session, keys, f"7{place}", process=town.process)
        new = NewBroadcast(town.process, Subject("bulletin", "x"), TOLD, Lane.BULLETIN, plan=Plan(), id="b")
        await expansion.expand(session, await broadcasts.add(session, new, NOW), NOW, None)


async def becomes(town: Town, most: int | None = None, **columns: Any) -> None:
    """All its deliveries, or so many of them, are as they are to be."""
    async with town.office.database.writing() as session:
        names = (await session.execute(select(delivery.c.id).order_by(delivery.c.id).limit(most))).scalars().all()
        await session.execute(update(delivery).where(delivery.c.id.in_(names)).values(columns))


async def acts(town: Town) -> list[str]:
    async with town.office.database.reading() as session:
        return [entry.act for entry in await journal.page(session, town.process, 9)]


def tag(page: Page) -> str:
    return next(value for name, value in page.headers.items() if name.lower() == "etag")


def polls(page: Page) -> bool:
    return 'hx-trigger="every 3s"' in page.html


async def test_its_numbers_are_seen_as_they_are_without_a_script(town: Town, keys: Keyring) -> None:
    await leaves(town, keys)
    await becomes(town, state="sent")
    await becomes(town, 3, state="queued")
    organizer = await town.signed_in()
    page = await organizer.opens(GOING)
    assert "3 of 10 to go" in page.text
    page = await organizer.opens(page.link("News"))
    assert "7 of 10" in page.text
    assert "Nobody twice: 0" in page.text
    assert "Everybody who takes part." in page.text
    assert page.link("Look again") == f"{GOING}/b"
    assert polls(page)


async def test_what_is_unknown_is_shown_as_such(town: Town, keys: Keyring) -> None:
    await leaves(town, keys)
    await becomes(town, state="delivered")
    await becomes(town, 2, state="unknown")
    organizer = await town.signed_in()
    page = await organizer.opens(f"{GOING}/b")
    assert "Of 2 messages nobody knows whether they arrived" in page.text
    assert not polls(page), "it is over"
    assert not [form for form in page.seen.forms if form.action.endswith("/stop")]


async def test_no_numbers_are_shown_of_a_few(sqlite_town: Town, keys: Keyring) -> None:
    await leaves(sqlite_town, keys, 3)
    auditor = await sqlite_town.signed_in(Role.AUDITOR)
    page = await auditor.opens(f"{GOING}/b")
    assert "fewer than 8 messages" in page.text
    assert "<progress" not in page.html
    assert "<table" not in page.html
    assert "Pause" not in page.text


async def test_the_live_part_is_sent_again_only_when_it_changed_and_not_when_it_is_over(
    town: Town, keys: Keyring
) -> None:
    await leaves(town, keys)
    organizer = await town.signed_in()
    live = f"{GOING}/b/live?phase=running"
    first = await organizer.opens(live)
    assert "<html" not in first.html
    assert polls(first)
    assert (await organizer.opens(live, **{"If-None-Match": tag(first)})).status == 304
    await becomes(town, 4, state="sent")
    second = await organizer.opens(live, **{"If-None-Match": tag(first)})
    assert (second.status, "4 of 10" in second.text) == (200, True)
    await becomes(town, state="delivered")
    last = await organizer.opens(live, **{"If-None-Match": tag(second)})
    assert (last.status, last.headers["HX-Refresh"]) == (204, "true")
    assert not polls(await organizer.opens(f"{GOING}/b/live?phase=over"))


async def test_it_is_paused_resumed_and_stopped_and_that_is_written_down_once(town: Town, keys: Keyring) -> None:
    await leaves(town, keys)
    organizer = await town.signed_in()
    before = await organizer.opens(f"{GOING}/b")
    page = await organizer.sends("/pause")
    assert "Paused. Nothing more of it leaves" in page.text
    organizer.page = before
    page = await organizer.sends("/pause")
    assert page.form("/resume").buttons[0][2] == "Resume"
    page = await organizer.sends("/resume")
    assert "It goes on." in page.text
    page = await organizer.sends("/stop")
    assert "Nothing more of it leaves, ever." in page.text
    assert "being stopped" in page.text
    assert await acts(town) == ["broadcast.cancel", "broadcast.resume", "broadcast.pause"]


async def test_a_sender_out_of_order_is_named(sqlite_town: Town, keys: Keyring) -> None:
    await leaves(sqlite_town, keys)
    async with sqlite_town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram", "sms": "sms"})
        for name in ("telegram", "sms"):
            await circuits.break_(session, name, "401", NOW, NOW)
    organizer = await sqlite_town.signed_in()
    page = await organizer.opens(f"{GOING}/b")
    assert "telegram is out of order (401)" in page.text
    assert "sms is out of order" not in page.text, "nothing of it leaves there"


async def test_a_broadcast_of_another_process_is_not_there(town: Town, keys: Keyring) -> None:
    await leaves(town, keys)
    async with town.office.database.writing() as session:
        new = NewBroadcast(await another(session), Subject("bulletin", "x"), TOLD, Lane.BULLETIN, plan=Plan(), id="c")
        await broadcasts.add(session, new, NOW)
    organizer = await town.signed_in()
    assert (await organizer.opens(f"{GOING}/c")).status == 404
    assert (await organizer.opens(f"{GOING}/c/live")).status == 404
    page = await organizer.opens(f"{GOING}/b")
    token = dict(page.form("/pause").fields)["form-token"]
    for act in ("pause", "resume", "stop"):
        assert (await organizer.posts(f"{GOING}/c/{act}", [("form-token", token)])).status == 404
    assert await acts(town) == []


async def test_its_pages_take_few_statements(town: Town, keys: Keyring) -> None:
    await leaves(town, keys)
    organizer = await town.signed_in()
    for path in (GOING, f"{GOING}/b", f"{GOING}/b/live?phase=running"):
        with statements(town.office.database) as seen:
            await organizer.opens(path)
        assert len(seen) <= 8, path
