"""What organizers write is understood, or refused with the place of the mistake."""

import dataclasses
from pathlib import Path

import pytest

import flows
from handlers import bulletins, consultations, contents, contributions, processes, telling
from locales import languages
from storage.broadcasts import Audience
from tests.handlers.house import PROCESS, House
from tests.handlers.written import asked

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
KINDS = {
    "bulletin": contents.Bulletin,
    "consultation": contents.Consultation,
    "process": flows.Process,
    "response": contents.Response,
    "round": contents.Round,
}


@pytest.mark.parametrize("name", KINDS)
def test_the_examples_are_understood(name: str) -> None:
    contents.read((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"), KINDS[name])


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("text = ", "not a TOML file"),
        ("text = " + "[" * 5000, "brackets|TOML"),
        ('text = "x"', "text"),
        ("[text]\nen = 5", "str"),
        ("", "text"),
        ('not_after = "soon"\n[text]\nen = "x"', "not_after"),
        ('not_after = 2027-13-01\n[text]\nen = "x"', "TOML"),
        ('not_aftr = 2027-01-01\n[text]\nen = "x"', "not_aftr: there is nothing of this name"),
        ('[text]\nen = "x"\n[audience]\nlanguage = ["fr"]', "audience.language: there is nothing of this name"),
        ('[text]\nen = "x"\n[audiance]\nlanguages = ["fr"]', "audiance: there is nothing of this name"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(toml: str, said: str) -> None:
    with pytest.raises(contents.Unfit, match=said):
        contents.read(toml, contents.Bulletin)


def test_a_slip_inside_a_list_is_found() -> None:
    toml = (EXAMPLES / "round.toml").read_text(encoding="utf-8").replace("value =", "valu = 1\nvalue =", 1)
    with pytest.raises(contents.Unfit, match=r"matters\.1\.valu: there is nothing"):
        contents.read(toml, contents.Round)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({}, "at least one language"),
        ({"en": "x", "fr": " \n"}, "text in fr is empty"),
        ({"en": "x", "tlh": "nuqneH"}, "no language 'tlh'"),
        ({"en": "x" * 1401}, "has 1401 characters, at most 1400"),
        ({"en": "🙂" * 701}, "has 1402 characters"),
        ({"en": "a\0b"}, "control character"),
        ({"en": "a\x1b[2J"}, "control character"),
        ({"en": "a\ud800"}, "control character"),
        ({"en": "abc\u202ecba"}, "control character"),
    ],
)
async def test_a_bulletin_that_cannot_be_sent_is_refused(house: House, text: dict[str, str], said: str) -> None:
    with pytest.raises(contents.Unfit, match=f"text: .*{said}"):
        await house.does(lambda session, now: bulletins.publish(session, contents.Bulletin(text), now))
    assert await house.column("SELECT id FROM broadcast") == []


async def test_marks_of_direction_and_isolates_are_welcome(house: House) -> None:
    text = contents.Bulletin({"ar": "المسودة \u2068draft 4\u2069 مفتوحة.\u200f\n\nشكرا"})
    assert await house.does(lambda session, now: bulletins.publish(session, text, now))


@pytest.mark.parametrize("wrong", [{"languages": ("fra",)}, {"regions": ("moon",)}, {"channels": ("fax",)}])
async def test_an_audience_that_nobody_can_be_in_is_refused(house: House, wrong: dict[str, tuple[str, ...]]) -> None:
    bulletin = contents.Bulletin({"en": "x"}, Audience(**wrong))  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=f"audience.{next(iter(wrong))}: there is no"):
        await house.does(lambda session, now: bulletins.publish(session, bulletin, now))


async def test_a_bulletin_of_yesterday_is_refused(house: House) -> None:
    old = contents.Bulletin({"en": "x"}, not_after=house.now.date().replace(day=1))
    with pytest.raises(contents.Unfit, match="not_after"):
        await house.does(lambda session, now: bulletins.publish(session, old, now))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": {"en": "x" * 201}}, "title"),
        ({"title": {"en": "two\nlines"}}, "title"),
        ({"questions": ()}, "questions"),
        ({"questions": asked().questions * 6}, "questions"),
        ({"questions": asked().questions[:1] * 2}, "same key"),
        ({"questions": (flows.Question("Why not?", {"en": "Why?"}),)}, "questions"),
        ({"promise": dataclasses.replace(asked().promise, level="some")}, "promise.level"),
        ({"promise": dataclasses.replace(asked().promise, who_decides={})}, "promise.who_decides"),
    ],
)
async def test_a_consultation_that_cannot_be_asked_is_refused(
    house: House, wrong: dict[str, object], said: str
) -> None:
    unfit = dataclasses.replace(asked(), **wrong)  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=said):
        await house.does(lambda session, now: consultations.open_(session, unfit, now))


async def test_a_consultation_closes_once(house: House) -> None:
    name, _broadcast = await house.does(lambda session, now: consultations.open_(session, asked(), now))
    await house.does(lambda session, now: consultations.close(session, name, now))
    with pytest.raises(contents.Unfit, match="No consultation that is open"):
        await house.does(lambda session, now: consultations.close(session, name, now))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": {}}, "title"),
        ({"organizer": {"en": "two\nlines"}}, "organizer"),
        ({"contact": {"en": ""}}, "contact"),
        ({"languages": ()}, "languages"),
        ({"languages": ("en", "tlh")}, "languages"),
        ({"regions": PROCESS.regions * 2}, "regions"),
        ({"regions": (*PROCESS.regions, flows.Option("rather_not_say", {"en": "Nowhere"}))}, "regions"),
        ({"regions": (*PROCESS.regions, flows.Option("Über", {"en": "Over"}))}, "regions"),
    ],
)
async def test_a_process_that_cannot_be_run_is_refused(house: House, wrong: dict[str, object], said: str) -> None:
    unfit = dataclasses.replace(PROCESS, **wrong)  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=said):
        await house.does(lambda session, now: processes.begin(session, unfit, now))


@pytest.mark.parametrize("length", [1200, 1400])
async def test_a_reason_leaves_as_one_message_in_every_language_or_not_at_all(house: House, length: int) -> None:
    name = await (await house.meets().joins()).gives()
    response = contents.Response("taken_up_in_part", {"en": "x" * length}, (name,))
    if length == 1400:
        with pytest.raises(contents.Unfit, match=r"reason: in .. our message has"):
            await house.does(lambda session, now: contributions.respond(session, response, now))
        return
    await house.does(lambda session, now: contributions.respond(session, response, now))
    [packed] = await house.column("SELECT renditions FROM broadcast")
    told = flows.told(packed)
    assert all(contents.length(told.to(language)) <= telling.LONGEST for language in languages())


@pytest.mark.parametrize("language", languages())
def test_a_bulletin_of_the_greatest_length_fits_with_its_notice(language: str) -> None:
    for written in languages():
        told = flows.Told({written: "x" * contents.LONGEST}, languages())
        assert contents.length(told.to(language)) <= telling.LONGEST
