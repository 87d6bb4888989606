"""What leaves in a file tells nothing of anybody, and what was said with what became of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from flows import Option, Promise, Question, Scale
from handlers import counts, exports, processes, results
from handlers.exports import Order
from handlers.exports.making import Made, Making
from handlers.exports.pseudonyms import Pseudonyms
from handlers.matters import Draft
from handlers.writing import contents
from storage import consultations
from storage import exports as stored
from storage.states import ExportFormat, ExportKind
from storage.tables import contribution
from tests.exports import reading
from tests.handlers.house import NOW, House
from tests.handlers.test_matters import TITLE, opens, publishes
from tests.storage.rows import Somebody, give, meet

STAFF = "staff-1"
CONTRIBUTIONS = Order(ExportKind.CONTRIBUTIONS, ExportFormat.XLSX, "en")
MATTERS = Order(ExportKind.MATTERS, ExportFormat.XLSX, "en")
PAPER = Order(ExportKind.PAPER, ExportFormat.DOCX, "en")
SECRET = "Interpreters at the clinic of Rue Haute."


async def people(
    house: House, number: int, *, language: str = "en", region: str = "north", first: int = 0
) -> list[Somebody]:
    """So many take part, and each says something."""
    met: list[Somebody] = []
    async with house.database.writing() as session:
        for place in range(first, first + number):
            sender = f"{70_000 + place}{language}{region}"
            who = await meet(session, house.keys, sender, language=language, region=region, process=house.process)
            await give(
                session, who, SECRET, topic="services", process=house.process, language=language, moment=house.now
            )
            met.append(who)
    return met


async def nothing(_progress: int) -> None:
    """Nobody looks how far it is."""


async def made(house: House, order: Order, folder: Path) -> tuple[bytes, Made]:
    """The file as it would be fetched, and how it was made."""
    async with house.database.writing() as session:
        process = await processes.named(session, "regional-review")
        name = await exports.ask(session, process, order, STAFF, house.now)
    async with house.database.reading() as session:
        export = next(its for its in await stored.newest(session, process.id, 9) if its.id == name)
    folder.mkdir(exist_ok=True)  # noqa: ASYNC240 nobody waits for it
    file = await Making(house.database.reading, house.keys, process, export, house.now).make(folder, nothing)
    return b"".join(file.parts), file


async def rows(house: House, order: Order, folder: Path) -> list[list[str]]:
    """Those of the table, without its head; each as wide as that."""
    [_about, (head, *found)] = reading.workbook((await made(house, order, folder))[0]).rows.values()
    return [[*row, *[""] * (len(head) - len(row))] for row in found]


async def test_a_row_tells_what_was_said_about_what_and_nothing_of_whom(house: House, tmp_path: Path) -> None:
    met = await people(house, 9)
    file, how = await made(house, CONTRIBUTIONS, tmp_path)
    assert how.number == 10
    found = reading.workbook(file).rows
    about, table = found["About this file"], found["Contributions"]
    assert ["Process", "Regional review"] in [list(row) for row in about]
    assert any(row[0] == "What is not in it, and why" and "only the weeks" in row[1] for row in about)
    assert table[0][:5] == ["Person, in this file", "Week that begins on", "Language", "Region", "Topic"]
    assert {tuple(row[1:5]) for row in table[1:]} == {("2026-11-23", "English", "The north", "Health, school, housing")}
    assert len({row[0] for row in table[1:]}) == 9
    whole = repr(found)
    for who in met:
        for secret in (who.id, who.id[:6], who.address, who.sender, f"{house.now.day:02}T"):
            assert secret not in whole
    assert "Rue Haute" not in whole, "no moderator has passed it on"


async def words(house: House, name: str, **marks: object) -> None:
    """What staff have made of this contribution."""
    async with house.database.writing() as session:
        await session.execute(update(contribution).where(contribution.c.id == name).values(marks))


async def test_words_leave_only_where_staff_have_read_them_and_without_what_was_masked(
    house: House, tmp_path: Path
) -> None:
    texts = ("Unread.", "=1+1", "Abuse.", "Ask Amal of Rue Haute.")
    names, masked = [], None
    async with house.database.writing() as session:
        for place, text in enumerate(texts):
            who = await meet(session, house.keys, f"7{place:04}", process=house.process)
            names.append(await give(session, who, text, process=house.process))
            masked = who.key.seal("Ask … of ….", contribution.c.masked, names[-1])
    await words(house, names[1], read=house.now)
    await words(house, names[2], read=house.now, hidden=house.now)
    await words(house, names[3], read=house.now, masked=masked)
    file, _how = await made(house, CONTRIBUTIONS, tmp_path)
    workbook = reading.workbook(file)
    assert sorted(row[8] if len(row) > 8 else "" for row in workbook.rows["Contributions"][1:]) == [
        "", "", "=1+1", "Ask … of …."
    ]  # fmt: skip
    assert workbook.formulas == 0


@pytest.mark.parametrize(("number", "quoted"), [(20, 3), (19, 0)])
async def test_only_who_agreed_is_quoted_and_only_among_many(
    house: House, number: int, quoted: int, tmp_path: Path
) -> None:
    await people(house, number)
    async with house.database.reading() as session:
        names = sorted((await session.execute(contribution.select())).scalars())
    for name in names[:5]:
        await words(house, name, read=house.now, quotable=True)
    await words(house, names[5], quotable=True)
    for name in names[6:]:
        await words(house, name, read=house.now)
    text = reading.texts(reading.document((await made(house, PAPER, tmp_path))[0]))
    assert text.count(SECRET) == quoted
    assert ("In the words of people who agreed to be quoted:" in text) is bool(quoted)


async def test_no_two_files_can_be_joined(house: House, tmp_path: Path) -> None:
    await people(house, 12)
    first = await rows(house, CONTRIBUTIONS, tmp_path / "first")
    second = await rows(house, CONTRIBUTIONS, tmp_path / "second")
    assert not {row[0] for row in first} & {row[0] for row in second}
    names = [f"{number}" for number in range(50)]
    assert Pseudonyms().shuffled(names) != Pseudonyms().shuffled(names) != sorted(names)
    assert sorted(Pseudonyms().shuffled(names)) == sorted(names)
    same = Pseudonyms()
    assert same.of("somebody") == same.of("somebody") != Pseudonyms().of("somebody")
    assert "b'" not in repr(same)


async def test_where_few_live_the_region_is_left_out_and_where_few_are_left_the_language(
    house: House, tmp_path: Path
) -> None:
    await people(house, 9)
    await people(house, 8, region="south", first=20)
    await people(house, 7, language="fr", first=40)
    await people(house, 8, language="es", first=60)
    await people(house, 3, language="es", region="south", first=80)
    await people(house, 7, language="ar", first=100)
    await people(house, 2, language="ar", region="south", first=120)
    found = await rows(house, CONTRIBUTIONS, tmp_path)
    cells = {(row[2], row[3]) for row in found}
    assert cells == {
        ("English", "The north"),
        ("English", "The south"),
        ("Spanish", "The north"),
        ("Arabic", ""),
        ("", ""),
    }


def test_nobody_shares_what_is_told_of_them_with_fewer_than_seven() -> None:
    crowds = {("en", "a"): 9, ("en", "b"): 7, ("en", ""): 1, ("fr", "a"): 7, ("es", ""): 8}
    assert counts.told_apart(crowds) == {
        ("en", "a"): ("en", "a"),
        ("en", "b"): ("en", ""),
        ("en", ""): ("en", ""),
        ("fr", "a"): ("", ""),
        ("es", ""): ("es", ""),
    }


async def test_who_was_forgotten_is_in_no_row(house: House, tmp_path: Path) -> None:
    await people(house, 8)
    alice = await house.meets("88001").joins()
    await alice.gives(SECRET)
    assert len(await rows(house, CONTRIBUTIONS, tmp_path / "before")) == 9
    await alice.says("forget", "1")
    found = await rows(house, CONTRIBUTIONS, tmp_path / "after")
    assert len(found) == 8


async def test_tags_stand_right_under_the_head_and_the_file_is_in_the_language_of_whoever_asks(
    house: House, tmp_path: Path
) -> None:
    await people(house, 9)
    order = Order(ExportKind.CONTRIBUTIONS, ExportFormat.CSV, "en", tagged=True)
    found = reading.tables((await made(house, order, tmp_path / "en"))[0])
    assert list(found) == ["about.csv", "contributions.csv"]
    assert found["contributions.csv"][1][:4] == ["#meta+pseudonym", "#date+week", "#lang", "#adm1+name"]
    assert len(found["contributions.csv"]) == 11
    french = reading.workbook((await made(house, Order(order.kind, ExportFormat.XLSX, "fr"), tmp_path / "fr"))[0])
    assert "Semaine" in repr(french.rows)
    assert "anglais" in repr(french.rows)


async def test_a_matter_is_told_with_its_people_its_response_and_what_followed(house: House, tmp_path: Path) -> None:
    met = await people(house, 9)
    async with house.database.reading() as session:
        names = (await session.execute(contribution.select())).scalars().all()
    matter = await opens(house, *names, draft=Draft(TITLE, "services"))
    await opens(house, draft=Draft({"en": "=1+1"}))
    response = await publishes(house, matter)
    result = contents.Result(response, "adopted", {"en": "The council adopted it."}, house.now.date())
    await house.acts(lambda session, process, now: results.publish(session, process, result, now))
    file, _how = await made(house, MATTERS, tmp_path)
    table = reading.workbook(file).rows["Matters"]
    titles = {"Title, English", "Title, French", "Title, Spanish", "Title, Arabic"}
    assert titles <= set(table[0])
    row = next(row for row in table if row[0] == TITLE["en"])
    assert (row[1], row[4]) == (TITLE["fr"], "Health, school, housing")
    assert "10" in row
    assert "It was taken up." in row
    assert "Article 4 of the draft says so." in row
    assert row[-1].endswith("It was adopted. The council adopted it.")
    assert reading.workbook(file).formulas == 0
    waiting = next(row for row in table if row[0] == "=1+1")
    assert "fewer than 8" in waiting
    assert "There is no response yet." in waiting
    assert not any(who.id in repr(table) for who in met)


async def test_the_paper_says_who_was_heard_who_was_not_and_what_has_no_answer(house: House, tmp_path: Path) -> None:
    await people(house, 30)
    await people(house, 9, language="fr", region="south", first=40)
    await people(house, 2, language="es", first=60)
    async with house.database.reading() as session:
        names = (await session.execute(contribution.select())).scalars().all()
    answered = await opens(house, *names, draft=Draft(TITLE, "services"))
    await publishes(house, answered)
    await opens(house, draft=Draft({"en": "Nearer offices"}, "identity", due=house.now.date() + timedelta(days=30)))
    text = reading.texts(reading.document((await made(house, PAPER, tmp_path))[0]))
    for sentence in (
        "What people said: Regional review",
        "Run by Harbour Migration Forum.",
        "There was no consultation.",
        "About 40 people have said something.",
        "English\n30\nFrench\n10\nSpanish\nfewer than 8",
        "Who was hardly heard",
        "Language: Spanish",
        "Language: Arabic",
        "Health, school, housing\nContributions: about 40.\nInterpreters at clinics\nPeople who say it: about 40.",
        "People who say it: about 40.\nIt was taken up. Article 4",
        "Nearer offices\nFewer than 8 people say it.\nThere is no response yet.",
        "Nearer offices: raised on November 23, 2026, a response was promised by December 23, 2026.",
    ):
        assert sentence in text, sentence
    assert "Region: The south" not in text
    assert "Rue Haute" not in text


PROMISED = """What was promised
At the clinic
What it is for: To know.
Who decides: The council.
What can change: Its plan.
You tell us your opinion, your ideas and your worries.
A response was promised by December 2, 2026."""
CLINIC = contents.Consultation(
    {"en": "At the clinic", "fr": "À la clinique"},
    Promise(
        {"en": "To know."}, {"en": "The council."}, {"en": "Its plan."}, "consultation", NOW.date() + timedelta(days=9)
    ),
    (
        Question(
            "who", {"en": "Who helps you?"}, (Option("nurse", {"en": "A nurse"}), Option("friend", {"en": "A friend"}))
        ),
        Question("what", {"en": "What is missing?"}),
        Question("how", {"en": "How well?"}, scale=Scale({"en": "Badly"}, {"en": "Well"})),
    ),
)


async def asked(house: House, number: int, question: str = "who", option: str | None = "nurse") -> None:
    """So many have answered a consultation like this."""
    met = await people(house, number)
    async with house.database.writing() as session:
        await consultations.add(session, "clinic", house.process, contents.pack(CLINIC), house.now)
        answer = {"consultation_id": "clinic", "question": question, "option": option, "words": None, "topic": ""}
        theirs = update(contribution).where(contribution.c.person_id.in_([who.id for who in met]))
        await session.execute(theirs.values(answer))


@pytest.mark.parametrize(
    ("question", "option", "words"),
    [
        ("who", "nurse", ("Who helps you?", "A nurse")),
        ("who", "nurse,friend", ("Who helps you?", "A nurse; A friend")),
        ("how", "2", ("How well?", "2/5")),
        ("what", None, ("What is missing?", "")),
        ("gone", "nurse", ("", "")),
    ],
)
async def test_an_answer_is_told_with_its_question_as_they_are_worded(
    sqlite_house: House, question: str, option: str | None, words: tuple[str, str], tmp_path: Path
) -> None:
    await asked(sqlite_house, 9, question, option)
    found = await rows(sqlite_house, CONTRIBUTIONS, tmp_path)
    assert {tuple(row[4:9]) for row in found} == {("", "At the clinic", *words, "")}


async def test_the_paper_says_what_was_promised_and_which_answers_wait(house: House, tmp_path: Path) -> None:
    await asked(house, 9)
    text = reading.texts(reading.document((await made(house, PAPER, tmp_path))[0]))
    for sentence in (
        PROMISED,
        "At the clinic: asked on November 23, 2026, a response was promised by December 2, 2026.",
    ):
        assert sentence in text, text


@pytest.mark.parametrize("language", ["fr", "es", "ar"])
async def test_the_paper_is_in_each_language_of_the_process(sqlite_house: House, language: str, tmp_path: Path) -> None:
    await people(sqlite_house, 9)
    file, _how = await made(sqlite_house, Order(PAPER.kind, PAPER.format, language), tmp_path)
    text = reading.texts(reading.document(file))
    for english in ("Who was heard", "promised", "people", "About", "There is"):
        assert english not in text, text


async def test_an_empty_process_has_files_too(sqlite_house: House, tmp_path: Path) -> None:
    assert await rows(sqlite_house, CONTRIBUTIONS, tmp_path / "contributions") == []
    assert await rows(sqlite_house, MATTERS, tmp_path / "matters") == []
    text = reading.texts(reading.document((await made(sqlite_house, PAPER, tmp_path / "paper"))[0]))
    assert "Fewer than 8 people have said something" in text
    assert "Everything has an answer." in text


@pytest.mark.parametrize(
    "order",
    [
        Order(ExportKind.PAPER, ExportFormat.XLSX, "en"),
        Order(ExportKind.MATTERS, ExportFormat.DOCX, "en"),
        Order(ExportKind.MATTERS, ExportFormat.XLSX, "xx"),
        Order(ExportKind.PAPER, ExportFormat.DOCX, "de"),
    ],
)
async def test_what_cannot_be_made_is_refused(sqlite_house: House, order: Order) -> None:
    with pytest.raises(contents.Unfit):
        await sqlite_house.acts(lambda session, process, now: exports.ask(session, process, order, STAFF, now))


async def test_not_too_many_are_made_at_once(sqlite_house: House) -> None:
    async def ask() -> str:
        return await sqlite_house.acts(lambda session, process, now: exports.ask(session, process, MATTERS, STAFF, now))

    for _number in range(5):
        await ask()
    with pytest.raises(contents.Unfit, match="Several files are being made already"):
        await ask()
