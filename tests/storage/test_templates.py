"""What a platform has approved is as it said last."""

from datetime import timedelta

from sqlalchemy import select

from storage import Database, templates
from storage.tables import template
from storage.templates import Template
from tests.storage.rows import NOW

BULLETIN = Template("bulletin", "en", "HX1", "approved", "")
REFUSED = Template("bulletin", "ar", "HX2", "rejected", "INVALID_FORMAT")
RESPONSE = Template("response", "en", "HX3", "pending", "")


async def test_what_there_is_takes_the_place_of_what_there_was(database: Database) -> None:
    async with database.writing() as session:
        await templates.keep(session, "whatsapp", [RESPONSE, BULLETIN, REFUSED], NOW)
        await templates.keep(session, "other", [BULLETIN], NOW)
        assert await templates.all_of(session, "whatsapp") == [REFUSED, BULLETIN, RESPONSE]
        await templates.keep(session, "whatsapp", [BULLETIN], NOW + timedelta(hours=1))
        assert await templates.all_of(session, "whatsapp") == [BULLETIN]
        checked = select(template.c.checked).where(template.c.channel == "whatsapp")
        assert (await session.execute(checked)).scalar_one() == NOW + timedelta(hours=1)
        await templates.keep(session, "whatsapp", [], NOW)
        assert await templates.all_of(session, "whatsapp") == []
        assert await templates.all_of(session, "other") == [BULLETIN]
