"""What organizers write is understood, or refused with the place of the mistake."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

import flows
from channels.whatsapp._content import ROW_LABEL
from handlers import bulletins, consultations, processes, responses, telling
from handlers.writing import contents
from locales import languages
from storage import doors, senders
from storage.broadcasts import Audience
from storage.doors import Door
from tests.handlers.house import PROCESS, House
from tests.handlers.written import consultation

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
KINDS = {
    "bulletin": contents.Bulletin,
    "consultation": contents.Consultation,
    "process": flows.Process,
    "response": contents.Response,
    "round": contents.Round,
}


DAYTIME = flows.Daytime("Africa/Tunis")


EASY = {"en": "Easy"}
ENDS, ONE = flows.Scale(EASY, {"en": "Hard"}), (flows.Option("a", {"en": "A"}),)


def too_long_to_tap(language: str) -> flows.Question:
    options = (flows.Region("short", {"en": "x" * 24}), flows.Region("long", {"en": "Short", language: "x" * 25}))
    return flows.Question("q", {"en": "Which?"}, options)


def in_zone(zone: str) -> tuple[flows.Region, ...]:
    return tuple(dataclasses.replace(region, zone=zone) for region in PROCESS.regions)


@pytest.mark.parametrize("name", KINDS)
def test_the_examples_are_understood(name: str) -> None:
    contents.read((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"), KINDS[name])


@pytest.mark.parametrize(
    ("toml", "explanation"),
    [
        ("text = ", "not a TOML file"),
        ("text = " + "[" * 5000, "brackets|TOML"),
        ('text = "x"', "text"),
        ("[text]\nen = 5", "text: write a text in quotation marks"),
        ("", "text"),
        ('not_after = "soon"\n[text]\nen = "x"', "not_after"),
        ('not_after = 2027-13-01\n[text]\nen = "x"', "TOML"),
        ('not_aftr = 2027-01-01\n[text]\nen = "x"', "not_aftr: there is nothing of this name"),
        ('outside = "wait"\n[text]\nen = "x"', "outside"),
        ('urgent = "yes"\n[text]\nen = "x"', "urgent"),
        ('[text]\nen = "x"\n[audience]\nlanguage = ["fr"]', "audience.language: there is nothing of this name"),
        ('[text]\nen = "x"\n[audiance]\nlanguages = ["fr"]', "audiance: there is nothing of this name"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(toml: str, explanation: str) -> None:
    with pytest.raises(contents.Unfit, match=explanation):
        contents.read(toml, contents.Bulletin)


def test_a_slip_inside_a_list_is_found() -> None:
    toml = (EXAMPLES / "round.toml").read_text(encoding="utf-8").replace("value =", "valu = 1\nvalue =", 1)
    with pytest.raises(contents.Unfit, match=r"matters\.1\.valu: there is nothing"):
        contents.read(toml, contents.Round)


@pytest.mark.parametrize(
    ("text", "explanation"),
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
async def test_a_bulletin_that_cannot_be_sent_is_refused(house: House, text: dict[str, str], explanation: str) -> None:
    with pytest.raises(contents.Unfit, match=f"text: .*{explanation}"):
        await house.acts(
            lambda session, process, now: bulletins.publish(session, process, contents.Bulletin(text), now)
        )
    assert await house.column("SELECT id FROM broadcast") == []


async def test_marks_of_direction_and_isolates_are_welcome(house: House) -> None:
    text = contents.Bulletin({"ar": "المسودة \u2068draft 4\u2069 مفتوحة.\u200f\n\nشكرا"})
    assert await house.acts(lambda session, process, now: bulletins.publish(session, process, text, now))


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": ("fra",)},
        {"regions": ("moon",)},
        {"channels": ("fax",)},
        {"sources": ("poster",)},
        {"took_part": ("abcd",)},
        {"took_part": ("",)},
    ],
)
async def test_an_audience_that_nobody_can_be_in_is_refused(house: House, wrong: dict[str, tuple[str, ...]]) -> None:
    bulletin = contents.Bulletin({"en": "x"}, Audience(**wrong))  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=f"audience.{next(iter(wrong))}: (there is no|no consultation)"):
        await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))


async def test_an_audience_can_be_of_a_door_and_of_a_consultation_by_the_beginning_of_its_id(house: House) -> None:
    name, _number = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    async with house.database.writing() as session:
        await senders.keep(session, {"sms": "sms"})
        [process] = await house.column("SELECT id FROM process")
        await doors.add(session, Door("sms", "harbour", process, None, "poster"))
    audience = Audience(sources=("poster",), took_part=(name[:4],))
    bulletin = contents.Bulletin({"en": "x"}, audience)
    await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
    kept = [text for text in await house.column("SELECT audience FROM broadcast") if name in text]
    assert [contents.unpack(text, Audience) for text in kept] == [Audience(sources=("poster",), took_part=(name,))]


async def test_a_bulletin_of_yesterday_is_refused(house: House) -> None:
    old = contents.Bulletin({"en": "x"}, not_after=house.now.date().replace(day=1))
    with pytest.raises(contents.Unfit, match="not_after"):
        await house.acts(lambda session, process, now: bulletins.publish(session, process, old, now))


@pytest.mark.parametrize(
    ("wrong", "explanation"),
    [
        ({"not_before": "soon"}, "not_before: 'soon' is no day or moment"),
        ({"not_before": "2026-13-01"}, "not_before"),
        ({"not_before": "0001-01-01T00:00:00+14:00"}, "not_before"),
        ({"not_before": "2026-12-01", "not_after": date(2026, 11, 30)}, "not_after: that is over before not_before"),
        ({"not_after": date.max}, "not_after"),
        ({"outside": ()}, "outside"),
        ({"outside": ("template", "template")}, "outside"),
        ({"outside": ("telepathy",)}, "outside"),
        ({"outside": ("wait", "elsewhere")}, 'outside: "wait" stands last'),
        ({"repeat": "always"}, "repeat is one of"),
    ],
)
async def test_a_bulletin_that_cannot_leave_as_it_says_is_refused(
    house: House, wrong: dict[str, object], explanation: str
) -> None:
    unfit = dataclasses.replace(contents.Bulletin({"en": "x"}), **wrong)  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=explanation):
        await house.acts(lambda session, process, now: bulletins.publish(session, process, unfit, now))
    assert await house.column("SELECT id FROM broadcast UNION SELECT id FROM schedule") == []


@pytest.mark.parametrize("written", ["2027-01-11", "2027-01-11T18:00:00", "2027-01-11T18:00:00+01:00", '"2027-01-11"'])
def test_a_moment_may_be_written_as_toml_writes_it_or_as_a_text(written: str) -> None:
    read = contents.read(f'not_before = {written}\n[text]\nen = "x"', contents.Bulletin)
    assert read.not_before == written.strip('"')


def test_what_was_stored_before_there_were_hours_is_still_understood() -> None:
    bulletin = contents.unpack('{"text":{"en":"x"},"audience":{},"not_after":"2027-01-11"}', contents.Bulletin)
    assert bulletin == contents.Bulletin({"en": "x"}, not_after=date(2027, 1, 11))
    region = '{"value":"north","label":{"en":"The north"}}'
    stored = f'{{"title":{{"en":"x"}},"organizer":{{"en":"x"}},"languages":["en"],"regions":[{region}]}}'
    process = contents.unpack(stored, flows.Process)
    assert process.daytime is None
    assert process.sms_without_accents
    assert process.regions == (flows.Region("north", {"en": "The north"}),)


@pytest.mark.parametrize(
    ("wrong", "explanation"),
    [
        ({"title": {"en": "x" * 201}}, "title"),
        ({"title": {"en": "two\nlines"}}, "title"),
        ({"questions": ()}, "questions"),
        ({"questions": consultation().questions * 6}, "questions"),
        ({"questions": consultation().questions[:1] * 2}, "same key"),
        ({"questions": (too_long_to_tap("fr"),)}, "questions: q: long: the label in fr has 25 characters"),
        ({"questions": (flows.Question("Why not?", {"en": "Why?"}),)}, "questions"),
        ({"questions": (flows.Question("q", {"en": "Which?"}, several=True),)}, "questions: q: several"),
        ({"questions": (flows.Question("q", {"en": "Which?"}, ONE, several=True),)}, "between 2 and 12 choices"),
        ({"questions": (flows.Question("q", {"en": "How?"}, ONE, scale=ENDS),)}, "options or a scale, not both"),
        ({"questions": (flows.Question("q", {"en": "How?"}, scale=flows.Scale(EASY, EASY, 2)),)}, "between 3 and 10"),
        ({"questions": (flows.Question("q", {"en": "How?"}, scale=flows.Scale(EASY, {})),)}, "scale: highest"),
        (
            {"questions": (flows.Question("q", {"en": "How?"}, scale=flows.Scale({"en": "x" * 25}, EASY)),)},
            "scale: lowest: the label in en has 25",
        ),
        ({"promise": dataclasses.replace(consultation().promise, level="some")}, "promise.level"),
        ({"promise": dataclasses.replace(consultation().promise, who_decides={})}, "promise.who_decides"),
    ],
)
async def test_a_consultation_that_cannot_be_asked_is_refused(
    house: House, wrong: dict[str, object], explanation: str
) -> None:
    unfit = dataclasses.replace(consultation(), **wrong)  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=explanation):
        await house.acts(lambda session, process, now: consultations.open_(session, process, unfit, now))


async def test_a_consultation_closes_once(house: House) -> None:
    name, _broadcast = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    await house.acts(lambda session, process, now: consultations.close(session, process, name, now))
    with pytest.raises(contents.Unfit, match="No consultation that is open"):
        await house.acts(lambda session, process, now: consultations.close(session, process, name, now))


@pytest.mark.parametrize(
    ("wrong", "explanation"),
    [
        ({"title": {}}, "title"),
        ({"organizer": {"en": "two\nlines"}}, "organizer"),
        ({"contact": {"en": ""}}, "contact"),
        ({"languages": ()}, "languages"),
        ({"languages": ("en", "tlh")}, "languages"),
        ({"regions": PROCESS.regions * 2}, "regions"),
        ({"regions": (*PROCESS.regions, flows.Region("rather_not_say", {"en": "Nowhere"}))}, "regions"),
        ({"regions": (*PROCESS.regions, flows.Region("Über", {"en": "Over"}))}, "regions"),
        ({"regions": too_long_to_tap("ar").options}, "regions: long: the label in ar has 25 .* shows 24. Shorten it"),
        ({"regions": in_zone("Europe/Paris")}, r"regions: a zone .* add \[daytime\]"),
        ({"regions": in_zone("Paris"), "daytime": DAYTIME}, "regions: north: zone: there is no time zone 'Paris'"),
        ({"daytime": flows.Daytime("")}, "daytime.zone: there is no time zone ''"),
        ({"daytime": flows.Daytime("Africa")}, "daytime.zone: there is no time zone 'Africa'"),
        ({"daytime": flows.Daytime("../UTC")}, "daytime.zone: there is no time zone"),
        ({"daytime": flows.Daytime("UTC", opens="9:00")}, "daytime.opens: '9:00' is no time of day"),
        ({"daytime": flows.Daytime("UTC", opens="09:00:30")}, "daytime.opens"),
        ({"daytime": flows.Daytime("UTC", closes="24:00")}, "daytime.closes"),
        ({"daytime": flows.Daytime("UTC", closes="20:00+01:00")}, "daytime.closes"),
        ({"daytime": flows.Daytime("UTC", "20:00", "09:00")}, "daytime: it must open before it closes"),
        ({"daytime": flows.Daytime("UTC", "09:00", "09:00")}, "daytime: it must open before it closes"),
        ({"daytime": flows.Daytime("UTC", quiet=("Sunday",))}, "daytime.quiet: 'Sunday' is no day"),
        ({"daytime": flows.Daytime("UTC", quiet=("20261225",))}, "daytime.quiet: '20261225' is no day"),
        ({"daytime": flows.Daytime("UTC", quiet=flows.WEEKDAYS)}, "daytime.quiet: every day of the week"),
    ],
)
async def test_a_process_that_cannot_be_run_is_refused(
    house: House, wrong: dict[str, object], explanation: str
) -> None:
    unfit = dataclasses.replace(PROCESS, **wrong)  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit, match=explanation):
        await house.does(lambda session, now: processes.begin(session, unfit, now))


def test_whether_accents_are_left_out_is_a_yes_or_no() -> None:
    written = (EXAMPLES / "process.toml").read_text(encoding="utf-8")
    assert contents.read(written, flows.Process).sms_without_accents
    with pytest.raises(contents.Unfit, match="sms_without_accents"):
        contents.read(written.replace("accents = true", 'accents = "no"'), flows.Process)


@pytest.mark.parametrize("without_accents", [True, False])
async def test_a_process_says_whether_accents_are_left_out_by_sms(house: House, without_accents: bool) -> None:
    alice = await house.meets(channel="sms").joins()
    process = dataclasses.replace(PROCESS, sms_without_accents=without_accents)
    await house.does(lambda session, now: processes.begin(session, process, now))
    await house.takes(alice.message("help"))
    await house.acts(
        lambda session, process, now: bulletins.publish(session, process, contents.Bulletin({"en": "News."}), now)
    )
    await house.sends()
    reply, bulletin = house.left[alice.sender]
    assert reply.without_accents == bulletin.without_accents == without_accents
    assert bulletin.if_room[-1] == PROCESS.organizer["en"]
    assert not reply.if_room


def test_what_is_chosen_alone_may_be_as_long_as_a_list_shows() -> None:
    assert contents.LONGEST_TO_TAP == ROW_LABEL


@pytest.mark.parametrize("length", [1200, 1400])
async def test_a_reason_leaves_as_one_message_in_every_language_or_not_at_all(house: House, length: int) -> None:
    name = await (await house.meets().joins()).gives()
    response = contents.Response("taken_up_in_part", {"en": "x" * length}, (name,))
    if length == 1400:
        with pytest.raises(contents.Unfit, match=r"reason: in .. our message has"):
            await house.acts(lambda session, process, now: responses.respond(session, process, response, now))
        return
    await house.acts(lambda session, process, now: responses.respond(session, process, response, now))
    [packed] = await house.column("SELECT renditions FROM broadcast")
    renditions = flows.told(packed)
    assert all(contents.length(renditions.to(language)) <= telling.LONGEST for language in languages())


@pytest.mark.parametrize("language", languages())
def test_a_bulletin_of_the_greatest_length_fits_with_its_notice(language: str) -> None:
    for written in languages():
        renditions = flows.Told({written: "x" * contents.LONGEST}, languages())
        assert contents.length(renditions.to(language)) <= telling.LONGEST
