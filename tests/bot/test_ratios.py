"""One person who blocks us is their right; many of a day's are ours to think about, and somebody is called."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.metrics import Counts
from bot.ratios import DAY, EVERY, FEWEST, Ratios, TooMany, too_many
from channels._twilio.errors import VERDICTS
from storage import Database, Keyring
from storage.outbox import Reasons
from tests.storage.rows import NOW, announce, meet, owe

SECOND = timedelta(seconds=1)


@dataclass
class Line:
    name: str = "sms"
    verdicts = VERDICTS


CHANNELS = {"sms": Line()}


@pytest.mark.parametrize(
    ("code", "number", "sent", "calls"),
    [
        ("30007", 10, 1000, False),
        ("30007", 11, 1000, True),
        ("30004", 20, 1000, False),
        ("30004", 21, 1000, True),
        ("30004", FEWEST - 1, 10, False),
        ("30004", FEWEST, 10, True),
        ("30003", 900, 1000, False),
        ("99999", 900, 1000, False),
    ],
)
def test_too_many_is_a_part_of_what_was_sent(code: str, number: int, sent: int, calls: bool) -> None:
    found = list(too_many([Reasons("sms", sent, {code: number, "": 5})], CHANNELS))  # type: ignore[arg-type]
    assert found == ([TooMany("sms", code, number / sent)] if calls else [])


def test_of_a_channel_that_does_not_run_here_nothing_is_concluded() -> None:
    assert list(too_many([Reasons("telegram", 10, {"403_blocked": 9})], {})) == []


async def test_what_ended_since_yesterday_is_counted_once_an_hour(
    database: Database, keys: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [("failed", "30007")] * 5 + [("sent", None)] * 3 + [("delivered", None)] + [("queued", "30007")] * 9
    async with database.writing() as session:
        await announce(session)
        ended = {"sent", "delivered", "failed"}
        for number, (state, code) in enumerate(states):
            alice = await meet(session, keys, f"+1202555{number:04}", channel="sms")
            day = NOW.date() if state in ended else None
            await owe(session, alice, state=state, code=code, ended=day)
        for number in range(50):
            alice = await meet(session, keys, f"+1202556{number:04}", channel="sms")
            await owe(session, alice, state="sent", ended=(NOW - 3 * DAY).date())
    counts = Counts(lambda: NOW)
    ratios = Ratios(database, CHANNELS, counts.observe)  # type: ignore[arg-type]
    for now in (NOW, NOW + SECOND, NOW + SECOND + EVERY):
        await ratios.look(now)
    called = {"channel": "sms", "name": "ratio", "code": "30007"}
    assert counts.registry.get_sample_value("hearback_alarms_total", called) == 2
    log = capsys.readouterr().out
    assert log.count("too many refused") == 2
    assert "55.6" in log
