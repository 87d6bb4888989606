"""Every row of the study's event table (channels.md 6.1 to 6.3), written down once more beside the program's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import pytest

from channels import Channel, kinds
from channels.verdicts import DROPPED, WIRE, Act, Alarm, Reach, Verdict

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HALF_AN_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """What the study says of one or more codes. `wait`: at least so long. `tries`: at most so many."""

    codes: str
    act: Act
    reach: Reach | None = None
    elsewhere: bool = False
    wait: timedelta = timedelta(0)
    alarm: Alarm | None = None
    strikes: int = 1
    lasts: timedelta | None = None
    tries: int | None = None
    everyone: bool = False
    plainly: bool = False
    halts: bool = False
    most: float | None = None


TELEGRAM = (
    Row("not_reached closed", Act.WAIT, wait=SECOND, everyone=True),
    Row("no_answer unreadable", Act.UNKNOWN),
    Row("502 503", Act.WAIT, wait=SECOND, everyone=True),
    Row("500", Act.UNKNOWN),
    Row("429", Act.WAIT, wait=5 * SECOND),
    Row("403_blocked", Act.DROP, Reach.BLOCKED, elsewhere=True, most=0.02),
    Row("403_deactivated", Act.DROP, Reach.INVALID, elsewhere=True),
    Row("403_never_started", Act.DROP, Reach.NOT_ON_CHANNEL, elsewhere=True),
    Row("400_not_found", Act.DROP, Reach.INVALID, elsewhere=True, strikes=2),
    # We write to no group: nobody is lost and there is nobody to find elsewhere.
    Row("403_kicked 400_migrated", Act.DROP, Reach.INVALID, elsewhere=True),
    # "Resend as plain text once": all we send is plain text.
    Row("400_entities", Act.DROP, alarm=Alarm.CONTENT),
    Row("400_too_long 400_empty 400_button 400_keyboard", Act.DROP, alarm=Alarm.CONTENT),
    Row("413", Act.DROP, alarm=Alarm.CONTENT),
    Row("401 409", Act.STOP, alarm=Alarm.PAGE),
    Row("400 403", Act.DROP),
)

TWILIO_AT_ONCE = (
    Row("not_reached closed", Act.WAIT, wait=SECOND, everyone=True),
    Row("no_answer unreadable", Act.UNKNOWN),
    Row("429 20429", Act.WAIT, wait=SECOND, everyone=True),
    Row("500 502 503 504 20500 20503", Act.UNKNOWN),
    Row("401 20003 20005 20006 20008 20403 10001 30002 90010", Act.STOP, alarm=Alarm.PAGE),
    Row("20001 20404 20422 21602 21603 21604 21605 21609 21618 21619 21624 21626", Act.DROP, alarm=Alarm.FAULT),
    Row("21211 21217 21401 21421", Act.DROP, Reach.INVALID, elsewhere=True),
    Row("21214 21612", Act.DROP, Reach.UNREACHABLE, elsewhere=True, lasts=timedelta(days=30)),
    Row("21614 30006", Act.DROP, Reach.INVALID, elsewhere=True),
    Row("21408", Act.DROP, elsewhere=True, alarm=Alarm.SETTING),
    # "Do not work around": only an essential message may, and which is, no code knows.
    Row("21610", Act.DROP, Reach.OPTED_OUT, most=0.02),
    Row("21611", Act.WAIT, wait=10 * MINUTE, tries=6, everyone=True),
    Row("21606 21607 21608 21659 21660 21709 21212 63007", Act.STOP, alarm=Alarm.SETTING),
    Row("21701 21702 21703 21704 21705 21712 21713 21714 21715", Act.STOP, alarm=Alarm.SETTING),
    # "Split", "drop the media": done before anything is sent.
    Row("21617 21620 21623", Act.DROP, alarm=Alarm.CONTENT),
    # "Sanitise and retry once": what stands in a variable is in one line and not empty before; so without variables.
    Row("21656 92007", Act.DROP, alarm=Alarm.CONTENT, plainly=True),
    Row("21654 21655", Act.TEMPLATE, alarm=Alarm.CONTENT),
    Row("63015", Act.DROP, alarm=Alarm.SETTING),
    Row("63016 shut", Act.SHUT),
)

TWILIO_AFTERWARDS = (
    Row("30001", Act.WAIT, wait=10 * MINUTE, tries=6, everyone=True),
    Row("30010 30032 30034", Act.STOP, alarm=Alarm.SETTING),
    Row("30022", Act.WAIT, wait=SECOND, tries=6, everyone=True),
    Row("30023 30027", Act.WAIT, wait=DAY),
    Row(
        "30003",
        Act.WAIT,
        Reach.UNREACHABLE,
        elsewhere=True,
        wait=HALF_AN_HOUR,
        strikes=3,
        lasts=timedelta(days=7),
        tries=4,
    ),
    Row("30004", Act.DROP, Reach.BLOCKED, elsewhere=True, most=0.02),
    Row("30005", Act.DROP, Reach.INVALID, elsewhere=True, strikes=2),
    Row("30007", Act.DROP, elsewhere=True, alarm=Alarm.COUNT, most=0.01),
    Row(
        "30008",
        Act.WAIT,
        Reach.UNREACHABLE,
        elsewhere=True,
        wait=HALF_AN_HOUR,
        strikes=3,
        lasts=timedelta(days=7),
        tries=2,
    ),
    Row("30009", Act.DROP),
    Row("30011 30012 30013 30014 30015 30016 30019", Act.DROP, alarm=Alarm.FAULT),
    # "Soon or as a carrier's": the slower of the two, and of that three more tries.
    Row("30017 30410 30020 30021", Act.WAIT, wait=HALF_AN_HOUR, tries=4),
    # "Other sender": of another channel, for there is one on each.
    Row("30018 30024", Act.DROP, elsewhere=True, alarm=Alarm.SETTING),
    Row("30036", Act.EXPIRE),
    Row("63001 63002 63008 63020 63022", Act.STOP, alarm=Alarm.PAGE),
    Row("63003 63024", Act.DROP, Reach.NOT_ON_CHANNEL, elsewhere=True, lasts=timedelta(days=30)),
    Row("63005 63006 63021 63030 63036 63037", Act.DROP, alarm=Alarm.CONTENT, plainly=True),
    Row("63009 63010 63011 63012 63023", Act.WAIT, elsewhere=True, wait=SECOND, tries=4),
    Row("63013 63026", Act.DROP, alarm=Alarm.PAGE, halts=True),
    Row("63014 63033", Act.DROP, Reach.BLOCKED, most=0.02),
    Row("63017 63018", Act.WAIT, wait=5 * SECOND, tries=6, everyone=True),
    Row("63038", Act.WAIT, wait=DAY, everyone=True),
    Row("63019 63034", Act.WAIT, wait=SECOND, tries=2),
    Row("63027 63028 63029 63040 63041", Act.TEMPLATE, alarm=Alarm.CONTENT),
    Row("63031", Act.DROP, alarm=Alarm.FAULT),
    Row("63032", Act.DROP, elsewhere=True),
    Row("63049", Act.WAIT, elsewhere=True, wait=DAY, tries=4),
)

ROWS: Mapping[str, tuple[Row, ...]] = {
    "telegram": TELEGRAM,
    "sms": TWILIO_AT_ONCE + TWILIO_AFTERWARDS,
    "whatsapp": TWILIO_AT_ONCE + TWILIO_AFTERWARDS,
}
EACH = [
    pytest.param(channel, code, row, id=f"{channel}-{code}")
    for channel, rows in ROWS.items()
    for row in rows
    for code in row.codes.split()
]


@pytest.mark.parametrize(("channel", "code", "row"), EACH)
def test_a_code_means_what_the_study_says(channel: str, code: str, row: Row, channels: dict[str, Channel]) -> None:
    verdict = channels[channel].verdicts[code]
    assert (verdict.act, verdict.reach, verdict.elsewhere) == (row.act, row.reach, row.elsewhere)
    assert (verdict.strikes, verdict.lasts) == (row.strikes, row.lasts)
    assert (verdict.everyone, verdict.plainly, verdict.halts) == (row.everyone, row.plainly, row.halts)
    assert verdict.most == row.most
    assert verdict.after >= row.wait
    assert row.tries is None or verdict.tries == row.tries
    assert row.alarm is None or verdict.alarm is row.alarm


def test_no_code_stands_in_two_rows() -> None:
    for rows in ROWS.values():
        codes = [code for row in rows for code in row.codes.split()]
        assert len(codes) == len(set(codes))


@pytest.fixture(params=kinds())
def verdicts(request: pytest.FixtureRequest, channels: dict[str, Channel]) -> Mapping[str, Verdict]:
    return channels[request.param].verdicts


OURS = {"fault", "crash", "empty", "refused", "not_asked"}
"""What the study has no row for: faults of our own."""


@pytest.mark.parametrize("channel", kinds())
def test_the_program_knows_no_code_that_the_study_does_not(channel: str, channels: dict[str, Channel]) -> None:
    studied = {code for row in ROWS[channel] for code in row.codes.split()}
    assert channels[channel].verdicts.keys() - studied <= OURS


def test_what_happens_on_the_wire_is_the_same_everywhere(verdicts: Mapping[str, Verdict]) -> None:
    assert {code: verdicts[code] for code in WIRE} == WIRE


def test_every_verdict_says_in_words_what_happened(verdicts: Mapping[str, Verdict]) -> None:
    for verdict in verdicts.values():
        assert 8 < len(verdict.says) < 120
        assert not verdict.says.endswith(".")
        assert verdict.says.isascii()


def test_whoever_waits_knows_how_long_and_how_often(verdicts: Mapping[str, Verdict]) -> None:
    for verdict in verdicts.values():
        waits = verdict.act is Act.WAIT
        assert (verdict.after > timedelta(0)) is waits
        assert verdict.tries > 1
        assert waits or not verdict.everyone


def test_a_sender_that_stops_calls_somebody(verdicts: Mapping[str, Verdict]) -> None:
    for verdict in verdicts.values():
        assert (verdict.act is Act.STOP) <= (verdict.alarm in (Alarm.PAGE, Alarm.SETTING))


def test_nobody_is_followed_elsewhere_after_a_stop(verdicts: Mapping[str, Verdict]) -> None:
    assert not [verdict for verdict in verdicts.values() if verdict.reach is Reach.OPTED_OUT and verdict.elsewhere]


def test_an_address_is_lost_for_a_while_or_for_good(verdicts: Mapping[str, Verdict]) -> None:
    for verdict in verdicts.values():
        passes = verdict.reach is Reach.UNREACHABLE
        assert not passes or verdict.lasts
        assert verdict.lasts is None or verdict.reach in (Reach.UNREACHABLE, Reach.NOT_ON_CHANNEL)
        assert verdict.strikes == 1 or verdict.reach


def test_an_unknown_code_is_final_and_counted() -> None:
    assert (DROPPED.act, DROPPED.reach, DROPPED.elsewhere, DROPPED.alarm) == (Act.DROP, None, False, Alarm.COUNT)


def test_every_channel_has_a_table() -> None:
    assert ROWS.keys() == set(kinds())
    assert all(hasattr(import_module(f"channels.{name}"), "from_settings") for name in kinds())
