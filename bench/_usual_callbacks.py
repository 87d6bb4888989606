"""The usual handler with the same durable work: Twilio's own validator, one ORM session for each request."""

import sys
from datetime import UTC, datetime

import uvloop
from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from twilio.request_validator import RequestValidator

import storage
from bench import _twilio
from bench._bare_callbacks import RANKS
from bench._programs import serve
from demo.platforms.accounts import TWILIO_TOKEN


class Row(DeclarativeBase):
    pass


class Delivery(Row):
    __tablename__ = "delivery"
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    provider_id: Mapped[str | None]


class ReportRow(Row):
    __tablename__ = "report"
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    provider_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    at: Mapped[datetime]


async def main(url: str) -> None:
    database = storage.open(url)
    sessions = async_sessionmaker(database.writer)
    validator = RequestValidator(TWILIO_TOKEN)
    async with database.writing() as connection:
        await connection.run_sync(Row.metadata.create_all)
        await connection.exec_driver_sql("INSERT INTO delivery " + _twilio.numbers("'d' || i, 'sent', 'SM' || i"))

    async def hook(request: web.Request) -> web.Response:
        form = await request.post()
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(_twilio.PUBLIC + request.raw_path, form, signature):
            return web.Response(status=403)
        async with sessions.begin() as session:
            await _keep(session, request.query["delivery"], {name: str(value) for name, value in form.items()})
        return web.Response(text="<Response/>", content_type="text/xml")

    async def kept() -> int:
        async with sessions() as session:
            return (await session.execute(select(func.count()).select_from(ReportRow))).scalar_one()

    made = web.Application()
    made.add_routes([web.post("/hooks/sms/status", hook)])
    await serve(made, kept)
    await database.close()


async def _keep(session: AsyncSession, name: str, form: dict[str, str]) -> None:
    status, provider = form["MessageStatus"], form["MessageSid"]
    delivery = await session.get_one(Delivery, name)
    if await session.get(ReportRow, (name, provider, status)) is None:
        code = form.get("ErrorCode", "")
        session.add(ReportRow(delivery_id=name, provider_id=provider, status=status, code=code, at=datetime.now(UTC)))
    if RANKS[delivery.state] < RANKS[status]:
        delivery.state = status
        delivery.provider_id = provider


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
