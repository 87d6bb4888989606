"""Our own texts are corrected one by one, and said so at once; what would mislead people is refused with the reason."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

import channels
import flows
import locales
from exports import po, xliff
from flows._engine.words import everywhere
from handlers import corrections, doors
from handlers.corrections import Place
from handlers.writing import wordings
from handlers.writing.contents import Unfit
from handlers.writing.wordings import OwnText, id_of
from locales import _, entries, languages, ngettext, speaking
from storage import Database, senders
from tests.handlers.house import NOW, House
from tests.storage.rows import REVIEWER, opened, reviewing

THANKS = "Nothing was erased."
QUESTIONS = "There is {number} question."
SIGNED = "Please answer by {day}."


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    locales.correct({})


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        async with database.writing() as session:
            await reviewing(session)
        yield database


async def corrected(database: Database, place: Place, wording: str, edition: int = 0) -> OwnText:
    """And taken up by this program."""
    async with database.writing() as session:
        await reviewing(session)
        text = await corrections.correct(session, place, wording, REVIEWER, edition, NOW)
        locales.correct(await corrections.load(session))
    return text


async def why_not(database: Database, language: str, english: str, wording: str, form: int = 0) -> str:
    with pytest.raises(Unfit) as unfit:
        await corrected(database, Place(language, id_of(english), form), wording)
    return str(unfit.value)


async def test_a_text_is_said_as_it_was_corrected_until_that_is_taken_back(database: Database) -> None:
    place = Place("es", id_of(THANKS))
    with speaking("es"):
        before = _(THANKS)
    text = await corrected(database, place, "  No se ha borrado nada.\r\n")
    assert (text.wordings[0].now, text.wordings[0].edition, text.is_stale) == ("No se ha borrado nada.", 1, False)
    with speaking("es"):
        assert _(THANKS) == "No se ha borrado nada."
        assert _("Menu") == "Menú"
    with speaking("fr"):
        assert _(THANKS) != "No se ha borrado nada."
    async with database.writing() as session:
        text = await corrections.take_back(session, place, REVIEWER, 1, NOW)
        assert await corrections.load(session) == {}
        locales.correct(await corrections.load(session))
    assert (text.wordings[0].now, text.wordings[0].edition, text.is_corrected) == (before, 2, False)
    with speaking("es"):
        assert _(THANKS) == before


async def test_one_plural_is_corrected_alone(sqlite: Database) -> None:
    async with sqlite.reading() as session:
        text = await corrections.find(session, "ar", id_of(QUESTIONS))
    assert [wording.numbers for wording in text.wordings][:3] == [(0,), (1,), (2,)]
    with speaking("ar"):
        before = [ngettext(QUESTIONS, text.plural, number) for number in (1, 2, 11)]
    await corrected(sqlite, Place("ar", text.id, 2), "هناك سؤالان اثنان.")
    with speaking("ar"):
        assert [ngettext(QUESTIONS, text.plural, number) for number in (1, 2, 11)] == [
            before[0],
            "هناك سؤالان اثنان.",
            before[2],
        ]


async def test_whoever_corrects_what_somebody_else_has_changed_is_told(database: Database) -> None:
    place = Place("fr", id_of(THANKS))
    await corrected(database, place, "Rien n’a disparu.")
    with pytest.raises(Unfit, match="meanwhile"):
        await corrected(database, place, "Rien n’a été perdu.")
    await corrected(database, place, "Rien n’a été perdu.", edition=1)
    async with database.reading() as session:
        assert (await corrections.find(session, "fr", place.text)).wordings[0].now == "Rien n’a été perdu."


async def test_french_is_set_as_it_is_whatever_keys_were_pressed(sqlite: Database) -> None:
    text = await corrected(sqlite, Place("fr", id_of(THANKS)), "C'est fait ? Oui: \"rien\" n'a bougé !")
    assert text.wordings[0].now == 'C’est fait\u202f? Oui\u00a0: "rien" n’a bougé\u202f!'


async def test_it_is_shown_where_a_text_is_said_and_what_the_talk_is_called(sqlite: Database) -> None:
    async with sqlite.reading() as session:
        with speaking("fr"):
            texts = {text.english: text for text in await corrections.listed(session, "fr")}
    uses = [(use.file, use.talk) for use in texts["Add the topic"].uses]
    assert uses == [("flows/share", "Donner mon avis")]
    assert all(text.uses for text in texts.values())
    assert {len(text.wordings) for text in texts.values()} == {1, 2}


REFUSED = [
    ("fr", THANKS, "  ", "empty"),
    ("fr", THANKS, "Rien\nperdu.", "lines"),
    ("fr", THANKS, "Rien \u202eperdu.", "control"),
    ("fr", THANKS, "Rien {name}.", "{name}"),
    ("fr", THANKS, "Rien { perdu.", "brace"),
    ("fr", THANKS, "Rien perdu. " * 20, "at most"),
    ("fr", THANKS, "Rien n’a été perdu ☂.", "☂"),
    ("fr", SIGNED, "Répondez bientôt.", "{day}"),
    ("fr", SIGNED, "Répondez avant le {day.__class__}.", "{day}"),
    ("fr", SIGNED, "Répondez avant le {day!r}.", "{day}"),
    (
        "fr",
        "The council that you sit on votes:\n{told}\n\nSend {stop} to get no more messages.",
        "x\n{told}\n\n{stop}",
        "W",
    ),
    ("fr", "Add the topic", "Ajouter le sujet de mon message", "20"),
    ("fr", "Take it back", "Menu", "Another choice"),
    ("fr", "Take it back", "Stop", "carries"),
    ("fr", "share", "stop", "word of ours"),
    ("fr", "share", "توقف", "word of ours"),
    ("fr", "share", "deux mots", "one word"),
    ("fr", "share", "partager||", "one word"),
    ("fr", "share", "désabonner", "mean something else"),
    ("fr", "share", "deux", "mean something else"),
    ("fr", "share", "français", "word of ours"),
    ("fr", "share", "quit", "carries"),
    ("en", THANKS, "Nothing is gone.", "no catalog"),
    ("xx", THANKS, "Nothing is gone.", "no catalog"),
    ("fr", "We never say this.", "Jamais.", "no such text"),
]


async def test_what_would_harm_is_refused_with_the_reason(sqlite: Database) -> None:
    for language, english, wording, reason in REFUSED:
        assert reason in await why_not(sqlite, language, english, wording), wording


async def test_the_plural_for_many_says_the_number_and_there_are_no_more_than_the_language_has(
    sqlite: Database,
) -> None:
    assert "{number}" in await why_not(sqlite, "fr", QUESTIONS, "Il y a des questions.", 1)
    assert "no such text" in await why_not(sqlite, "fr", QUESTIONS, "Il y a {number} questions.", 2)
    await corrected(sqlite, Place("fr", id_of(QUESTIONS)), "Il y a une question.")


async def test_a_corrected_word_is_heard_and_shown_and_the_old_one_is_still_heard(house: House) -> None:
    alice = house.meets()
    await alice.says("bonjour", "1")
    await corrected(house.database, Place("fr", id_of("share")), "soumettre")
    with speaking("fr"):
        assert flows.to_send("share") == "SOUMETTRE"
    assert everywhere("share") >= {"soumettre", "partager"}
    opened = await alice.says("soumettre")
    await alice.says("menu")
    assert opened == await alice.says("partager") != ""


async def test_two_words_that_are_corrected_within_seconds_stay_apart(sqlite: Database) -> None:
    async with sqlite.writing() as session:
        await corrections.correct(session, Place("fr", id_of("share")), "soumettre", REVIEWER, 0, NOW)
    assert "word of ours" in await why_not(sqlite, "fr", "answer", "soumettre")


async def test_the_word_of_a_door_is_no_word_of_ours(house: House) -> None:
    async with house.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
    await house.acts(lambda session, process, _now: doors.add(session, process, doors.NewDoor("telegram", "harbour")))
    assert "door" in await why_not(house.database, "fr", "share", "Harbour")


async def test_what_the_code_does_not_say_any_more_or_cannot_fill_in_is_not_said(sqlite: Database) -> None:
    async with sqlite.writing() as session:
        await corrections.correct(
            session, Place("fr", id_of(SIGNED)), "Répondez le {day} au plus tard.", REVIEWER, 0, NOW
        )
        await session.exec_driver_sql("UPDATE correction SET wording = 'Répondez {never}.'")
        assert await corrections.load(session) == {}
        await session.exec_driver_sql("UPDATE correction SET wording = 'Oui.', text = 'gone'")
        assert await corrections.load(session) == {}


async def test_a_correction_of_what_our_catalog_says_otherwise_by_now_is_stale(sqlite: Database) -> None:
    await corrected(sqlite, Place("fr", id_of(THANKS)), "Rien n’a disparu.")
    async with sqlite.writing() as session:
        await session.exec_driver_sql("UPDATE correction SET before = 'Autre chose.'")
        text = await corrections.find(session, "fr", id_of(THANKS))
    assert (text.is_corrected, text.is_stale) == (True, True)


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_nothing_that_our_catalogs_say_would_be_refused(language: str) -> None:
    """But for what WhatsApp approves."""
    texts = wordings.texts(language)
    refused = [
        (text.english, why)
        for text in texts
        for form, wording in enumerate(text.wordings)
        if (why := wordings.unfit(text, form, wordings.tidied(text, wording.ours), texts))
        and not flows.is_approved_elsewhere(text.english)
    ]
    assert refused == []
    assert [
        text.english for text in texts for its in text.wordings if wordings.tidied(text, its.ours) != its.ours
    ] == []


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_the_longest_that_may_be_written_leaves_every_question_as_short_as_it_has_to_be(language: str) -> None:
    """The question for the language takes one segment of SMS."""
    question = next(text for text in wordings.texts(language) if text.english == "Language?")
    short = [text.english for text in wordings.texts(language) if text.room]
    assert {"Yes, I agree", "Vote now", "Menu", "None of these", "Honest numbers"} <= set(short)
    assert wordings.unfit(question, 0, "x" * 26, [question]) != ""


@pytest.mark.parametrize("format_", [po, xliff])
async def test_a_file_of_our_texts_comes_back_as_differences_and_is_taken(sqlite: Database, format_) -> None:  # type: ignore[no-untyped-def]
    async with sqlite.writing() as session:
        texts = await corrections.listed(session, "fr")
        sheet = corrections.sheet(texts, "fr")
        back = format_.read(format_.write(sheet), sheet)
        assert corrections.changes(texts, "fr", back) == []
        edited = {id_of(THANKS): "Rien n'a disparu.", id_of(SIGNED): "Répondez.", id_of("Take it back"): "Menu"}
        units = tuple(replace(unit, target=edited.get(unit.id, unit.target)) for unit in back.units)
        units += (replace(units[0], id="0" * 32),)
        back = replace(back, units=units)
        found = {change.id: change for change in corrections.changes(texts, "fr", back)}
        assert set(found) == {*edited, "0" * 32}
        assert [name for name, change in found.items() if not change.problem] == [id_of(THANKS)]
        assert await corrections.take(session, "fr", back, None, REVIEWER, NOW) == 1
        assert await corrections.load(session) == {"fr": {(THANKS, 0): "Rien n’a disparu."}}
        assert await corrections.take(session, "fr", back, None, REVIEWER, NOW) == 0


def test_hearing_and_saying_cost_what_they_did() -> None:
    """What was corrected is looked up when a text is said for the first time, and remembered with all others."""
    locales.correct({"fr": {(THANKS, 0): "Rien."}})
    with speaking("fr"):
        assert [_(THANKS), _(THANKS)] == ["Rien.", "Rien."]
    assert locales._translated.cache_info().hits >= 1
    assert len(entries("fr")) > 200
    assert channels.reserved_words()
