"""What is counted, that nothing about a person is in it, and that it is read at an address of its own."""

import ast
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

import channels
from bot import metrics
from bot.metrics import COUNTED, LABELS, OTHER, SET, TIMED, Counts, Outbox
from broadcast.watch import Observe, unobserved
from servers import ROOT
from storage import Database, Keyring, circuits
from storage.lanes import Lane
from tests.parsing import parsed
from tests.storage.rows import NOW, meet, queue

Read = dict[tuple[str, frozenset[tuple[str, str]]], float]

NUMBERS = (
    "+12025550123",
    "12025550123",
    "7001001",
    "US.4242",
    "whatsapp:+12025550123",
    "The bus never comes.",
    "Amina",
)
"""Numbers, ids and words of people. Seven digits are an old chat id."""


def counts() -> Counts:
    return Counts(lambda: NOW)


def read(text: str) -> Read:
    families = text_string_to_metric_families(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


async def scraped(made: Counts, database: Database) -> Read:
    async with TestClient(TestServer(metrics.app(made, database))) as client, client.get("/metrics") as answer:
        assert answer.status == 200
        return read(await answer.text())


def value(found: Read, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


async def test_what_happens_is_counted_and_timed(database: Database) -> None:
    made = counts()
    observe: Observe = made.observe
    observe("turns", channel="sms", state="taken")
    observe("turns", 2, channel="sms", state="taken")
    observe("send", 0.3, channel="sms")
    observe("redis_away")
    observe("housekeeping", 0.2)
    found = await scraped(made, database)
    assert value(found, "hearback_turns_total", channel="sms", state="taken") == 3
    assert value(found, "hearback_send_seconds_bucket", channel="sms", le="0.2") == 0
    assert value(found, "hearback_send_seconds_bucket", channel="sms", le="0.4") == 1
    assert value(found, "hearback_redis_away_total") == 1
    assert value(found, "hearback_housekeeping_timestamp_seconds") == NOW.timestamp()


async def test_how_the_outbox_stands_is_read_with_it(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        who = await meet(session, keys)
        other = await meet(session, keys, "70002", channel="sms")
        await queue(session, who, due=NOW - timedelta(seconds=90))
        await queue(session, who, due=NOW - timedelta(seconds=30), turn=2)
        await queue(session, other, lane=Lane.BULLETIN, due=NOW + timedelta(hours=1))
        await queue(session, other, state="unknown")
        await circuits.break_(session, "sms", "20003", NOW, NOW)
    found = await scraped(counts(), database)
    assert value(found, "hearback_waiting", channel="telegram", lane="reply", state="due") == 2
    assert value(found, "hearback_lag_seconds", channel="telegram", lane="reply") == 90
    assert value(found, "hearback_waiting", channel="sms", lane="bulletin", state="later") == 1
    assert value(found, "hearback_lag_seconds", channel="sms", lane="bulletin") == 0
    assert value(found, "hearback_unknown", channel="sms") == 1
    assert value(found, "hearback_circuit_open", channel="sms", code="20003") == 1
    assert value(found, "hearback_sending") == 0
    assert value(found, "hearback_database_answers") == 1


async def test_however_many_ask_the_outbox_is_looked_at_once(database: Database) -> None:
    looks = []

    class Counted(Outbox):
        async def _overview(self) -> Any:
            looks.append(1)
            return await super()._overview()

    outbox = Counted(database, lambda: NOW)
    await asyncio.gather(*(outbox.look() for _time in range(10)))
    assert len(looks) == 1
    assert outbox.looked is not None
    outbox.looked -= 2 * metrics.FRESH.total_seconds()
    await outbox.look()
    assert len(looks) == 2


async def test_without_a_database_the_rest_is_still_told(database: Database) -> None:
    class Away:
        def reading(self) -> Any:
            raise ConnectionError("postgresql://nobody:hunter2@elsewhere")

    made = counts()
    made.observe("redis_away")
    away: Any = Away()
    found = await scraped(made, away)
    assert value(found, "hearback_database_answers") == 0
    assert value(found, "hearback_redis_away_total") == 1
    assert not any(name == "hearback_waiting" for name, _labels in found)


async def test_the_pace_that_is_permitted_is_told(database: Database) -> None:
    made = counts()
    made.permitted(channels.from_settings({"TELEGRAM_TOKEN": "4242:a-made-up-token"}))
    assert value(await scraped(made, database), "hearback_pace", channel="telegram") == 25


def test_nobody_has_to_count() -> None:
    observe: Observe = unobserved
    observe("turns", channel="sms", state="taken")


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_label_never_holds_what_could_be_a_person(number: str, database: Database) -> None:
    made = counts()
    made.observe("outcomes", channel=number, state=number, code=number)
    found = await scraped(made, database)
    assert value(found, "hearback_outcomes_total", channel=OTHER, state=OTHER, code=OTHER) == 1
    assert not any(number in content for _name, labels in found for _label, content in labels)


def test_no_metric_has_a_label_that_is_not_allowed() -> None:
    assert {label for kind in (*COUNTED.values(), *TIMED.values(), *SET.values()) for label in kind.labels} <= LABELS


async def test_nothing_that_is_read_has_a_label_that_is_not_allowed(database: Database, keys: Keyring) -> None:
    made = counts()
    for name, kind in {**COUNTED, **TIMED}.items():
        made.observe(name, **dict.fromkeys(kind.labels, "word"))
    async with database.writing() as session:
        await queue(session, await meet(session, keys))
        await circuits.break_(session, "sms", "20003", NOW, NOW)
    found = await scraped(made, database)
    labels = {label for _name, labels in found for label, _content in labels}
    assert {"channel", "lane", "state", "code"} <= labels
    assert labels - LABELS == {"le"}


@pytest.mark.parametrize("name", ["telegram", "telegram-emea", f"whatsapp-{'a' * 20}"])
def test_the_name_of_a_sender_is_fit_for_a_label(name: str) -> None:
    assert metrics.fitting(name) == name


def test_every_code_of_a_platform_is_fit_for_a_label() -> None:
    environment = {
        "PUBLIC_URL": "https://hearback.example",
        "TELEGRAM_TOKEN": "4242:a-made-up-token",
        "TELEGRAM_SECRET": "a-made-up-secret-of-ours",
        "TWILIO_ACCOUNT": "AC" + "0" * 32,
        "TWILIO_TOKEN": "made-up",
        "SMS_FROM": "+15005550006",
        "WHATSAPP_FROM": "whatsapp:+15005550006",
    }
    codes = [code for channel in channels.from_settings(environment).values() for code in channel.verdicts]
    assert len(codes) > 20
    assert [code for code in codes if metrics.fitting(code) == OTHER] == []


@dataclass(frozen=True, slots=True)
class Told:
    """One place in the code that tells something."""

    place: str
    name: str
    labels: Sequence[str | None]


def observations() -> Iterator[Told]:
    for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("broadcast/**/*.py")):
        for call in ast.walk(parsed(path)):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute | ast.Name):
                continue
            named = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            if named in ("observe", "_observe") and call.args and isinstance(call.args[0], ast.Constant):
                yield Told(path.name, str(call.args[0].value), [keyword.arg for keyword in call.keywords])


def test_what_the_code_tells_is_a_metric_with_these_labels() -> None:
    known = {**COUNTED, **TIMED, **SET}
    assert [
        observation
        for observation in observations()
        if observation.name not in known or set(observation.labels) != set(known[observation.name].labels)
    ] == []


def test_every_metric_is_told_by_somebody() -> None:
    assert {**COUNTED, **TIMED}.keys() - {observation.name for observation in observations()} == set()


def test_two_processes_in_one_do_not_disturb_each_other() -> None:
    assert isinstance(counts().registry, CollectorRegistry)
    assert counts().registry is not counts().registry
