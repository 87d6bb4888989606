"""A consultation closes on its day, and who began and did not finish is reminded of it once."""

import asyncio
from datetime import timedelta

import pytest

from bot.housekeeping import Housekeeping
from broadcast.wake import Waker
from handlers import closing, consultations, processes
from handlers.writing import contents
from storage import broadcasts
from storage import consultations as stored
from storage.consultations import Dates
from tests.handlers.asking import ALL_KINDS, TITLE, opens
from tests.handlers.house import NOW, House, Writer
from tests.handlers.test_telling import BY_DAY, NIGHT
from tests.handlers.written import consultation

REMINDER = f"You have begun to answer our questions: {TITLE}."
DATES = Dates(closes=NOW + timedelta(days=20), reminds=NOW + timedelta(days=10))


async def reminds(house: House) -> int:
    return await house.does(consultations.remind)


async def closes(house: House) -> int:
    return await house.does(consultations.close_due)


async def met(house: House, *senders: str, channel: str = "telegram") -> list[Writer]:
    return [await house.meets(sender, channel).joins() for sender in senders]


async def test_all_kinds_are_asked_and_kept(house: House) -> None:
    (alice,) = await met(house, "+12025550123", channel="sms")
    await opens(house)
    assert "I have not" in await alice.says("answer")
    assert "You can choose several" in await alice.says("1")
    assert "You chose: Waiting; Fear." in await alice.says("1 4")
    assert "What would make it easier?" in await alice.says("4")
    assert "Thank you" in await alice.says("Longer hours.")
    rows = await house.column("SELECT question || ':' || coalesce(option, '') FROM contribution")
    assert sorted(rows) == ["been:yes", "hard:4", "kept:waiting,fear", "why:"]


@pytest.mark.parametrize("wrong", ["0 1", "6", "1-3", "some", "1 9"])
async def test_what_is_no_answer_to_a_scale_or_several_is_asked_again(house: House, wrong: str) -> None:
    (alice,) = await met(house, "1")
    await opens(house)
    await alice.says("answer", "1")
    if wrong != "6":
        await alice.says(wrong)
        assert await house.column("SELECT question FROM contribution") == ["been"]
        return
    await alice.says("2")
    await alice.says(wrong)
    assert "How hard was it?" not in await alice.says("5")
    assert sorted(filter(None, await house.column("SELECT option FROM contribution"))) == ["5", "cost", "yes"]


async def test_who_is_not_understood_keeps_the_numbers_of_a_scale(house: House) -> None:
    """Few of its steps, numbered anew, would make another step of the number that they send."""
    (alice,) = await met(house, "1")
    await opens(house)
    await alice.says("answer", "1", "1", "hm", "hm hm", "hmm", "4")
    assert await house.column("SELECT option FROM contribution WHERE question = 'hard'") == ["4"]


async def test_who_comes_back_goes_on_where_they_stopped(house: House) -> None:
    (alice,) = await met(house, "1")
    await opens(house)
    await alice.says("answer", "1", "1 2", "menu")
    heard = await alice.says("/answer")
    assert "We go on where you stopped: 2 questions are left." in heard
    assert "The ministers." in heard
    assert "How hard was it?" in heard
    await alice.says("2", "Longer hours.")
    assert "There are 4 questions." in await alice.says("/answer")


async def test_who_has_begun_and_not_finished_is_reminded_once(house: House) -> None:
    alice, bob, cosma, dana, enzo = await met(house, "1", "2", "3", "4", "5")
    await opens(house, consultation(), DATES)
    for writer in (alice, bob, cosma, dana, enzo):
        await writer.hears()
    for writer in (alice, bob, cosma, dana):
        await writer.says("answer", "1")
    await bob.says("Longer hours.")
    await cosma.says("stop")
    await dana.says("/leave", "1")
    house.now = DATES.reminds or NOW
    house.now -= timedelta(seconds=1)
    assert await reminds(house) == 0
    house.now += timedelta(seconds=1)
    assert await reminds(house) == 1
    assert await reminds(house) == 0
    assert [REMINDER in await writer.hears() for writer in (alice, bob, cosma, dana, enzo)] == [True] + [False] * 4


async def test_who_finishes_before_the_reminder_leaves_is_not_reminded(house: House) -> None:
    alice, bob = await met(house, "1", "2")
    await opens(house, consultation(), DATES)
    for writer in (alice, bob):
        await writer.says("answer", "1")
    house.now = DATES.reminds or NOW
    await reminds(house)
    await house.takes(alice.message("Longer hours."))
    assert REMINDER not in await alice.hears()
    assert REMINDER in await bob.hears()


async def test_nobody_is_reminded_of_what_is_over(house: House) -> None:
    (alice,) = await met(house, "1")
    name = await opens(house, consultation(), DATES)
    await alice.says("answer", "1")
    house.now = DATES.closes or NOW
    assert await reminds(house) == 0
    house.now -= timedelta(days=1)
    await house.acts(lambda session, process, now: consultations.close(session, process, name, now))
    assert await reminds(house) == 0


async def test_a_reminder_leaves_by_day_and_not_when_it_is_over(house: House) -> None:
    await house.does(lambda session, now: processes.begin(session, BY_DAY, now))
    (alice,) = await met(house, "1")
    name = await opens(house, consultation(), DATES)
    await alice.says("answer", "1")
    house.now = NIGHT + timedelta(days=30)
    assert await reminds(house) == 0
    house.now = (DATES.reminds or NOW) + timedelta(days=1)
    assert await reminds(house) == 1
    async with house.database.reading() as session:
        (reminder, *_others) = await broadcasts.latest(session, house.process, 1)
    assert reminder.not_after == DATES.closes
    assert reminder.audience.unfinished is not None
    assert reminder.audience.unfinished.consultation == name
    assert reminder.hours is not None


async def test_who_was_killed_while_reminding_reminds_again_and_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alice,) = await met(house, "1")
    await opens(house, consultation(), DATES)
    await alice.says("answer", "1")
    house.now = DATES.reminds or NOW
    for room, function in ((broadcasts, "add"), (stored, "remind")):
        with monkeypatch.context() as broken:
            broken.setattr(room, function, lambda *_arguments: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                await reminds(house)
    assert REMINDER not in await alice.hears()
    for _time in range(2):
        await Housekeeping(house.database, house.keys, {}, Waker()).keep(house.now)
    await reminds(house)
    assert await house.column("SELECT count(*) FROM broadcast") == [2]


async def test_it_closes_on_its_day_whoever_comes_and_however_late(house: House) -> None:
    (alice,) = await met(house, "1")
    await opens(house, consultation(), DATES)
    assert await closes(house) == 0
    await alice.says("answer", "1")
    house.now = (DATES.closes or NOW) + timedelta(days=3)
    assert "These questions have closed" in await alice.says("Longer hours.")
    assert "There is no open question now." in await alice.says("/answer")
    assert await closes(house) == 1
    assert await closes(house) == 0
    assert await house.column("SELECT question FROM contribution") == ["been"]


async def test_what_nobody_gave_a_day_stays_open(house: House) -> None:
    await opens(house)
    house.now += timedelta(days=400)
    assert await closes(house) == 0
    assert await reminds(house) == 0


async def test_of_several_workers_one_closes_and_one_reminds(postgresql_house: House) -> None:
    house = postgresql_house
    (alice,) = await met(house, "1")
    await opens(house, consultation(), DATES)
    await alice.says("answer", "1")

    async def at_once(work: object) -> int:
        async def works() -> int:
            async with house.database.writing() as session:
                return int(await work(session, house.now))  # type: ignore[operator]

        return sum(await asyncio.gather(*(works() for _worker in range(4))))

    house.now = DATES.reminds or NOW
    assert await at_once(consultations.remind) == 1
    house.now = DATES.closes or NOW
    assert await at_once(consultations.close_due) == 1


async def test_nobody_is_reminded_in_a_process_that_was_closed(house: House) -> None:
    (alice,) = await met(house, "1")
    await opens(house, consultation(), DATES)
    await alice.says("answer", "1")
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    house.now = DATES.reminds or NOW
    assert await reminds(house) == 0


def test_a_question_has_a_scale_or_options() -> None:
    [_choice, several, scale, _open] = ALL_KINDS.questions
    assert several.values == ("waiting", "cost", "language", "fear")
    assert scale.values == ("1", "2", "3", "4", "5")


async def test_one_of_another_process_is_not_there(house: House) -> None:
    with pytest.raises(contents.Unfit, match="No consultation"):
        await house.acts(lambda session, process, _now: consultations.get(session, process, "x"))
