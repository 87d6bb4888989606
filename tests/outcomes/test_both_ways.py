"""The table of what every verdict makes of a delivery, its person's address and our sender, at once and by report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

import channels
from channels.messages import Gone, Later, Never, NotSent, Report, Shut, Status, Stopped, Unknown
from channels.verdicts import DROPPED, OUT_OF_ORDER, WIRE, Act, Alarm, Verdict
from outcomes import alarms, at_once, by_report, senders
from outcomes.alarms import Call
from outcomes.at_once import Where
from outcomes.senders import Sign
from storage.addresses import Change
from storage.broadcasts import Way
from storage.codes import Code
from storage.lanes import Lane
from storage.outbox.claims import Claimed
from storage.outbox.deliveries import LONGEST_SILENCE, Outcome
from storage.outbox.reports import Failed
from storage.states import State

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ELSEWHERE = ("sms", "telegram")


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of a reply and of a bulletin, the first time and the second, in the words of `FATES`.

    With a plus it was an attempt. `sign`: what it shows of our sender, on a platform that reports.
    """

    reply: tuple[str, str]
    bulletin: tuple[str, str]
    sign: Sign = Sign.NOTHING


FAILED = ("failed", "failed")
TABLE: Mapping[str, tuple[Row, Row]] = {
    # What the verdict says: at once, by report.
    "stop": (
        Row(("sender", "sender"), ("sender", "sender"), Sign.STOPPED),
        Row(("+sender", "+sender"), ("+sender", "+sender"), Sign.STOPPED),
    ),
    "wait, everyone": (
        Row(("after", "after"), ("after", "after"), Sign.FAILED),
        Row(("+soon", "+soon"), ("+fourfold", "+fourfold")),
    ),
    "wait, everyone: 429": (
        Row(("after", "after"), ("after", "after")),
        Row(("+soon", "+soon"), ("+fourfold", "+fourfold")),
    ),
    "wait": (
        Row(("+doubled", "+doubled"), ("+doubled", "+doubled")),
        Row(("+soon", "+soon"), ("+fourfold", "+fourfold")),
    ),
    "silent for too long": (
        Row(("writes", "writes"), ("template", "writes")),
        Row(("+template", "+writes"), ("+template", "+writes")),
    ),
    "silent for too long, no template": (
        Row(("writes", "writes"), ("writes", "writes")),
        Row(("+template", "+writes"), ("+template", "+writes")),
    ),
    "not this template": (
        Row(FAILED, FAILED),
        Row(("+plain", "failed"), ("+known", "+writes")),
    ),
    "not in this form": (
        Row(FAILED, FAILED),
        Row(("+plain", "failed"), FAILED),
    ),
    "never": (
        Row(FAILED, FAILED),
        Row(FAILED, FAILED),
    ),
    "may have arrived": (
        Row(("unknown", "unknown"), ("unknown", "unknown"), Sign.FAILED),
        Row(FAILED, FAILED),
    ),
    "too late": (
        Row(("expired", "expired"), ("expired", "expired")),
        Row(("expired", "expired"), ("expired", "expired")),
    ),
}


def shape(code: str, verdict: Verdict) -> str:
    """The line of the table that a verdict stands in."""
    match verdict.act:
        case Act.STOP:
            return "stop"
        case Act.WAIT if verdict.everyone:
            return "wait, everyone: 429" if code == "429" else "wait, everyone"
        case Act.WAIT:
            return "wait"
        case Act.SHUT:
            return "silent for too long, no template" if code == Code.SHUT else "silent for too long"
        case Act.TEMPLATE:
            return "not this template"
        case Act.DROP:
            return "not in this form" if verdict.plainly else "never"
        case Act.UNKNOWN:
            return "may have arrived"
        case Act.EXPIRE:
            return "too late"
    raise AssertionError(verdict)


@dataclass(frozen=True, slots=True)
class Case:
    """One verdict about one delivery. `tried`: how often it was before."""

    code: str
    verdict: Verdict
    tried: int
    broadcast: str | None
    where: Where

    def word(self, row: Row) -> str:
        return (row.reply if self.broadcast is None else row.bulletin)[min(self.tried, 1)]


SETTINGS = {
    "PUBLIC_URL": "https://hearback.example",
    "TELEGRAM_TOKEN": "4242:a-made-up-token",
    "TELEGRAM_SECRET": "a-made-up-secret-of-ours",
    "TWILIO_ACCOUNT": "AC" + "0" * 32,
    "TWILIO_TOKEN": "made-up",
    "SMS_FROM": "+15005550006",
    "WHATSAPP_FROM": "whatsapp:+15005550006",
}


def verdicts() -> Iterator[tuple[str, Verdict, Where]]:
    """Every verdict of every channel, the wire's among them, and that of what no table names."""
    made = channels.from_settings(SETTINGS)
    assert set(made) == set(channels.kinds())
    for channel in made.values():
        where = Where(ELSEWHERE, channel.history is not None, channel.reports)
        assert channel.verdicts.keys() >= WIRE.keys()
        for code, verdict in {**channel.verdicts, "in no table": DROPPED}.items():
            yield code, verdict, where


def cases() -> Iterator[Case]:
    for code, verdict, where in verdicts():
        tried = {0, 1, verdict.tries - 1} if verdict.act is Act.WAIT else {0, 1}
        yield from (Case(code, verdict, often, to, where) for often in sorted(tried) for to in (None, "bulletin"))


CASES = list(cases())
every_line = pytest.mark.parametrize("line", TABLE)


def of(line: str) -> Iterator[Case]:
    return (case for case in CASES if shape(case.code, case.verdict) == line)


def refusal(case: Case) -> NotSent:
    """As a channel raises it."""
    code, verdict = case.code, case.verdict
    match verdict.act:
        case Act.STOP:
            return Stopped(code, verdict)
        case Act.WAIT:
            return Later(code, verdict.after, verdict.everyone, verdict)
        case Act.SHUT:
            return Shut(code, verdict)
        case Act.UNKNOWN:
            return Unknown(code, verdict)
    return Never(code, verdict) if verdict.reach is None else Gone(code, verdict)


def report(case: Case) -> Report:
    return Report("sms", "d", "m1", Status.FAILED, case.code, case.verdict)


def claimed(case: Case) -> Claimed:
    """After the first try the platform has called the person silent, and they have not written since."""
    return Claimed(
        id="d",
        address="a",
        to="+12025550123",
        language="en",
        region="",
        lane=Lane.REPLY if case.broadcast is None else Lane.BULLETIN,
        body=None,
        broadcast=case.broadcast,
        subject=None,
        renditions=None,
        hours=None,
        outside=() if case.broadcast is None else (Way.TEMPLATE, Way.WAIT),
        elsewhere=case.broadcast is not None,
        attempts=case.tried,
        not_after=None,
        spoke=NOW - 2 * DAY,
        shut=NOW - DAY if case.tried else None,
        began=NOW,
        probe=False,
    )


def outcome(case: Case, word: str, change: Change | None, halts: bool, keeps: bool = False) -> Outcome:
    """What a word of the table says in full."""
    fate, after = word.removeprefix("+"), max(case.verdict.after, SECOND)
    fates = {
        "sender": ("queued", OUT_OF_ORDER, case.code),
        "after": ("queued", case.verdict.after, case.code),
        "doubled": ("queued", max(after, min(2 * SECOND * 2 ** min(case.tried, 15), 5 * MINUTE)), case.code),
        "fourfold": ("queued", after * 4 ** min(case.tried, 4), case.code),
        "soon": ("queued", after, case.code),
        "plain": ("queued", timedelta(0), case.code),
        "template": ("queued", timedelta(0), Code.SHUT),
        "known": ("queued", 30 * SECOND, Code.SHUT),
        "writes": ("queued", LONGEST_SILENCE, Code.SHUT),
    }
    state, wait, code = fates.get(fate, (fate, None, case.code))
    return Outcome(
        "d",
        State(state),
        code=code,
        due=None if wait is None else NOW + wait,
        attempts=case.tried + word.startswith("+"),
        keeps=keeps,
        change=change,
        halts=case.broadcast if halts else None,
    )


def learned(case: Case, word: str, learns: bool, elsewhere: bool) -> Change | None:
    """Of the address: where a word lets the person's silence be known, and what the verdict says by itself."""
    verdict = case.verdict
    shut = NOW if word.removeprefix("+") in ("template", "writes") else None
    there = ELSEWHERE if learns and elsewhere and verdict.elsewhere else ()
    if learns and verdict.reach is not None:
        return Change("a", verdict.reach, verdict.strikes, verdict.within, verdict.lasts, shut, there)
    return Change("a", shut=shut, elsewhere=there) if shut or there else None


@every_line
def test_at_once(line: str) -> None:
    row, _by_report = TABLE[line]
    for case in of(line):
        word = case.word(row)
        if word == "+doubled" and case.tried + 1 >= case.verdict.tries:
            word = "+failed"
        is_over = word.removeprefix("+") in ("failed", "expired")
        # An address that is lost may be that of other broadcasts too.
        elsewhere = case.broadcast is not None or case.verdict.reach is not None
        change = learned(case, word, learns=is_over, elsewhere=elsewhere)
        keeps = word == "unknown" and case.where.remembers
        expected = outcome(case, word, change, case.verdict.halts and is_over, keeps)
        assert at_once.refused(claimed(case), refusal(case), case.where, NOW) == expected, case


@every_line
def test_by_report(line: str) -> None:
    _at_once, row = TABLE[line]
    for case in of(line):
        word = case.word(row)
        if case.verdict.act is Act.WAIT and case.tried + 1 >= case.verdict.tries:
            word = "failed"
        if word == "+soon" and case.verdict.after > MINUTE:
            word = "failed"
        expected = outcome(case, word, learned(case, word, learns=True, elsewhere=True), case.verdict.halts)
        failed = Failed("d", "a", case.tried, NOW, None, case.broadcast)
        assert by_report.failed(failed, report(case), ELSEWHERE, NOW) == expected, case


@every_line
def test_what_it_shows_of_our_sender(line: str) -> None:
    now, later = TABLE[line]
    for case in of(line):
        # Where a platform does not report, whatever it says of one message shows that our sender is in order.
        alone = Sign.NOTHING if case.where.reports else Sign.WORKS
        assert senders.at_once(refusal(case), case.where.reports) is (alone if now.sign is Sign.NOTHING else now.sign)
        lost = Sign.NOTHING if case.verdict.reach is None else Sign.WORKS
        assert senders.by_report(case.verdict) is (lost if later.sign is Sign.NOTHING else later.sign)


@every_line
def test_what_waits_with_it(line: str) -> None:
    """At once everything, by report bulletins: as long as the verdict says."""
    for case in of(line):
        pause = case.verdict.after if case.verdict.everyone else None
        assert senders.pause_at_once(refusal(case)) == senders.pause_by_report(case.verdict) == pause
        assert by_report.refuses_template(case.verdict) is (line == "not this template")


CALLS: Mapping[Alarm, Call] = {
    Alarm.NONE: Call(),
    Alarm.COUNT: Call(),
    Alarm.CONTENT: Call("content"),
    Alarm.SETTING: Call("setting"),
    Alarm.FAULT: Call("fault"),
    Alarm.PAGE: Call("page", act_now=True),
}


@every_line
def test_whom_it_calls(line: str) -> None:
    """The same both ways; of a sender that is stopped it is not said as well that somebody has to act."""
    for case in of(line):
        called = CALLS[case.verdict.alarm]
        if line == "stop":
            called = Call(called.counted)
        for sign in (senders.at_once(refusal(case), case.where.reports), senders.by_report(case.verdict)):
            assert alarms.call(case.verdict, sign) == called, case


def test_every_line_of_the_table_is_some_verdict() -> None:
    assert {shape(code, verdict) for code, verdict, _where in verdicts()} == TABLE.keys()


def test_every_way_to_say_no_has_a_line() -> None:
    acts = {verdict.act for _code, verdict, _where in verdicts()}
    assert acts == set(Act) - {Act.DONE}
