"""The feed: Atom that every reader understands, and keeps apart what it has read."""

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from handlers import processes, responses
from handlers.writing import contents
from tests.handlers.house import NOW
from tests.hostile import TEXTS, put
from tests.public.conftest import ANSWER, TITLE, Front
from tests.public.test_wall import HOME

ATOM = "{http://www.w3.org/2005/Atom}"


async def feed(front: Front, language: str = "en") -> ET.Element:
    answer = await front.opens(f"{HOME}/{language}/feed.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    read = ET.fromstring(answer.body)  # noqa: S314 it is ours
    for element in (read, *read.findall(f"{ATOM}entry")):
        for part in ("id", "title", "updated"):
            assert len(element.findall(ATOM + part)) == 1
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated") or "").tzinfo
    assert read.findtext(f"{ATOM}author/{ATOM}name")
    return read


def texts(read: ET.Element, part: str) -> list[str]:
    return [entry.findtext(ATOM + part) or "" for entry in read.findall(f"{ATOM}entry")]


async def test_an_empty_feed_is_a_feed(front: Front) -> None:
    read = await feed(front)
    assert read.findtext(f"{ATOM}title") == "Regional review"
    assert read.findtext(f"{ATOM}updated") == NOW.isoformat()
    assert texts(read, "id") == []


async def test_responses_and_results_come_newest_first_in_each_language(front: Front) -> None:
    matter = await front.opened()
    response = await front.responds(matter)
    await front.tells(response, "It stands in article 4.", "https://example.org/draft")
    english, french = await feed(front), await feed(front, "fr")
    assert texts(english, "title") == [TITLE["en"]] * 2
    newest, first = texts(english, "content")
    assert "It stands in article 4." in newest
    assert "https://example.org/draft" in newest
    assert "It was taken up.\n\nArticle 4 of the draft says so." in first
    assert "L’article 4 le dit." in texts(french, "content")[1]
    link = english.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == f"https://hear.example{HOME}/en/m/{matter}"


async def test_what_it_is_known_by_never_changes_and_is_nobody_elses(front: Front) -> None:
    matter = await front.opened()
    response = await front.responds(matter)
    before = {code: texts(await feed(front, code), "id") for code in ("en", "fr")}
    await front.tells(response, "Done.")
    after = {code: texts(await feed(front, code), "id") for code in ("en", "fr")}
    assert {code: ids[1:] for code, ids in after.items()} == before
    every = [*after["en"], *after["fr"], *[(await feed(front, code)).findtext(f"{ATOM}id") for code in ("en", "fr")]]
    assert len(set(every)) == 6
    assert all(name is not None and name.startswith("urn:uuid:") for name in every)


async def test_no_more_than_fifty_stand_there(sqlite_front: Front) -> None:
    matter = await sqlite_front.opened()
    whole = contents.Response(ANSWER.state, ANSWER.reason, matters=(matter,))
    for _number in range(52):
        await sqlite_front.house.acts(lambda session, process, now: responses.publish(session, process, whole, now))
        sqlite_front.house.now += timedelta(seconds=1)
    await sqlite_front.later()
    assert len(texts(await feed(sqlite_front), "id")) == 50


async def test_whatever_is_written_stays_text_in_it(sqlite_front: Front) -> None:
    front = sqlite_front
    matter = await front.opened()

    async def write(text: str) -> None:
        async with front.house.database.writing() as session:
            process = await processes.get(session, front.house.process)
            whole = contents.Response(ANSWER.state, {"en": text}, matters=(matter,), place={"en": "x" + text[:100]})
            front.house.now += timedelta(seconds=1)
            await responses.publish(session, process, whole, front.house.now)

    for start in range(0, len(TEXTS), 50):
        taken = await put(write, contents.Unfit, texts=TEXTS[start : start + 50])
        await front.later()
        read = await feed(front)
        assert len(texts(read, "content")) == 50 or len(taken) < 50
        assert {element.tag for element in read.iter()} == {
            ATOM + part for part in ("feed", "id", "title", "updated", "author", "name", "link", "entry", "published",
                                     "content")
        }  # fmt: skip
