"""The real program, as it answers Twilio's status callbacks; nothing is sent."""

import sys

import uvloop

import storage
from bench import _forum, _twilio
from bench._programs import serve
from bot import logs
from bot.serve import Setup, parts
from bot.web import app
from channels import sms
from demo.platforms.accounts import SMS, TWILIO_ACCOUNT, TWILIO_TOKEN
from storage import Database, broadcasts
from storage.broadcasts import NewBroadcast, Subject
from storage.lanes import Lane
from tests.review import KEYS

NEWS = "news"
UNDER_WAY = (
    "INSERT INTO delivery (id, person_id, address_id, broadcast_id, channel, lane, turn, part, state, due, attempts, "
    "provider_id, segments) "
    + _twilio.numbers(
        f"'d' || i, 'p' || i, 'a' || i, '{NEWS}', 'sms', {Lane.BULLETIN}, 0, 1, 'sent', "
        "CURRENT_TIMESTAMP, 0, 'SM' || i, 1"
    )
)


async def main(url: str) -> None:
    [ours] = sms.from_settings(
        {
            "PUBLIC_URL": _twilio.PUBLIC,
            "TWILIO_ACCOUNT": TWILIO_ACCOUNT,
            "TWILIO_TOKEN": TWILIO_TOKEN,
            "TWILIO_API": _forum.NOWHERE,
            "SMS_FROM": SMS,
        }
    )
    async with parts(Setup(url, KEYS, {"sms": ours}, _forum.now)) as made:
        await _send(made.database)

        async def kept() -> int:
            async with made.database.reading() as session:
                return int((await session.exec_driver_sql("SELECT count(*) FROM report")).scalar_one())

        await serve(app(made.endpoints), kept)


async def _send(database: Database) -> None:
    """A bulletin is on its way to many."""
    process = await _forum.begin(database)
    async with database.writing() as session:
        await broadcasts.add(
            session, NewBroadcast(process, Subject("bulletin", "news"), "{}", Lane.BULLETIN, id=NEWS), _forum.now()
        )
        await session.exec_driver_sql(UNDER_WAY)


if __name__ == "__main__":
    logs.configure(sys.stderr)
    storage.migrate(sys.argv[1])
    uvloop.run(main(sys.argv[1]))
