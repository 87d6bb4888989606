"""Of two who correct the same text at once, one is told; programs see by one number that something has changed."""

from dataclasses import replace

from storage import Database, corrections
from storage.corrections import Correction
from tests.storage.rows import NOW, REVIEWER, reviewing

FIRST = Correction("fr", "a hash", 0, "Merci.", "Merci beaucoup.", REVIEWER, 1, NOW)


async def test_only_what_follows_the_newest_edition_is_kept(database: Database) -> None:
    async with database.writing() as session:
        await reviewing(session)
        assert await corrections.edition(session) == 0
        assert await corrections.keep(session, FIRST)
        assert not await corrections.keep(session, replace(FIRST, wording="Grand merci."))
        assert not await corrections.keep(session, replace(FIRST, edition=3))
        assert await corrections.keep(session, replace(FIRST, wording=None, edition=2))
        assert await corrections.keep(session, replace(FIRST, language="es"))
        assert await corrections.edition(session) == 3
        assert await corrections.of(session, "fr") == [replace(FIRST, wording=None, edition=2)]
        assert len(await corrections.every(session)) == 2
