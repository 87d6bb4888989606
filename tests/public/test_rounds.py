"""What everybody may read of a round: what was voted, by about how many, what came of it, what was done with it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from handlers import items, rounds
from handlers.matters import Draft
from handlers.writing import contents
from public._frame.copies import HEADERS
from public._frame.source import LASTS
from storage.states import Roll
from tests.handlers.house import Writer
from tests.handlers.items import WRITER
from tests.handlers.test_amendments import published
from tests.public.conftest import Front
from tests.public.test_copies import MOST_STATEMENTS, WHOLE, paths
from tests.storage.rows import statements

HOME = "/r/regional-review"
LETTERS = "\N{ARABIC LETTER ALEF}" * 40


async def opens(front: Front, *matter_ids: str, **more: object) -> str:
    options = tuple(
        contents.Matter(f"o{number}", {"en": f"Matter {number}"}, {}, name) for number, name in enumerate(matter_ids)
    )
    today = front.house.now.date()
    terms = {"rule": "majority", "roll": Roll.EVERYBODY, "is_public": True} | more
    vote = contents.Round({"en": "What comes first"}, options, today + timedelta(days=3), **terms)  # type: ignore[arg-type]
    name = await front.house.acts(lambda session, process, now: rounds.open_(session, process, vote, now))
    await front.later()
    return name


async def closes(front: Front, name: str, **why: str) -> None:
    keys = front.house.keys
    await front.house.acts(lambda session, process, now: rounds.close(session, process, keys, name, now, why or None))
    await front.later()


async def voters(front: Front, number: int) -> list[Writer]:
    return [await front.house.meets(f"7{sender}").joins() for sender in range(number)]


async def test_a_round_stands_there_from_its_opening_to_what_was_done(front: Front) -> None:
    crowd = await voters(front, 9)
    public = await front.opened(draft=Draft({"en": "Interpreters"}, is_public=True))
    private = await front.opened(draft=Draft({"en": "Names of a village"}))
    name = await opens(front, public, private)
    page = await front.opens(f"{HOME}/en/v/{name}")
    assert "Everybody who takes part can vote on this. People can vote until November 26, 2026" in page.text
    for voter in crowd[:8]:
        await voter.says("vote", "1", "1")
    await closes(front, name)
    page, wall = await front.opens(f"{HOME}/en/v/{name}"), await front.opens(f"{HOME}/en")
    assert "Of about 10 people who could, about 10 voted." in page.text
    assert "1. Matter 0 It was adopted. There is no response yet." in page.text
    assert "2. Matter 1 It was not adopted." in page.text
    assert "village" not in page.body
    assert "What was voted on What comes first" in wall.text
    assert "Those who voted adopted it." in (await front.opens(f"{HOME}/en/m/{public}")).text
    await front.responds(public)
    assert "It was taken up." in (await front.opens(f"{HOME}/en/v/{name}")).text
    assert "What comes first" in (await front.opens(f"{HOME}/en/votes")).text


async def test_a_round_that_is_not_for_everybody_is_as_unknown_as_any(front: Front) -> None:
    await voters(front, 1)
    matters = [await front.opened(draft=Draft({"en": title})) for title in ("First", "Second")]
    name = await opens(front, *matters, is_public=False)
    hidden, unknown = await front.opens(f"{HOME}/en/v/{name}"), await front.opens(f"{HOME}/en/v/{'0' * 32}")
    assert (hidden.status, unknown.status) == (404, 404)
    assert hidden.body == unknown.body
    assert "What comes first" not in (await front.opens(f"{HOME}/en")).body


async def held(front: Front, number: int = 9, **more: object) -> str:
    """A round on two matters that nine voted in, and that is closed."""
    crowd = await voters(front, number)
    name = await opens(
        front, *[await front.opened(draft=Draft({"en": title})) for title in ("First", "Second")], **more
    )
    for voter in crowd:
        await voter.says("vote", "1", "1")
    await closes(front, name)
    return name


async def test_anybody_counts_a_closed_round_again(front: Front, tmp_path: Path) -> None:
    name = await held(front)
    page = await front.opens(f"{HOME}/en/v/{name}")
    assert f"python3 tally.py vote-{name[:8]}.json" in page.text
    for link, saved, kind in (
        ("vote.json", f"vote-{name[:8]}.json", "application/json"),
        ("tally.py", "tally.py", "text/x-python"),
    ):
        path = f"{HOME}/en/v/{name}/{link}"
        assert f'href="{path}"' in page.body
        file = await front.opens(path)
        assert (file.status, file.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
        assert file.headers["Content-Disposition"] == f'attachment; filename="{saved}"'
        assert file.headers["Cache-Control"].startswith("public, max-age=60")
        assert (await front.opens(path, If_None_Match=file.tag)).status == 304
        (tmp_path / saved).write_text(file.body, encoding="utf-8")
    done = subprocess.run(  # noqa: ASYNC221 the program that is given away, beside nothing else
        [sys.executable, "-I", "tally.py", f"vote-{name[:8]}.json"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "Everything in this file fits together." in done.stdout, done.stdout + done.stderr


async def test_of_few_votes_the_file_has_the_order_alone(sqlite_front: Front) -> None:
    name = await held(sqlite_front, 5)
    file = json.loads((await sqlite_front.opens(f"{HOME}/en/v/{name}/vote.json")).body)
    assert (file["ballots"], file["result"]["counts"]) == (None, {})
    assert file["result"]["order"] == [["o0"], ["o1"]]


async def test_there_is_no_file_while_people_vote_nor_of_what_is_not_for_everybody(front: Front) -> None:
    hidden = await held(front, 3, is_public=False)
    running = await opens(front, *[await front.opened(draft=Draft({"en": title})) for title in ("Third", "Fourth")])
    assert "tally.py" not in (await front.opens(f"{HOME}/en/v/{running}")).body
    for name in (hidden, running, "0" * 32):
        for file in ("vote.json", "tally.py"):
            assert (await front.opens(f"{HOME}/en/v/{name}/{file}")).status == 404


async def decided(front: Front, crowd: list[Writer], parts: list[str], title: str, *, is_public: bool) -> str:
    """A round that has adopted the first part and not the second."""
    options = tuple(
        contents.Matter(f"o{place}", {"en": f"Part {place}"}, part=name) for place, name in enumerate(parts)
    )
    day = front.house.now.date() + timedelta(days=3)
    vote = contents.Round({"en": title}, options, day, "majority", Roll.EVERYBODY, is_public=is_public)
    name = await front.house.acts(lambda session, process, now: rounds.open_(session, process, vote, now))
    for voter in crowd:
        await voter.says("vote", "1", "1", "1")
    await closes(front, name)
    return name


async def test_what_was_decided_on_a_part_stands_with_it_and_leads_to_the_vote(front: Front) -> None:
    text, parts = await published(front.house)
    crowd = await voters(front, 3)
    shown = await decided(front, crowd, parts, "The plan", is_public=True)
    await decided(front, crowd, parts, "The plan again", is_public=False)
    for path, number in ((f"{HOME}/en/t/{text}", 2), (f"{HOME}/en/t/{text}/1", 1)):
        page = await front.opens(path)
        assert page.text.count("Those who voted") == number, "of the other one not everybody may read"
        assert "Those who voted adopted it. See the vote" in page.text
        assert page.body.count(f"/v/{shown}") == number
    assert "Les personnes qui ont voté l’ont adopté." in (await front.opens(f"{HOME}/fr/t/{text}/1")).text
    page = await front.opens(f"{HOME}/en/v/{shown}")
    assert f'href="{HOME}/en/t/{text}/1"' in page.body
    await front.house.acts(
        lambda session, process, now: items.write(session, process, parts[0], "Meetings\nOnline.", 1, WRITER, now)
    )
    front.house.now += LASTS
    await front.later()
    assert "It had other words then." in (await front.opens(f"{HOME}/en/t/{text}/1")).text
    assert "It had other words then." not in (await front.opens(f"{HOME}/en/t/{text}/2")).text


async def test_who_is_chosen_has_no_place(front: Front) -> None:
    name = await held(front, 5, rule="phragmen", elects=1)
    page = await front.opens(f"{HOME}/en/v/{name}")
    assert "Matter 0 It was chosen." in page.text
    assert "Matter 1 It was not chosen." in page.text
    assert "1. Matter" not in page.text


async def test_it_is_kept_and_asks_once_and_tells_nothing_of_its_readers(front: Front) -> None:
    await voters(front, 1)
    name = await opens(front, *[await front.opened(draft=Draft({"en": title})) for title in ("First", "Second")])
    with statements(front.house.database, reading=True) as executed:
        for path in paths("", round=name)[-2:]:
            page = await front.opens(path, Cookie="hearback=somebody")
            assert page.status == 200, path
            assert "Set-Cookie" not in page.headers
            assert all(page.headers[header] == value for header, value in HEADERS.items())
            assert (await front.opens(path, If_None_Match=page.tag)).status == 304
        assert len(executed) <= MOST_STATEMENTS + 1, "the rounds"


@pytest.mark.parametrize("number", [1, 7])
async def test_no_small_number_is_told(sqlite_front: Front, number: int) -> None:
    await voters(sqlite_front, number)
    matters = [await sqlite_front.opened(draft=Draft({"en": title}, is_public=True)) for title in ("First", "Second")]
    name = await opens(sqlite_front, *matters)
    await closes(sqlite_front, name, en="The ministers meet sooner.")
    page = await sqlite_front.opens(f"{HOME}/en/v/{name}")
    assert "Fewer than 8 people could vote." in page.text
    assert "It was closed before its day: The ministers meet sooner." in page.text
    assert "Too few voted" in page.text


async def test_the_page_of_the_largest_round_stays_small(sqlite_front: Front) -> None:
    await voters(sqlite_front, 1)
    matters = [await sqlite_front.opened(draft=Draft({"ar": LETTERS}, is_public=True)) for _number in range(12)]
    options = tuple(
        contents.Matter(f"o{number:02}", {"ar": f"{number:02}{LETTERS[:36]}"}, {}, name)
        for number, name in enumerate(matters)
    )
    closing = sqlite_front.house.now.date() + timedelta(days=3)
    vote = contents.Round({"ar": LETTERS}, options, closing, roll=Roll.EVERYBODY, is_public=True)
    name = await sqlite_front.house.acts(lambda session, process, now: rounds.open_(session, process, vote, now))
    await sqlite_front.later()
    page = await sqlite_front.opens(f"{HOME}/ar/v/{name}")
    assert page.status == 200
    assert len(page.body.encode()) < WHOLE
    again = await sqlite_front.opens(f"{HOME}/ar/v/{name}", If_None_Match=page.tag)
    assert again.status == 304


async def test_a_sum_stands_there_with_what_each_costs_and_gets(sqlite_front: Front) -> None:
    crowd = await voters(sqlite_front, 9)
    today = sqlite_front.house.now.date()
    options = (
        contents.Matter("clinic", {"en": "Interpreters"}, cost=12_000),
        contents.Matter("school", {"en": "A place at school"}, cost=20_000),
    )
    vote = contents.Round(
        {"en": "What the fund pays for"},
        options,
        today + timedelta(days=3),
        rule="equal_shares",
        roll=Roll.EVERYBODY,
        is_public=True,
        budget=30_000,
        currency="CHF",
    )
    name = await sqlite_front.house.acts(lambda session, process, now: rounds.open_(session, process, vote, now))
    await sqlite_front.later()
    text = " ".join((await sqlite_front.opens(f"{HOME}/en/v/{name}")).text.split())
    assert "30,000 CHF are to be shared out." in text
    assert "Interpreters It costs 12,000 CHF." in text
    assert "It gets" not in text
    for voter in crowd[:8]:
        await voter.says("vote", "1", "1")
    await closes(sqlite_front, name)
    text = " ".join((await sqlite_front.opens(f"{HOME}/en/v/{name}")).text.split())
    assert "12,000 of 30,000 CHF are given out." in text
    assert "Interpreters It was chosen. It costs 12,000 CHF. It gets 12,000 CHF." in text
    assert "A place at school It was not chosen. It costs 20,000 CHF." in text
    text = (await sqlite_front.opens(f"{HOME}/ar/v/{name}")).text
    assert "CHF" in text
