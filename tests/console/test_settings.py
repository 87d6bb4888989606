"""An owner sets a process up, and an organizer puts up a word by which people come in."""

from handlers import processes
from storage import senders
from storage.roles import Role
from tests.console.conftest import Town

SETTINGS = "/p/regional-review/settings"


async def content(town: Town) -> processes.OpenProcess:
    async with town.office.database.reading() as session:
        return await processes.named(session, "regional-review")


async def test_an_owner_changes_what_the_process_is_called(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens(f"{SETTINGS}/names")
    page = await owner.sends_form("/names", {"title-en": "The review of the coast", "short-en": "Coast"})
    assert "Kept" in page.text
    assert (await content(town)).content.title["en"] == "The review of the coast"
    assert (await content(town)).content.title["fr"] == "Examen régional"


async def test_hours_that_cannot_be_are_shown_again_with_what_is_wrong(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens(f"{SETTINGS}/hours")
    page = await owner.sends("/hours", daytime="yes", opens="20:00", closes="09:00", zone="Africa/Tunis")
    assert page.status == 422
    assert "it must open before it closes" in page.text
    assert ("closes", "09:00") in page.form("/hours").fields
    page = await owner.sends("/hours", opens="09:00", closes="20:00", weekday=["sunday"], days="2026-12-25\n")
    daytime = (await content(town)).content.daytime
    assert daytime
    assert (daytime.zone, daytime.quiet) == ("Africa/Tunis", ("sunday", "2026-12-25"))


async def test_a_region_is_added_and_another_removed(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens(f"{SETTINGS}/regions")
    gone = {"value-0": "", **{f"label-0-{code}": "" for code in ("en", "fr", "es", "ar")}}
    await owner.sends_form("/regions", gone | {"value-2": "islands", "label-2-en": "The islands"})
    assert [region.value for region in (await content(town)).content.regions] == ["south", "islands"]


async def test_languages_stand_in_the_order_of_their_numbers(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens(f"{SETTINGS}/languages")
    await owner.sends_form("/languages", {"place-en": "2", "place-fr": "1", "place-es": "", "place-ar": "x"})
    assert (await content(town)).content.languages == ("fr", "en")


async def test_a_word_is_put_up_and_taken_down(town: Town) -> None:
    async with town.office.database.writing() as session:
        await senders.keep(session, {"telegram": "telegram"})
    organizer = await town.signed_in(Role.ORGANIZER)
    await organizer.opens(f"{SETTINGS}/doors")
    page = await organizer.sends("/doors", word="stop", sender="telegram")
    assert page.status == 422
    assert "means something else" in page.text
    page = await organizer.sends("/doors", word="Harbour", sender="telegram", source="poster")
    assert "Added" in page.text
    assert "harbour" in page.text
    page = await organizer.sends("/telegram/harbour/remove")
    assert "Removed" in page.text
    assert (await organizer.posts("/p/regional-review/settings/doors/telegram/harbour/remove", [])).status == 403
