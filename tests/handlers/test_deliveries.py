"""What a platform says late of a message decides what becomes of it, of its person's address and of our sender."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from channels._twilio.errors import VERDICTS
from channels.messages import Report, Status
from channels.verdicts import DROPPED, OUT_OF_ORDER, Act, Reach, Verdict
from handlers import deliveries
from outcomes.by_report import KNOWN
from storage import Keyring, Session, broadcasts, circuits, marks, people, templates
from storage.broadcasts import Plan
from storage.circuits import OpenCircuit
from storage.codes import Code
from storage.outbox import claims
from storage.outbox import deliveries as outbox
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import LONGEST_SILENCE, Outcome
from storage.states import State
from storage.tables import address
from tests.storage.rows import ANYHOW, NOW, PROCESS, Somebody, also_at, announce, meet, opened, owe, queue, reach, row

SECOND, MINUTE, HOUR, DAY, WEEK = (timedelta(seconds=s) for s in (1, 60, 3600, 86_400, 604_800))
BUSY = Verdict(Act.WAIT, "busy", after=30 * MINUTE, tries=4)
LOST = Verdict(Act.DROP, "no such number", reach=Reach.INVALID, elsewhere=True)
SILENT = VERDICTS["63016"]
ALL = ("sms", "telegram", "whatsapp")


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[Session]:
    async with opened(database_url) as database, database.writing() as session:
        yield session


async def says(session: Session, name: str, status: Status, verdict: Verdict = DROPPED, **more: Any) -> None:
    fields = {"code": "x" if status is Status.FAILED else "", "provider_id": "m1", "now": NOW} | more
    report = Report("sms", name, fields["provider_id"], status, fields["code"], verdict)
    await deliveries.report(session, [report], fields["now"], lambda _sender: ALL)


async def somebody(session: Session, keys: Keyring, sender: str = "+15005550006", **how: Any) -> Somebody:
    return await meet(session, keys, sender, **{"channel": "sms"} | how)


async def taken(session: Session, keys: Keyring, plan: Plan = ANYHOW, **columns: Any) -> tuple[Somebody, str]:
    """Somebody, and a broadcast's message to them that the platform has taken."""
    await announce(session, plan=plan)
    alice = await somebody(session, keys)
    sent: dict[str, Any] = {"state": "sent", "provider_id": "m1", "began": NOW}
    return alice, await owe(session, alice, **sent | columns)


async def claim(session: Session, keys: Keyring, now: Any = NOW) -> list[Claimed]:
    return await claims.claim(session, keys, claims.Claim("sms", "worker", now, now + MINUTE, 9))


@pytest.mark.parametrize(
    ("status", "becomes"),
    [
        (Status.ACCEPTED, "sent"),
        (Status.SENT, "sent"),
        (Status.DELIVERED, "delivered"),
        (Status.READ, "delivered"),
        (Status.FAILED, "failed"),
    ],
)
async def test_what_the_platform_says_is_what_it_became(
    session: Session, keys: Keyring, status: Status, becomes: str
) -> None:
    _alice, name = await taken(session, keys)
    for _time in range(2):
        await says(session, name, status)
        assert (await row(session, name)).state == becomes


async def test_nothing_said_changes_nothing(session: Session) -> None:
    await deliveries.report(session, [], NOW)


async def test_what_no_table_names_is_final_and_says_nothing_of_the_address(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys)
    waits = await queue(session, alice)
    await says(session, name, Status.FAILED, code="99999")
    found = await row(session, name)
    assert (found.state, found.code) == ("failed", "99999")
    assert await reach(session, alice) == "active"
    assert (await row(session, waits)).state == "queued"


async def test_who_is_lost_is_not_written_to_again(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys)
    waits = await queue(session, alice)
    await says(session, name, Status.FAILED, LOST)
    assert await reach(session, alice) == "invalid"
    assert (await row(session, waits)).state == "cancelled"


async def test_a_word_on_who_was_forgotten_concerns_nobody(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys)
    await people.erase(session, alice.id)
    await says(session, name, Status.FAILED, LOST)
    assert (await row(session, name)).state == "failed"


async def test_what_passes_by_itself_is_tried_again_after_growing_waits(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys)
    waited, now = [], NOW
    for attempt in range(1, 4):
        await says(session, name, Status.FAILED, BUSY, provider_id=f"m{attempt}", now=now)
        found = await row(session, name)
        assert (found.state, found.code, found.attempts) == ("queued", "x", attempt)
        waited.append(found.due - now)
        now = found.due
        (claimed,) = await claim(session, keys, now)
        assert claimed.attempts == attempt
        sent = Outcome(name, State.SENT, f"m{attempt + 1}", attempts=attempt)
        await outbox.settle(session, "worker", [sent], now)
    assert waited == [30 * MINUTE, 2 * HOUR, 8 * HOUR]
    await says(session, name, Status.FAILED, BUSY, provider_id="m4", now=now)
    assert (await row(session, name)).state == "failed"


async def test_it_is_not_tried_again_when_that_would_be_too_late(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys, not_after=NOW + 30 * MINUTE)
    await says(session, name, Status.FAILED, BUSY)
    assert (await row(session, name)).state == "failed"


async def test_a_reply_that_is_dropped_late_is_not_tried_again(session: Session, keys: Keyring) -> None:
    name = await queue(session, await somebody(session, keys), state="sent", provider_id="m1")
    await says(session, name, Status.FAILED, BUSY)
    assert (await row(session, name)).state == "failed"


async def test_the_same_word_again_does_not_make_it_wait_again(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys)
    await says(session, name, Status.FAILED, BUSY)
    was = await row(session, name)
    await says(session, name, Status.FAILED, BUSY, now=NOW + HOUR)
    assert await row(session, name) == was


async def test_a_phone_that_does_not_answer_three_times_in_a_week_is_left_alone_for_a_week(
    session: Session, keys: Keyring
) -> None:
    verdict = VERDICTS["30003"]
    alice, name = await taken(session, keys)
    waits = await queue(session, alice, due=NOW + 3 * DAY)
    for attempt in range(1, 4):
        now = NOW + attempt * DAY
        assert await reach(session, alice) == "active"
        await says(session, name, Status.FAILED, verdict, provider_id=f"m{attempt}", now=now)
        await claim(session, keys, now + DAY / 2)
        sent = Outcome(name, State.SENT, f"m{attempt + 1}", attempts=attempt)
        await outbox.settle(session, "worker", [sent], now)
    assert await reach(session, alice) == "unreachable"
    until = (await session.execute(select(address.c.until))).scalar_one()
    assert until == NOW + 3 * DAY + WEEK
    found = [await row(session, delivery) for delivery in (name, waits)]
    assert [(delivery.state, delivery.code) for delivery in found] == [("cancelled", "gone")] * 2


ELSEWHERE = Plan(elsewhere=True)


async def test_who_is_lost_here_is_written_to_where_they_agreed_to_it(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys, ELSEWHERE)
    there = await also_at(session, keys, alice, "70001", channel="telegram")
    await says(session, name, Status.FAILED, LOST)
    found = await row(session, name)
    assert (found.state, found.address_id, found.channel) == ("queued", there.address, "telegram")


async def test_what_is_to_be_tried_again_here_is_not_tried_elsewhere_too(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys, ELSEWHERE)
    await also_at(session, keys, alice, "70001", channel="telegram")
    await says(session, name, Status.FAILED, dataclasses.replace(BUSY, elsewhere=True))
    found = await row(session, name)
    assert (found.state, found.channel, found.code) == ("queued", "sms", "x")


async def test_but_it_is_when_the_phone_is_left_alone(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys, ELSEWHERE)
    await also_at(session, keys, alice, "70001", channel="telegram")
    await says(session, name, Status.FAILED, dataclasses.replace(VERDICTS["30003"], strikes=1))
    found = await row(session, name)
    assert (found.state, found.channel, found.due) == ("queued", "telegram", NOW)


async def test_a_sender_that_is_out_of_order_is_stopped_and_its_message_waits(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys)
    await says(session, name, Status.FAILED, VERDICTS["30002"], code="30002")
    assert await circuits.broken(session) == [OpenCircuit("sms", "30002", NOW, NOW + OUT_OF_ORDER)]
    found = await row(session, name)
    assert (found.state, found.code, found.due) == ("queued", "30002", NOW + OUT_OF_ORDER)
    assert await claim(session, keys) == []
    assert await reach(session, alice) == "active"


async def test_who_has_been_silent_is_written_to_as_the_broadcast_says_now_that_we_know(
    session: Session, keys: Keyring
) -> None:
    """We took them for one who had written: it leaves once more at once, not as free text."""
    _alice, name = await taken(session, keys, began=NOW)
    await says(session, name, Status.FAILED, SILENT)
    (claimed,) = await claim(session, keys)
    assert (claimed.id, claimed.attempts, claimed.shut) == (name, 1, NOW)
    assert not claimed.in_session(DAY)


async def test_who_is_silent_for_that_too_is_written_to_when_they_write(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys, attempts=1)
    await says(session, name, Status.FAILED, SILENT)
    found = await row(session, name)
    assert (found.state, found.code, found.due) == ("queued", Code.SHUT, NOW + LONGEST_SILENCE)


async def test_what_waits_for_a_silent_person_ends_when_it_is_too_late(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys, attempts=1, not_after=NOW + HOUR)
    await says(session, name, Status.FAILED, SILENT)
    assert (await row(session, name)).due == NOW + HOUR
    assert await claim(session, keys, NOW + HOUR) == []
    assert (await row(session, name)).state == "expired"


async def test_of_two_reasons_the_first_counts(session: Session, keys: Keyring) -> None:
    alice, name = await taken(session, keys)
    both = [
        Report("sms", name, "m1", Status.FAILED, "30005", LOST),
        Report("sms", name, "m1", Status.FAILED, "30002", VERDICTS["30002"]),
    ]
    await deliveries.report(session, both, NOW)
    assert (await row(session, name)).code == "30005"
    assert await reach(session, alice) == "invalid"
    assert await circuits.broken(session) == []


async def test_a_batch_is_followed_one_by_one(session: Session, keys: Keyring) -> None:
    await announce(session)
    everybody = [await somebody(session, keys, f"+1202555012{number}") for number in range(3)]
    names = [await owe(session, who, state="sent") for who in everybody]
    reports = [
        Report("sms", names[0], "m1", Status.FAILED, "30005", LOST),
        Report("sms", names[1], "m2", Status.DELIVERED),
        Report("sms", names[2], "m3", Status.FAILED, "30017", BUSY),
        Report("sms", "never made", "m4", Status.FAILED, "30005", LOST),
    ]
    await deliveries.report(session, reports, NOW)
    assert [(await row(session, name)).state for name in names] == ["failed", "delivered", "queued"]
    assert [await reach(session, who) for who in everybody] == ["invalid", "active", "active"]


async def test_every_code_that_can_come_late_ends_where_its_row_says(session: Session, keys: Keyring) -> None:
    await announce(session)
    for code, verdict in VERDICTS.items():
        alice = await somebody(session, keys, code)
        name = await owe(session, alice, state="sent")
        await says(session, name, Status.FAILED, verdict, code=code)
        is_lost = verdict.reach is not None and verdict.strikes == 1
        drops = "expired" if verdict.act is Act.EXPIRE else "failed"
        waits = verdict.act in (Act.WAIT, Act.STOP, Act.SHUT, Act.TEMPLATE) and not is_lost
        found = await row(session, name)
        assert found.state == ("queued" if waits else drops), code
        assert found.code == (Code.SHUT if verdict.act in (Act.SHUT, Act.TEMPLATE) else code)
        assert await reach(session, alice) == (verdict.reach if is_lost else "active")
        assert await circuits.mend(session, "sms") is (verdict.act is Act.STOP)


async def test_what_is_taken_for_spam_pauses_its_broadcast_and_says_so_once(
    session: Session, keys: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    await announce(session)
    bob, alice = [await somebody(session, keys, f"+1202555012{number}") for number in range(2)]
    names = [await owe(session, who, state="sent", provider_id="m1") for who in (bob, alice)]
    reply = await queue(session, alice, state="sent", provider_id="m1")
    other = (await announce(session, "another")).id
    for name in (*names, reply):
        await says(session, name, Status.FAILED, VERDICTS["63026"], code="63026")
    found = {broadcast.id: broadcast.state for broadcast in await broadcasts.latest(session, PROCESS, 9)}
    assert found == {"b": "pausing", other: "running"}
    assert capsys.readouterr().out.count("broadcast paused") == 1


async def test_what_the_platform_kept_too_long_has_expired(session: Session, keys: Keyring) -> None:
    _alice, name = await taken(session, keys)
    await says(session, name, Status.FAILED, VERDICTS["30036"], code="30036")
    found = await row(session, name)
    assert (found.state, found.code, found.ended) == ("expired", "30036", NOW.date())


@pytest.mark.parametrize(("code", "wait"), [("30001", 10 * MINUTE), ("63038", DAY), ("30017", None)])
async def test_a_report_that_too_much_comes_slows_the_whole_sender(
    session: Session, keys: Keyring, code: str, wait: timedelta | None
) -> None:
    _alice, name = await taken(session, keys)
    await says(session, name, Status.FAILED, VERDICTS[code], code=code)
    assert await marks.at(session, marks.slow("sms")) == (None if wait is None else NOW + wait)


async def test_many_such_reports_are_written_down_a_few_times(session: Session, keys: Keyring) -> None:
    await announce(session)
    for number, late in enumerate((0, 30, 59, 61)):
        name = await owe(session, await somebody(session, keys, f"+1202555012{number}"), state="sent")
        await says(session, name, Status.FAILED, VERDICTS["30001"], code="30001", now=NOW + late * SECOND)
        until = await marks.at(session, marks.slow("sms"))
        assert until == NOW + 10 * MINUTE + (late * SECOND if late > 60 else timedelta(0))


async def test_a_text_that_was_not_taken_makes_way_for_another_and_then_its_person_waits(
    session: Session, keys: Keyring
) -> None:
    texts = [
        templates.StoredTemplate("bulletin", language, "HX1", "approved", "", "{{1}}") for language in ("ar", "en")
    ]
    await templates.keep(session, "sms", texts, NOW)
    await announce(session)
    name = await owe(session, await somebody(session, keys, language="ar"), state="sent", provider_id="m1", began=NOW)
    dues = []
    for attempt, left in ((1, ["en"]), (2, [])):
        await says(session, name, Status.FAILED, VERDICTS["63040"], code="63040", provider_id=f"m{attempt}")
        found = await row(session, name)
        assert (found.state, found.code) == ("queued", Code.SHUT)
        dues.append(found.due)
        known = await templates.all_of(session, "sms")
        assert [template.language for template in known if template.status == "approved"] == left
        await claim(session, keys, dues[0])
        await outbox.settle(session, "worker", [Outcome(name, State.SENT, f"m{attempt + 1}", attempts=1)], NOW)
    assert dues == [NOW + KNOWN, NOW + LONGEST_SILENCE]


@pytest.mark.parametrize("code", ["63005", "63027"])
async def test_a_reply_that_is_refused_for_its_form_leaves_once_more(
    session: Session, keys: Keyring, code: str
) -> None:
    name = await queue(session, await somebody(session, keys), state="sent", provider_id="m1")
    await says(session, name, Status.FAILED, VERDICTS[code], code=code)
    [claimed] = await claim(session, keys)
    assert (claimed.id, claimed.body, claimed.attempts) == (name, "hello", 1)
    await outbox.settle(session, "worker", [Outcome(name, State.SENT, "m2", attempts=1, keeps=True)], NOW)
    await says(session, name, Status.FAILED, VERDICTS[code], code=code, provider_id="m2")
    found = await row(session, name)
    assert (found.state, found.body) == ("failed", None)
