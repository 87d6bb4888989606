"""The usual handler with the same durable work: one ORM session, and one transaction, for each request."""

import json
import sys

import uvloop
from aiohttp import web
from sqlalchemy import BigInteger, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import storage
from bench import _bot
from bench._bare_turns import REPLY, TALK
from bench._programs import serve


class Row(DeclarativeBase):
    pass


class Event(Row):
    __tablename__ = "event"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class Conversation(Row):
    __tablename__ = "conversation"
    chat: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    turns: Mapped[int]
    talk: Mapped[str]


class Delivery(Row):
    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str]
    state: Mapped[str]


async def main(url: str) -> None:
    database = storage.open(url)
    sessions = async_sessionmaker(database.writer)
    async with database.writing() as connection:
        await connection.run_sync(Row.metadata.create_all)

    async def hook(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != _bot.SECRET:
            return web.Response(status=403)
        update = json.loads(await request.read())
        async with sessions.begin() as session:
            await _keep(session, update["update_id"], update["message"]["chat"]["id"])
        return web.Response()

    async def kept() -> int:
        async with sessions() as session:
            return (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()

    made = web.Application()
    made.add_routes([web.post("/hooks/telegram", hook)])
    await serve(made, kept)
    await database.close()


async def _keep(session: AsyncSession, event: int, chat: int) -> None:
    session.add(Event(id=event))
    conversation = await session.get(Conversation, chat)
    if conversation is None:
        conversation = Conversation(chat=chat, turns=0, talk="")
        session.add(conversation)
    conversation.turns += 1
    conversation.talk = f"{conversation.turns} {TALK}"
    session.add(Delivery(id=event, chat=chat, body=REPLY, state="queued"))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
