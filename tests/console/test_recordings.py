"""A voice note is played to whoever may read it, and what they write down of it everybody reads after them."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import update

from handlers import journal, processes
from storage import contributions
from storage.roles import Role
from storage.tables import person, recording
from tests import hostile
from tests.console.browser import Browser
from tests.console.conftest import Town
from tests.review import PROCESS
from tests.storage.recordings import SOUND, spoken
from tests.storage.rows import NOW, meet, statements

INBOX = "/p/regional-review/inbox"
WORDS = "The clinic closes too early."


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


async def played(browser: Browser, name: str, **headers: str) -> Answer:
    async with browser.client.get(f"{INBOX}/{name}/voice", headers=headers) as response:
        return Answer(response.status, dict(response.headers), await response.read())


async def given(town: Town, language: str = "fr") -> str:
    """A voice note that is here; gives the id of its contribution."""
    database, keys = town.office.database, town.office.keys
    async with database.writing() as session:
        who = await meet(session, keys, f"7000{language}", process=town.process)
    return await spoken(database, keys, who, language=language, process=town.process)


@pytest.mark.parametrize(
    ("role", "languages", "status"),
    [
        (Role.ORGANIZER, (), 200),
        (Role.MODERATOR, (), 200),
        (Role.MODERATOR, ("fr", "es"), 200),
        (Role.MODERATOR, ("es",), 404),
        (Role.OWNER, (), 403),
        (Role.TRANSLATOR, ("fr",), 403),
        (Role.AUDITOR, (), 403),
        (Role.CLERK, (), 403),
        (Role.CONTACT_POINT, (), 403),
    ],
)
async def test_who_may_read_it_may_hear_it_and_nobody_else(
    sqlite_town: Town, role: Role, languages: tuple[str, ...], status: int
) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in(role, languages)
    answer = await played(amina, name)
    assert (answer.status, answer.body == SOUND) == (status, status == 200)
    page = await amina.opens(f"{INBOX}/{name}/recording")
    assert page.status == status
    if status == 404:
        other = await given(sqlite_town, "es")
        await amina.opens(f"{INBOX}/{other}/recording")
        token = dict((await amina.opens(f"{INBOX}/{other}/recording")).form("/recording").fields)["form-token"]
        fields = [("form-token", token), ("words", "x"), ("edited", "0")]
        assert (await amina.posts(f"{INBOX}/{name}/recording", fields)).status == 404


async def test_nobody_hears_it_from_another_process(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    async with sqlite_town.office.database.writing() as session:
        await processes.begin(session, replace(PROCESS, slug="national", title={"en": "National"}), NOW)
    owner = await sqlite_town.signed_in(Role.ORGANIZER, everywhere=True)
    async with owner.client.get(f"/p/national/inbox/{name}/voice") as response:
        assert response.status == 404
    assert (await owner.opens(f"/p/national/inbox/{name}/recording")).status == 404
    assert (await played(await sqlite_town.visitor(), name)).body != SOUND


async def test_a_browser_is_told_that_it_is_sound_and_may_do_nothing_else_with_it(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    headers = (await played(await sqlite_town.signed_in(), name)).headers
    assert headers["Content-Type"] == "audio/ogg"
    assert headers["Content-Disposition"] == 'attachment; filename="voice-note.ogg"'
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("wanted", "status", "piece"),
    [
        ("bytes=0-1", 206, (0, 2)),
        ("bytes=0-", 206, (0, len(SOUND))),
        ("bytes=100-199", 206, (100, 200)),
        (f"bytes={len(SOUND) - 1}-", 206, (len(SOUND) - 1, len(SOUND))),
        ("bytes=-10", 206, (len(SOUND) - 10, len(SOUND))),
        ("bytes=-999999", 206, (0, len(SOUND))),
        (f"bytes=5-{len(SOUND) + 99}", 206, (5, len(SOUND))),
        (f"bytes={len(SOUND)}-", 416, None),
        ("bytes=0-1,4-5", 200, (0, len(SOUND))),
        ("bytes=9-1", 200, (0, len(SOUND))),
        ("pages=1", 200, (0, len(SOUND))),
        ("bytes=x", 200, (0, len(SOUND))),
    ],
)
async def test_it_comes_piece_by_piece_to_who_asks_so(
    sqlite_town: Town, wanted: str, status: int, piece: tuple[int, int] | None
) -> None:
    """Safari plays nothing that does not."""
    name = await given(sqlite_town)
    answer = await played(await sqlite_town.signed_in(), name, Range=wanted)
    first, end = piece or (0, 0)
    assert (answer.status, answer.body) == (status, SOUND[first:end])
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(SOUND)}"
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(SOUND)}"


async def test_the_page_may_play_it_and_others_may_play_nothing(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in()
    page = await amina.opens(f"{INBOX}/{name}/recording")
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert f'src="{INBOX}/{name}/voice"' in page.html
    assert 'preload="none"' in page.html
    assert "media-src" not in (await amina.opens("/p/regional-review/tell")).headers["Content-Security-Policy"]


async def test_a_moderator_writes_it_down_and_another_corrects_it(town: Town) -> None:
    name = await given(town)
    amina = await town.signed_in(Role.MODERATOR, ("fr",), login="amina")
    page = await amina.opens(f"{INBOX}/{name}/recording")
    assert "7 seconds long" in page.text
    page = await amina.sends("/recording", words=f"  {WORDS}\r\n")
    assert "Kept." in page.text
    assert "Written down by Amina" in page.text
    assert await read(town) == WORDS
    benoit = await town.signed_in(Role.MODERATOR, login="benoit")
    await benoit.opens(f"{INBOX}/{name}/recording")
    page = await benoit.sends("/recording", words="The clinic closes at three.")
    assert "Written down by Benoit" in page.text
    assert await read(town) == "The clinic closes at three."
    async with town.office.database.reading() as session:
        entries = await journal.page(session, None, 9)
    noted = [(entry.act, entry.object, entry.facts) for entry in reversed(entries)]
    assert noted == [("recording.write", name, {"language": "fr", "number": number}) for number in (1, 2)]


async def read(town: Town) -> str:
    """What the organizers read of the newest contribution."""
    async with town.office.database.reading() as session:
        return (await contributions.newest(session, town.process, town.office.keys, 1))[0].words


async def test_who_is_slower_sees_both_and_loses_nothing(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    benoit = await sqlite_town.signed_in(Role.ORGANIZER)
    for browser in (amina, benoit):
        await browser.opens(f"{INBOX}/{name}/recording")
    await amina.sends("/recording", words=WORDS)
    page = await benoit.sends("/recording", words="It closes at three.")
    assert (page.status, WORDS in page.text) == (422, True)
    assert dict(page.form("/recording").fields)["words"] == "It closes at three."
    assert await read(sqlite_town) == WORDS
    await benoit.sends("/recording")
    assert await read(sqlite_town) == "It closes at three."


@pytest.mark.parametrize(
    ("words", "why"), [("", "Write down what is said in it."), ("x" * 8001, "At most 8000 characters")]
)
async def test_what_cannot_be_kept_comes_back_as_it_was_typed(sqlite_town: Town, words: str, why: str) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    await amina.opens(f"{INBOX}/{name}/recording")
    page = await amina.sends("/recording", words=words)
    assert (page.status, why in page.text) == (422, True)
    assert dict(page.form("/recording").fields)["words"] == words
    assert await read(sqlite_town) == ""


async def test_what_attackers_write_stays_text(sqlite_town: Town) -> None:
    name = await given(sqlite_town, "ar")
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    await amina.opens(f"{INBOX}/{name}/recording")
    texts = "\n".join(text for text in hostile.TEXTS if "<" in text)[:7000]
    pages = [await amina.sends("/recording", words=f"</textarea>{texts}")]
    await amina.opens(f"{INBOX}/{name}/recording")
    pages.append(await amina.sends("/recording", words="<script>hostile()</script>", edited="0"))
    assert pages[1].status == 422
    for page in pages:
        assert dict(page.form("/recording").fields)["words"].startswith("<")
        assert "<script>hostile" not in page.html
        assert "<img" not in page.html


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("to_fetch", "still on its way"),
        ("refused", "We could not take it"),
        ("gone", "has it no more"),
        ("erased", "was erased a week after"),
    ],
)
async def test_what_is_not_here_says_why_and_cannot_be_played(sqlite_town: Town, state: str, says: str) -> None:
    name = await given(sqlite_town)
    async with sqlite_town.office.database.writing() as session:
        await session.execute(update(recording).values(state=state))
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    page = await amina.opens(f"{INBOX}/{name}/recording")
    assert (says in page.text, "<audio" in page.html) == (True, False)
    assert (await played(amina, name)).status == 404


async def test_what_no_key_opens_any_more_is_not_there(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    async with sqlite_town.office.database.writing() as session:
        await session.execute(update(recording).values(sound=bytes(4096)))
    assert (await played(amina, name)).status == 404
    assert (await amina.opens(f"{INBOX}/{name}/recording")).status == 200
    async with sqlite_town.office.database.writing() as session:
        await session.execute(update(person).values(key=bytes(40)))
    assert (await played(amina, name)).status == 404
    assert (await amina.opens(f"{INBOX}/{name}/recording")).status == 404


async def test_a_kind_that_is_none_of_ours_is_never_served(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    async with sqlite_town.office.database.writing() as session:
        await session.execute(update(recording).values(kind="text/html"))
    assert (await played(await sqlite_town.signed_in(), name)).status == 404


async def test_a_kind_that_no_browser_plays_can_be_saved(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    async with sqlite_town.office.database.writing() as session:
        await session.execute(update(recording).values(kind="audio/amr"))
    amina = await sqlite_town.signed_in()
    assert "Browsers do not play this kind" in (await amina.opens(f"{INBOX}/{name}/recording")).text
    assert 'filename="voice-note.amr"' in (await played(amina, name)).headers["Content-Disposition"]


async def test_it_takes_few_statements(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in()
    await amina.opens(f"{INBOX}/{name}/recording")
    for path in ("recording", "voice"):
        with statements(sqlite_town.office.database, reading=True) as seen:
            async with amina.client.get(f"{INBOX}/{name}/{path}") as response:
                assert response.status == 200
        assert 1 < len(seen) <= 8, path


async def test_in_the_inbox_it_is_played_and_written_down_and_stays_open(town: Town) -> None:
    name = await given(town)
    amina = await town.signed_in(Role.MODERATOR, ("fr",), login="amina")
    page = await amina.opens(INBOX)
    assert f'src="{INBOX}/{name}/voice"' in page.html
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    page = await amina.sends(f"{name}/heard", words=WORDS)
    assert (page.path, "Kept. Whoever reads" in page.text) == (INBOX, True)
    assert "Written down by Amina" in page.text
    assert dict(page.form("/mask").fields)["copy"] == WORDS
    assert await read(town) == WORDS
    async with town.office.database.reading() as session:
        [entry] = await journal.page(session, None, 9)
    assert (entry.act, entry.object) == ("recording.write", name)
    page = await amina.opens(f"{INBOX}?pile=hidden")
    assert "media-src" not in page.headers["Content-Security-Policy"], "nothing is open that could be played"


async def test_in_the_inbox_too_who_is_slower_sees_both(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in(Role.MODERATOR)
    benoit = await sqlite_town.signed_in(Role.ORGANIZER)
    for browser in (amina, benoit):
        await browser.opens(INBOX)
    page = await amina.sends(f"{name}/heard", words="")
    assert (page.status, "Write down what is said in it." in page.text) == (422, True)
    await amina.sends(f"{name}/heard", words=WORDS)
    page = await benoit.sends(f"{name}/heard", words="It closes at three.")
    assert (page.status, "Theirs, which is kept" in page.text) == (422, True)
    assert dict(page.form("/heard").fields)["words"] == "It closes at three."
    await benoit.sends(f"{name}/heard")
    assert await read(sqlite_town) == "It closes at three."


async def test_what_is_hidden_is_folded_away_and_what_is_masked_is_not_played_beside_the_mask(town: Town) -> None:
    name = await given(town)
    amina = await town.signed_in(Role.MODERATOR)
    await amina.opens(INBOX)
    await amina.sends(f"{name}/heard", words="Karim Haddad took my papers.")
    page = await amina.sends(f"{name}/mask", copy="[[Karim Haddad]] took my papers.")
    page = await amina.opens(f"{INBOX}?pile=all&open={name}")
    assert ("Karim" in page.html, "<audio" in page.html) == (False, False)
    assert "/recording" not in page.html
    assert "media-src" not in page.headers["Content-Security-Policy"]
    other = await given(town, "es")
    await amina.opens(f"{INBOX}?open={other}")
    form = next(form for form in amina.page.seen.forms if "/inbox?" in form.action)  # type: ignore[union-attr]
    await amina.posts(form.action, [*form.fields, ("mark", "hide")])
    page = await amina.opens(f"{INBOX}?pile=hidden&open={other}")
    assert "<summary>Show the hidden voice note</summary>" in page.html


async def test_what_is_masked_is_heard_by_organizers_and_no_longer_by_moderators(town: Town) -> None:
    name = await given(town)
    moderator = await town.signed_in(Role.MODERATOR)
    await moderator.opens(INBOX)
    await moderator.sends(f"{name}/heard", words="Karim Haddad took my papers.")
    assert (await played(moderator, name)).body == SOUND
    await moderator.sends(f"{name}/mask", copy="[[Karim Haddad]] took my papers.")
    assert (await played(moderator, name)).status == 404
    assert (await moderator.opens(f"{INBOX}/{name}/recording")).status == 404
    organizer = await town.signed_in(login="organizer")
    page = await organizer.opens(f"{INBOX}?pile=all&open={name}")
    assert page.link("Listen to it, and write down what is said") == f"{INBOX}/{name}/recording"
    assert (await played(organizer, name)).body == SOUND


async def test_who_may_not_read_it_writes_nothing_down_from_the_inbox_either(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    other = await given(sqlite_town, "es")
    amina = await sqlite_town.signed_in(Role.MODERATOR, ("es",))
    page = await amina.opens(f"{INBOX}?open={name}")
    assert "<audio" not in page.html
    page = await amina.opens(f"{INBOX}?open={other}")
    fields = [*page.form("/heard").fields, ("words", WORDS)]
    assert (await amina.posts(f"{INBOX}/{name}/heard", fields)).status == 404


async def test_the_inbox_takes_one_statement_more_for_it(sqlite_town: Town) -> None:
    name = await given(sqlite_town)
    amina = await sqlite_town.signed_in()
    await amina.opens(INBOX)
    with statements(sqlite_town.office.database, reading=True) as seen:
        await amina.opens(f"{INBOX}?open={name}")
    assert len(seen) <= 9
