"""Owners and auditors see what staff did, and whether anybody changed it since."""

from storage.roles import Role
from tests.console.conftest import Town


async def test_what_an_owner_changed_stands_in_the_journal_with_their_name(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER, login="ines")
    await owner.opens("/p/regional-review/settings/names")
    await owner.sends_form("/names", {"title-en": "Not to be seen there"})
    page = await owner.opens("/p/regional-review/journal")
    assert "Ines process.edit" in page.text
    assert "Not to be seen there" not in page.text.partition("process.edit")[2]


async def test_an_auditor_of_the_deployment_looks_through_the_chain(town: Town) -> None:
    owner = await town.signed_in(Role.OWNER)
    await owner.opens("/p/regional-review/settings/names")
    await owner.sends_form("/names", {})
    auditor = await town.signed_in(Role.AUDITOR, everywhere=True)
    assert "1 entry, each as it was written." in (await auditor.opens("/journal/check")).text
