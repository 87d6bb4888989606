"""Who gets nowhere is answered less and less, who floods us up to a limit; what people want is always heard."""

import dataclasses
from datetime import timedelta

import pytest
from msgspec import structs

from channels import Limits
from channels.messages import Kind
from channels.telegram import Telegram
from handlers import consultations, processes
from handlers.conversations import Deployment, Misunderstood, Unanswered, hear
from handlers.talk import patience
from handlers.talk import standing as standings
from handlers.talk.patience import Heard, Newcomers, Why
from storage.tables import address
from tests.handlers.house import CHANNELS, PROCESS, House, Writer
from tests.handlers.test_conversations import standing
from tests.handlers.written import consultation
from tests.storage.rows import NOW, statements

DRIVING = "I am driving and will answer later."
DANGER = "they lock us in the house and keep the key"
LIMITS = Limits(replies=3, newcomers=60)


def limited(house: House, replies: int = 10_000, newcomers: int = 10_000) -> None:
    """From now on on every channel."""
    limits = Limits(replies, newcomers)
    platform = Telegram("4242:canary-token", "", "http://127.0.0.1:1", "", limits=limits)
    house.deployment = Deployment(house.keys, dict.fromkeys(CHANNELS, platform), house.deployment.boards)


async def answered(writer: Writer, words: str, times: int) -> list[int]:
    """Which of these messages are answered, the first is 1, written by somebody who reads our answers."""
    numbers = list[int]()
    for number in range(1, times + 1):
        writer.house.now += patience.ECHO
        if await writer.says(words):
            numbers.append(number)
    return numbers


@pytest.mark.parametrize("channel", ["telegram", "sms", "whatsapp"])
async def test_the_same_words_are_answered_less_and_less_and_then_not(house: House, channel: str) -> None:
    machine = house.meets(channel=channel)
    assert await answered(machine, DRIVING, 100) == [1, 2, 3, 4, 8, 16]


@pytest.mark.parametrize(
    ("pause", "answered"), [(patience.ECHO, [*range(1, 9), 16, 32]), (timedelta(seconds=1), [1, 2, 3, 4, 32])]
)
async def test_words_that_change_each_time_are_answered_less_and_less_and_then_not(
    house: House, pause: timedelta, answered: list[int]
) -> None:
    machine = await house.meets().joins()
    times = []
    for number in range(1, 101):
        house.now += pause
        if await machine.says(f"It is {number} past two."):
            times.append(number)
    assert times == answered


async def test_the_same_words_sooner_than_anybody_reads_are_answered_once(house: House) -> None:
    machine = await house.meets().joins()
    assert [bool(await machine.says(DRIVING)) for _time in range(3)] == [True, False, False]
    house.now += patience.ECHO
    assert await machine.says(DRIVING) != ""


async def test_who_repeats_at_once_that_she_is_in_danger_is_answered_each_time(house: House) -> None:
    alice = await house.meets().joins()
    heard = [await alice.says(DANGER) for _time in range(patience.SAME)]
    assert "If you are in danger" in heard[0]
    assert all(heard)


async def test_who_asks_twice_at_once_for_what_we_have_is_answered_twice(house: House) -> None:
    alice = await house.meets().joins()
    assert all([await alice.says("menu") for _time in range(patience.SAME)])


async def test_who_says_something_new_is_answered_at_once(house: House) -> None:
    alice = await house.meets().joins()
    await answered(alice, DRIVING, 20)
    assert "What should change?" in await alice.says("share")


async def test_who_says_the_same_after_an_hour_is_answered(house: House) -> None:
    alice = await house.meets().joins()
    await answered(alice, DRIVING, 20)
    assert await alice.says(DRIVING) == ""
    house.now += patience.QUIET
    assert await alice.says(DRIVING) != ""


@pytest.mark.parametrize(
    ("word", "heard"), [("STOP", "We will not write"), ("FORGET", "cannot be undone"), ("HELP", "You can send")]
)
async def test_stop_forget_and_help_are_answered_when_nothing_else_is(house: House, word: str, heard: str) -> None:
    limited(house, replies=12)
    alice = await house.meets().joins()
    await answered(alice, DRIVING, 20)
    assert heard in await alice.says(word)


async def test_the_question_that_was_sent_last_stays_open_for_who_was_not_answered(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("menu")
    await answered(alice, DRIVING, 20)
    assert "What should change" in await alice.says("2", "1")


async def test_what_a_machine_says_again_and_again_on_the_way_is_no_repeat(house: House) -> None:
    alice = house.meets()
    for words in ("hello", "1", "1", "1", "1"):
        assert await alice.says(words) != ""


async def test_after_stop_nothing_is_answered_but_a_wish(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    assert await answered(alice, DRIVING, 20) == await answered(alice, "STOP", 20) == []
    assert "You can send these words" in await alice.says("help")
    assert "Welcome back" in await alice.says("start")
    assert "We will not write to you any more" in await alice.says("stop")
    assert "Goodbye" in await alice.says("forget")


async def test_who_writes_a_day_after_stop_is_told_once_how_to_come_back(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    house.now += patience.REMINDED
    assert [bool("START" in await alice.says(words)) for words in ("share", "share")] == [True, False]


async def test_who_said_stop_before_we_counted_is_told_once(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    async with house.database.writing() as session:
        await session.execute(address.update().values(talk=None))
    assert "START" in await alice.says("hello")
    assert await alice.says("hello") == ""


async def test_one_person_is_answered_so_often_an_hour_and_everybody_else_too(house: House) -> None:
    limited(house, replies=10)
    flooder, alice = await house.meets("1").joins(), await house.meets("2").joins()
    # Five were answered when they joined.
    assert sum([bool(await flooder.says(words)) for words in ("share", "0") * 10]) == 5
    assert await alice.says("share") != ""
    house.now += timedelta(minutes=6)
    assert [bool(await flooder.says(words)) for words in ("share", "0")] == [True, False]


async def test_what_is_said_beyond_the_limit_is_kept(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    limited(house, replies=1)
    assert await alice.says("Interpreters at the clinic.") == ""
    house.now += timedelta(hours=1)
    heard = await alice.says("1")
    assert "not one of the choices" in heard
    assert "You can also do this:" in heard
    assert len(await house.column("SELECT id FROM contribution")) == 1


async def test_forget_s_last_words_leave_beyond_every_limit(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    limited(house, replies=1)
    await answered(alice, "help", 5)
    assert "Goodbye" in await alice.says("forget")


async def test_who_was_not_told_whom_to_reach_in_danger_is_told_with_the_next_message(house: House) -> None:
    limited(house, replies=1)
    alice = await house.meets().joins()
    await alice.says("help")
    house.now += timedelta(minutes=1)
    assert await alice.says(DANGER) == ""
    house.now += timedelta(minutes=59)
    assert "If you are in danger" in await alice.says(DANGER)
    assert "If you are in danger" not in await alice.says(DANGER)


async def test_a_tap_on_the_last_question_answers_none_that_was_not_sent(house: House) -> None:
    """Both can be answered alike: what was tapped twice must not answer what nobody has seen."""
    alice = await house.meets().joins()
    been = consultation().questions[0]
    twice = dataclasses.replace(consultation(), questions=(been, dataclasses.replace(been, key="again")))
    await house.acts(lambda session, process, now: consultations.open_(session, process, twice, now))
    await alice.says("answer")
    token = (await standing(alice)).token
    limited(house, replies=1)
    tapped = been.options[0].value
    assert await alice.does(alice.message(kind=Kind.CHOICE, choice=tapped, token=token)) == ""
    assert (await standing(alice)).token != token
    await alice.does(alice.message(kind=Kind.CHOICE, choice=tapped, token=token))
    assert await house.column("SELECT question FROM contribution") == [been.key]


async def test_newcomers_are_answered_so_many_an_hour_and_who_is_known_always(house: House) -> None:
    alice = await house.meets("known").joins()
    limited(house, newcomers=60)
    answers = [await house.meets(f"{number}").says("hello") for number in range(20)]
    assert [bool(answer) for answer in answers] == [True] * 6 + [False] * 14
    assert len(await house.column("SELECT id FROM person")) == 21
    assert await alice.says("share") != ""
    house.now += timedelta(minutes=1)
    assert [bool(await house.meets(f"{number}").says("hello?")) for number in (10, 11)] == [True, False]


ONE_LANGUAGE = dataclasses.replace(PROCESS, languages=("en",))
"""Nobody is asked for theirs: what we are comes with the first message, before the question whether they agree."""
TERMS = "We ask migrants what should change."


async def test_nobody_agrees_to_what_they_were_not_shown_because_there_were_so_many(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, ONE_LANGUAGE, now))
    limited(house, newcomers=60)
    assert [bool(await house.meets(f"{number}").says("hello")) for number in range(7)] == [True] * 6 + [False]
    house.now += timedelta(hours=1)
    assert TERMS in await house.meets("6").says("1")
    assert await house.column("SELECT person_id FROM participation WHERE consented") == []


async def test_nobody_agrees_to_what_they_were_not_shown_because_the_platform_answered(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, ONE_LANGUAGE, now))
    alice = house.meets("+12025550123", "sms")
    await house.takes(dataclasses.replace(alice.message("HELP"), answered=True))
    assert TERMS in await alice.says("1")
    assert await house.column("SELECT person_id FROM participation WHERE consented") == []


async def test_stop_from_a_newcomer_acts_however_many_there_are(house: House) -> None:
    limited(house, newcomers=60)
    for number in range(10):
        await house.meets(f"{number}").says("hello")
    assert "START" in await house.meets("10").says("STOP")
    assert await house.column("SELECT reach FROM address WHERE reach = 'opted_out'") == ["opted_out"]


async def test_whoever_is_not_answered_is_named_by_channel_and_reason(house: House) -> None:
    machine = house.meets()
    await answered(machine, DRIVING, 4)
    async with house.database.writing() as session:
        unanswered = await hear(session, house.deployment, [machine.message(DRIVING)], house.now)
    assert unanswered == [Unanswered("telegram", Why.REPEATS), Misunderstood("welcome", 1)]


async def test_what_is_counted_takes_no_further_statement(postgresql_house: House) -> None:
    house = postgresql_house
    alice = await house.meets().joins()
    await answered(alice, DRIVING, 4)
    with statements(house.database) as counted:
        await house.takes(alice.message(DRIVING))
    assert len(counted) == 2


async def test_the_words_themselves_are_not_kept(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("Driving now")
    kept = standings.packed(await standing(alice))
    assert "riving" not in kept
    assert (await standing(alice)).heard.words in kept


def test_a_clock_that_was_wrong_for_a_moment_silences_nobody() -> None:
    wrong = NOW + timedelta(days=400)
    heard = Heard(at=wrong, same=50, nowhere=50, paid=wrong, parted=wrong)
    hearing = patience.Hearing("x", None, understood=False, moved=False, was_stopped=False, is_stopped=False, now=NOW)
    assert heard.then(hearing).refuses(hearing, LIMITS) is None
    stopped = structs.replace(hearing, was_stopped=True, is_stopped=True)
    assert heard.then(stopped).refuses(stopped, LIMITS) is None
    newcomers = Newcomers({("sms", False): wrong})
    assert newcomers.may_come("sms", False, NOW, LIMITS)


def test_a_talk_from_before_is_read_as_that_of_somebody_answered() -> None:
    before = '{"talks":[],"token":"3","invitation":"","offered":[]}'
    assert standings.unpacked(before).heard == Heard()
    assert Heard().greeted
