"""Who reads the console in another language is told in it why something is not kept."""

import pytest

from storage import senders
from storage.roles import Role
from tests.console.conftest import Town

HOME = "/p/regional-review"


@pytest.mark.parametrize(
    ("language", "refusal"),
    [
        ("en", "text: the text in en has 1699 characters, at most 1400 fit."),
        ("fr", "texte : le texte en anglais compte 1699 caractères, or 1400 au plus sont possibles."),
        ("es", "texto: el texto en inglés tiene 1699 caracteres y caben como máximo 1400."),
        ("ar", "النص: عدد رموز النص بالإنجليزية هو 1699، والحد الأقصى 1400."),
    ],
)
async def test_a_text_that_is_too_long(sqlite_town: Town, language: str, refusal: str) -> None:
    writer = await sqlite_town.signed_in(language=language)
    await writer.opens(f"{HOME}/tell/new")
    page = await writer.sends("/tell/new", title="Hearing", language="en", text="A long sentence. " * 100)
    assert page.status == 422
    assert refusal in page.text


async def test_hours_that_cannot_be(sqlite_town: Town) -> None:
    owner = await sqlite_town.signed_in(Role.OWNER, language="ar")
    await owner.opens(f"{HOME}/settings/hours")
    page = await owner.sends("/hours", daytime="yes", opens="20:00", closes="09:00", zone="Africa/Tunis")
    assert "ساعات الإرسال: يجب أن تسبق البداية النهاية في اليوم نفسه." in page.text
    page = await owner.sends("/hours", daytime="yes", opens="09:00", closes="20:00", zone="<b>Mars")
    assert "ساعات الإرسال، المنطقة الزمنية: لا توجد منطقة زمنية '<b>Mars'" in page.text
    assert "<b>Mars" not in page.html


async def test_a_word_that_means_something_else(sqlite_town: Town) -> None:
    async with sqlite_town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
    organizer = await sqlite_town.signed_in(language="fr")
    await organizer.opens(f"{HOME}/settings/doors")
    page = await organizer.sends("/doors", word="stop", sender="telegram")
    assert "'stop', ou un mot presque pareil, veut dire autre chose quand les gens l’envoient." in page.text
    page = await organizer.sends("/doors", word="harbour", sender="telegram", source="?")
    assert "Le lieu a de 1 à 40 lettres" in page.text


async def test_a_last_day_that_has_passed_is_said_in_words(sqlite_town: Town) -> None:
    organizer = await sqlite_town.signed_in(language="fr")
    await organizer.opens(f"{HOME}/tell/new")
    page = await organizer.sends("/tell/new", title="Hearing", language="en", text="The hearing is on Monday.")
    item = page.path
    await organizer.opens(f"{item}/audience")
    await organizer.sends("/audience", not_after="2026-01-02")
    page = await organizer.opens(f"{item}/send")
    assert "dernier jour : le 2 janvier 2026 est passé." in page.text


async def test_who_is_refused_while_somebody_else_was_quicker(sqlite_town: Town) -> None:
    first, second = await sqlite_town.signed_in(), await sqlite_town.signed_in(language="es")
    await first.opens(f"{HOME}/tell/new")
    item = (await first.sends("/tell/new", title="Hearing", language="en", text="The hearing is on Monday.")).path
    await second.opens(f"{item}/audience")
    await first.opens(f"{item}/audience")
    await first.sends("/audience", languages=["fr"])
    page = await second.sends("/audience", languages=["ar"])
    assert "Otra persona ha cambiado a quién o cuándo debe llegar esto." in page.text


async def test_what_waits_to_be_approved_already(sqlite_town: Town) -> None:
    async with sqlite_town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
    organizer = await sqlite_town.signed_in(language="ar")
    await organizer.opens(f"{HOME}/tell/new")
    item = (await organizer.sends("/tell/new", title="Hearing", language="ar", text="الجلسة يوم الجمعة.")).path
    await organizer.opens(f"{item}/send")
    await organizer.sends("/send")
    await organizer.opens(f"{item}/send")
    token = next(field for field in organizer.page.form("/send").fields if "token" in field[0])  # type: ignore[union-attr]
    page = await organizer.posts(f"{item}/send", [token])
    assert page.status == 422
    assert "طُلب هذا من قبل: وهو ينتظر الموافقة أو الإرسال." in page.text
