"""What a refusal calls somebody for is counted and said once, in the words that the technician's page explains."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.metrics import Counts
from broadcast.deliver import Sender
from broadcast.pace import LocalPace, Pacer
from broadcast.wake import Waker
from channels.messages import Gone, NotSent, Outgoing, Stopped, Unknown
from channels.verdicts import Act, Alarm, Verdict
from storage import Database, Keyring
from tests.broadcast.test_deliver import Dial, Phone, fails
from tests.storage.rows import NOW, meet, queue
from tests.waiting import until


@pytest.mark.parametrize(
    ("refusal", "name", "says"),
    [
        (Stopped("401", Verdict(Act.STOP, "", alarm=Alarm.PAGE)), "page", "sender stopped"),
        (Stopped("21606", Verdict(Act.STOP, "", alarm=Alarm.SETTING)), "setting", "sender stopped"),
        (NotSent("63026", Verdict(Act.DROP, "", halts=True, alarm=Alarm.PAGE)), "page", "somebody has to act"),
        (NotSent("400", Verdict(Act.DROP, "", alarm=Alarm.FAULT)), "fault", None),
        (Gone("403", Verdict(Act.DROP, "")), None, None),
        (Unknown("no_answer"), None, None),
    ],
    ids=lambda value: value.code if isinstance(value, NotSent) else None,
)
async def test_a_refusal_calls_whom_it_concerns(
    sqlite: Database,
    keys: Keyring,
    refusal: NotSent,
    name: str | None,
    says: str | None,
) -> None:
    async with sqlite.writing() as session:
        await queue(session, await meet(session, keys), Outgoing("hello").packed())
    counts, phone, closing = Counts(lambda: NOW), Phone(fails(refusal)), asyncio.Event()
    pacer = Pacer(phone.name, phone.pace, LocalPace(asyncio.get_running_loop().time))
    sender = Sender(phone, sqlite, keys, pacer, Waker(), "worker", Dial(), observe=counts.observe)  # type: ignore[arg-type]  # a phone is no whole channel

    async def was_asked() -> bool:
        return bool(phone.sent)

    with capture_logs() as lines:
        running = asyncio.create_task(sender.run(closing))
        await until(was_asked)
        closing.set()
        await running
    critical = [(line["event"], line["channel"], line["code"]) for line in lines if line["log_level"] == "critical"]
    assert critical == ([(says, "telegram", refusal.code)] if says else [])
    called = {
        tuple(sample.labels.values())
        for family in counts.registry.collect()
        for sample in family.samples
        if sample.name == "hearback_alarms_total"
    }
    assert called == ({("telegram", name, refusal.code)} if name else set())
