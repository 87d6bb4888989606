"""What everybody may read: it appears there, in each language, and nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest

import flows
from handlers import closing, consultations, matters, processes
from handlers.matters import Draft
from handlers.writing import contents
from storage import processes as stored_processes
from tests.handlers.house import NOW, PROCESS
from tests.public.conftest import ANSWER, STAFF, TITLE, Front

HOME = "/r/regional-review"
PRIVATE = Draft({"en": "Names of a village"})
CONSULTATION = contents.Consultation(
    {"en": "Schools", "fr": "Les écoles"},
    flows.Promise(
        purpose={"en": "To write article 7."},
        who_decides={"en": "The ministers."},
        what_can_change={"en": "The whole article."},
        level="consultation",
        answer_by=NOW.date() + timedelta(days=30),
    ),
    (flows.Question("best", {"en": "Which is best?"}, ()),),
)


async def test_a_public_matter_is_on_the_wall_in_each_language(front: Front) -> None:
    assert "Nothing is shown here yet." in (await front.opens(f"{HOME}/en")).text
    matter = await front.opened()
    english, french, arabic = [await front.opens(f"{HOME}/{code}") for code in ("en", "fr", "ar")]
    assert "Interpreters at clinics There is no response yet." in english.text
    assert "Des interprètes dans les cliniques" in french.text
    assert "مترجمون في العيادات" in arabic.text
    assert [page.seen.root["dir"] for page in (english, french, arabic)] == ["ltr", "ltr", "rtl"]
    assert f"{HOME}/en/m/{matter}" in [link["href"] for link in english.seen.links]


async def test_what_was_done_and_what_followed_stands_there(front: Front) -> None:
    matter = await front.opened()
    answer = replace(ANSWER, decided_by={"en": "The ministers"}, place={"en": "Draft of May"})
    response = await front.responds(matter, response=answer)
    wall = await front.opens(f"{HOME}/en")
    assert "It was taken up. Interpreters at clinics Article 4 of the draft says so." in wall.text
    assert "Decided by: The ministers" in wall.text
    assert "You can see it here: Draft of May" in wall.text
    await front.tells(response, "Read it there.", "https://example.org/draft")
    wall, page = await front.opens(f"{HOME}/en"), await front.opens(f"{HOME}/en/m/{matter}")
    assert "It stands in a draft now. Interpreters at clinics Read it there." in wall.text
    assert page.text.index("Article 4") < page.text.index("Read it there.")
    [link] = [link for link in wall.seen.links if link["href"] == "https://example.org/draft"]
    assert set(link["rel"].split()) == {"noreferrer", "noopener", "nofollow"}


async def test_what_is_in_another_language_says_so(sqlite_front: Front) -> None:
    matter = await sqlite_front.opened(draft=Draft({"en": "Clinics"}, is_public=True))
    page = await sqlite_front.opens(f"{HOME}/es/m/{matter}")
    assert '<bdi lang="en" dir="auto">Clinics</bdi> <small lang="en">(English)</small>' in page.body


async def test_a_matter_that_is_not_public_is_as_unknown_as_any(front: Front) -> None:
    private = await front.opened(draft=PRIVATE)
    unknown = await front.opens(f"{HOME}/en/m/{'0' * 32}")
    hidden = await front.opens(f"{HOME}/en/m/{private}")
    assert (hidden.status, unknown.status) == (404, 404)
    assert hidden.body == unknown.body
    assert "village" not in (await front.opens(f"{HOME}/en")).body
    await front.changes(private, replace(PRIVATE, is_public=True))
    assert (await front.opens(f"{HOME}/en/m/{private}")).status == 200
    await front.changes(private, PRIVATE)
    assert (await front.opens(f"{HOME}/en/m/{private}")).body == unknown.body
    assert "village" not in (await front.opens(f"{HOME}/en")).body


async def test_a_matter_that_was_given_up_is_not_there(front: Front) -> None:
    matter = await front.opened()
    await front.house.acts(lambda session, process, now: matters.drop(session, process, matter, now))
    await front.later()
    assert (await front.opens(f"{HOME}/en/m/{matter}")).status == 404
    assert TITLE["en"] not in (await front.opens(f"{HOME}/en")).body


async def test_a_response_is_shown_with_public_matters_only(front: Front) -> None:
    public, private = await front.opened(), await front.opened(draft=PRIVATE)
    await front.responds(private, response=replace(ANSWER, reason={"en": "Not for everybody."}))
    assert "Not for everybody." not in (await front.opens(f"{HOME}/en")).body
    await front.responds(public, private)
    wall = await front.opens(f"{HOME}/en")
    assert "Article 4 of the draft says so." in wall.text
    assert "village" not in wall.body
    assert "Not for everybody." not in (await front.opens(f"{HOME}/en/feed.atom")).body


async def test_nothing_that_people_or_staff_said_in_confidence_is_there(front: Front) -> None:
    alice = await front.house.meets().joins()
    name = await alice.gives("My brother Karim needs an interpreter.")
    note = {"en": "We wait for the ministry."}
    draft = Draft(TITLE, "services", None, NOW.date() - timedelta(days=2), note, is_public=True)
    matter = await front.opened(name, draft=draft)
    await front.responds(matter)
    for path in ("", f"/m/{matter}", "/matters/1", "/join", "/feed.atom"):
        body = (await front.opens(f"{HOME}/en{path}")).body
        assert not [word for word in ("Karim", "ministry", STAFF, alice.sender, name) if word in body], path


async def test_what_was_promised_and_not_done_is_said(front: Front) -> None:
    draft = Draft(TITLE, due=NOW.date() + timedelta(days=3), is_public=True)
    matter = await front.opened(draft=draft)
    assert "have not done yet" not in (await front.opens(f"{HOME}/en")).text
    assert "We promised a response by November 26, 2026 ." in (await front.opens(f"{HOME}/en/m/{matter}")).text
    await front.later(timedelta(days=5))
    wall, page = await front.opens(f"{HOME}/en"), await front.opens(f"{HOME}/en/m/{matter}")
    assert "What we promised and have not done yet" in wall.text
    assert "It is 2 days late." in wall.text
    assert "We are sorry. It is 2 days late." in page.text
    await front.responds(matter)
    assert "have not done yet" not in (await front.opens(f"{HOME}/en")).text
    assert "late" not in (await front.opens(f"{HOME}/en/m/{matter}")).text


async def test_what_is_asked_stands_there_with_its_promise_while_it_is_open(front: Front) -> None:
    name, _broadcast = await front.house.acts(
        lambda session, process, now: consultations.open_(session, process, CONSULTATION, now)
    )
    await front.later()
    wall = await front.opens(f"{HOME}/fr")
    for text in ("Les écoles", "To write article 7.", "The ministers.", "The whole article.", "23 décembre 2026"):
        assert text in wall.text
    await front.later(timedelta(days=31))
    assert "We wanted answers by December 23, 2026" in (await front.opens(f"{HOME}/en")).text
    await front.house.acts(lambda session, process, now: consultations.close(session, process, name, now))
    await front.later()
    assert "Les écoles" not in (await front.opens(f"{HOME}/fr")).text


async def test_what_is_over_can_be_read_and_what_is_put_away_cannot(front: Front) -> None:
    matter = await front.opened()
    await front.house.acts(lambda session, process, now: closing.close(session, process, front.house.keys, now))
    await front.later()
    wall = await front.opens(f"{HOME}/en")
    assert "This review is over." in wall.text
    assert TITLE["en"] in wall.text
    assert f"{HOME}/en/join" not in [link["href"] for link in wall.seen.links]
    async with front.house.database.writing() as session:
        assert await stored_processes.archive(session, front.house.process)
    await front.later()
    nowhere = await front.opens("/r/nowhere/en")
    for path in (f"{HOME}/en", f"{HOME}/en/m/{matter}", f"{HOME}/en/feed.atom", HOME):
        page = await front.opens(path)
        assert (page.status, page.body) == (404, nowhere.body), path


async def test_one_process_shows_nothing_of_another(front: Front) -> None:
    matter = await front.opened()
    other = replace(PROCESS, slug="national", title={"en": "National"}, short={"en": "National"}, languages=("en",))
    async with front.house.database.writing() as session:
        await processes.begin(session, other, front.house.now)
    await front.later()
    assert (await front.opens(f"/r/national/en/m/{matter}")).status == 404
    assert TITLE["en"] not in (await front.opens("/r/national/en")).body
    assert (await front.opens("/r/national/fr")).status == 404
    assert "National" not in (await front.opens(f"{HOME}/en")).body


async def test_a_response_to_many_names_the_first(sqlite_front: Front) -> None:
    names = [await sqlite_front.opened(draft=Draft({"en": f"Matter {n}"}, is_public=True)) for n in range(5)]
    await sqlite_front.responds(*names)
    assert "And 2 more matters. Article 4" in (await sqlite_front.opens(f"{HOME}/en")).text


async def test_many_matters_stand_on_several_pages(sqlite_front: Front) -> None:
    async with sqlite_front.house.database.writing() as session:
        process = await processes.named(session)
        for number in range(53):
            draft = Draft({"en": f"Matter {number:02}"}, is_public=True)
            await matters.open_one(session, process, draft, (), STAFF, NOW + timedelta(seconds=number))
    await sqlite_front.later()
    wall = await sqlite_front.opens(f"{HOME}/en")
    assert wall.text.count("Matter ") == 20
    assert "All matters: 53" in wall.text
    first, second = [await sqlite_front.opens(f"{HOME}/en/matters/{number}") for number in (1, 2)]
    assert (first.text.count("Matter "), second.text.count("Matter ")) == (50, 3)
    assert (await sqlite_front.opens(f"{HOME}/en/matters/3")).status == 404


@pytest.mark.parametrize(
    ("asked_for", "language"),
    [("", "en"), ("ar-SD,en;q=0.5", "ar"), ("en;q=0.2, fr-CA;q=0.9", "fr"), ("de, *;q=0.1", "en"), ("fr;q=0", "en"),
     ("fr;q=much, es", "es")],
)  # fmt: skip
async def test_whoever_comes_first_is_led_to_their_language(sqlite_front: Front, asked_for: str, language: str) -> None:
    for below in ("", "/join", f"/m/{'0' * 32}"):
        led = await sqlite_front.opens(HOME + below, Accept_Language=asked_for)
        assert (led.status, led.headers["Location"]) == (302, f"{HOME}/{language}{below}")
        assert "Accept-Language" in led.headers["Vary"]


async def test_a_matter_can_be_passed_on(sqlite_front: Front) -> None:
    matter = await sqlite_front.opened()
    page = await sqlite_front.opens(f"{HOME}/fr/m/{matter}")
    assert f"https://hear.example{HOME}/m/{matter}" in page.text
    [canonical] = page.seen.rel("canonical")
    assert canonical["href"] == f"https://hear.example{HOME}/fr/m/{matter}"
    alternates = {its["hreflang"]: its["href"] for its in page.seen.rel("alternate") if "hreflang" in its}
    assert alternates == {
        **{code: f"https://hear.example{HOME}/{code}/m/{matter}" for code in PROCESS.languages},
        "x-default": f"https://hear.example{HOME}/m/{matter}",
    }
    properties = {its["property"]: its["content"] for tag, its in page.seen.head if "property" in its}
    assert properties["og:title"] == TITLE["fr"]
    assert properties["og:url"] == canonical["href"]
