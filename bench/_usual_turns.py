"""The usual handler with the same durable work: one ORM session for each request, which also sends and records."""

import json
import sys
from dataclasses import dataclass

import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web
from sqlalchemy import BigInteger, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

import storage
from bench._bare_turns import REPLY, TALK
from bench._programs import serve
from demo.platforms.accounts import TELEGRAM_SECRET, TELEGRAM_TOKEN


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
    provider_id: Mapped[str | None]


@dataclass(frozen=True, slots=True)
class Handler:
    sessions: async_sessionmaker[AsyncSession]
    client: ClientSession
    port: str

    async def hook(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != TELEGRAM_SECRET:
            return web.Response(status=403)
        update = json.loads(await request.read())
        async with self.sessions() as session:
            reply = await _keep(session, update["update_id"], update["message"]["chat"]["id"])
            await session.commit()
            if self.port:
                reply.provider_id = await self._sent(reply.chat)
                reply.state = "sent"
                await session.commit()
        return web.Response()

    async def _sent(self, chat: int) -> str:
        url = f"http://127.0.0.1:{self.port}/0/bot{TELEGRAM_TOKEN}/sendMessage"
        async with self.client.post(url, json={"chat_id": chat, "text": REPLY}) as response:
            return str((await response.json())["result"]["message_id"])

    async def kept(self) -> int:
        async with self.sessions() as session:
            return (await session.execute(select(func.count()).select_from(Delivery))).scalar_one()

    async def sent(self) -> int:
        async with self.sessions() as session:
            return (await session.execute(select(func.count()).where(Delivery.state == "sent"))).scalar_one()


async def main(url: str, port: str = "") -> None:
    database = storage.open(url)
    sessions = async_sessionmaker(database.writer, expire_on_commit=False)
    async with database.writing() as connection:
        await connection.run_sync(Row.metadata.create_all)
    async with ClientSession(connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar()) as client:
        handler = Handler(sessions, client, port)
        made = web.Application()
        made.add_routes([web.post("/hooks/telegram", handler.hook)])
        await serve(made, handler.kept, sent=handler.sent)
    await database.close()


async def _keep(session: AsyncSession, event: int, chat: int) -> Delivery:
    session.add(Event(id=event))
    conversation = await session.get(Conversation, chat)
    if conversation is None:
        conversation = Conversation(chat=chat, turns=0, talk="")
        session.add(conversation)
    conversation.turns += 1
    conversation.talk = f"{conversation.turns} {TALK}"
    reply = Delivery(id=event, chat=chat, body=REPLY, state="queued")
    session.add(reply)
    return reply


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
