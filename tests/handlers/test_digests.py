"""An e-bulletin is put together from what is new, on its day, and waits to be edited."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import flows
from handlers import bulletins, digests, items, people, processes, responses, rounds, sendings
from handlers.writing import contents
from storage.broadcasts import Audience
from tests.handlers.house import PROCESS, House
from tests.handlers.items import ORGANIZER, SECOND, item_of
from tests.handlers.written import to_vote

DAY = timedelta(days=1)
FRIDAY = "The hearing is on Friday."


async def publishes(house: House, text: str, **more: object) -> None:
    bulletin = contents.Bulletin({"en": text}, **more)  # type: ignore[arg-type]
    house.now += timedelta(seconds=1)
    await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))


async def put_together(house: House) -> str | None:
    """Its text."""
    house.now += timedelta(seconds=1)
    name = await house.acts(digests.put_together)
    return None if name is None else (await item_of(house, name)).text


async def answers(house: House, state: str, reason: str, *contributed: str) -> None:
    response = contents.Response(state, {"en": reason}, contributed)
    house.now += timedelta(seconds=1)
    await house.acts(lambda session, process, now: responses.respond(session, process, response, now))


async def votes(house: House) -> None:
    """Three of the council, for the same."""
    members = [await house.meets(f"7100{number}").joins() for number in range(3)]
    for member in members:
        code = await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))
        await member.says(code)
    name = await house.acts(lambda session, process, now: rounds.open_(session, process, to_vote(), now))
    for member in members:
        await member.says("vote", "1", "1", "4", "1")
    await house.acts(lambda session, process, now: rounds.close(session, process, house.keys, name, now))


async def test_it_says_what_was_told_what_was_answered_and_what_was_voted_on(house: House) -> None:
    alice = await house.meets().joins()
    recommendations = [await alice.gives(f"Interpreters at clinic {number}.") for number in range(3)]
    await publishes(house, f"{FRIDAY}\n\nCome all.")
    await publishes(house, "Only for the south.", audience=Audience(regions=("south",)))
    await answers(house, "taken_up", "Clinics get interpreters.\nFrom May on.", *recommendations[:2])
    await answers(house, "not_taken_up", "There is no money.", recommendations[2])
    await votes(house)
    text = await put_together(house)
    assert text is not None
    assert text.splitlines() == [
        "What is new: Regional review",
        "",
        "What we told you:",
        f"- {FRIDAY}",
        "",
        "What was done with what you told us:",
        "Taken up:",
        "- Clinics get interpreters.",
        "Not taken up:",
        "- There is no money.",
        "",
        "What the council voted on:",
        "- What comes first. First: Interpreters",
    ]


async def test_a_count_is_about_many_or_is_not_told(house: House) -> None:
    alice = await house.meets().joins()
    recommendations = [await alice.gives(f"Interpreters at clinic {number}.") for number in range(9)]
    await answers(house, "taken_up", "Yes.", *recommendations[:4])
    await answers(house, "taken_up", "Yes, too.", *recommendations[4:])
    assert "Taken up (about 10):\n- Yes.\n- Yes, too." in str(await put_together(house))


async def test_it_tells_what_came_after_the_last_one_that_was_not_dropped(house: House) -> None:
    assert await put_together(house) is None
    await publishes(house, FRIDAY)
    assert FRIDAY in str(await put_together(house))
    assert await put_together(house) is None
    await publishes(house, "It was good.")
    house.now += timedelta(seconds=1)
    name = str(await house.acts(digests.put_together))
    assert FRIDAY not in (await item_of(house, name)).text
    await house.acts(lambda session, process, now: items.drop(session, process, name, now))
    assert "It was good." in str(await put_together(house))


async def test_it_does_not_tell_of_itself_and_leaves_only_as_any_other(house: House) -> None:
    await publishes(house, FRIDAY)
    house.now += timedelta(seconds=1)
    name = str(await house.acts(digests.put_together))
    sending = await house.acts(lambda session, process, now: sendings.request(session, process, name, ORGANIZER, now))
    await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, SECOND, sending.hash, now)
    )
    house.now += sendings.HOLD
    assert await house.does(sendings.leave_due) == 1
    assert await put_together(house) is None


async def test_what_is_too_much_for_one_message_is_cut_at_a_line_and_a_word(house: House) -> None:
    for number in range(15):
        await publishes(house, f"{number} " + "word " * 60)
    text = str(await put_together(house))
    assert contents.length(text) <= contents.LONGEST
    assert text.splitlines()[-1] == digests.MORE
    assert "word…" in text


async def test_it_is_in_the_first_language_of_the_process(house: House) -> None:
    arabic = replace(PROCESS, languages=("ar", "en"))
    await house.does(lambda session, now: processes.begin(session, arabic, now))
    await publishes(house, FRIDAY)
    text = str(await put_together(house))
    assert "ما أخبرناكم به:" in text
    assert FRIDAY in text


@pytest.mark.parametrize(
    ("rule", "now", "begun"),
    [
        ("weekly", "2026-11-23T00:00+01:00", "2026-11-23T00:00+01:00"),
        ("weekly", "2026-11-29T23:59+01:00", "2026-11-23T00:00+01:00"),
        ("monthly", "2026-12-01T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("monthly", "2026-11-30T23:59+01:00", "2026-11-01T00:00+01:00"),
    ],
)
def test_its_day_begins_by_the_clock_of_the_process(rule: str, now: str, begun: str) -> None:
    process = replace(PROCESS, digest=rule, daytime=flows.Daytime("Africa/Tunis"))
    at = datetime.fromisoformat(now).astimezone(UTC)
    assert digests.begun(process, at) == datetime.fromisoformat(begun)


async def every_week(house: House) -> None:
    weekly = replace(PROCESS, digest="weekly")
    await house.does(lambda session, now: processes.begin(session, weekly, now))
    assert await house.does(digests.put_together_due) == 0


async def test_one_that_recurs_comes_once_on_its_day_however_often_it_was_missed(house: House) -> None:
    await every_week(house)
    await publishes(house, FRIDAY)
    house.now = datetime(2026, 11, 29, 23, 59, tzinfo=UTC)
    assert await house.does(digests.put_together_due) == 0
    house.now = datetime(2026, 11, 30, tzinfo=UTC)
    assert await house.does(digests.put_together_due) == 1
    assert await house.does(digests.put_together_due) == 0
    await publishes(house, "It was good.")
    house.now += 30 * DAY
    assert await house.does(digests.put_together_due) == 1
    assert await house.does(digests.put_together_due) == 0
    house.now += 7 * DAY
    assert await house.does(digests.put_together_due) == 0, "nothing is new"
    assert len(await house.column("SELECT id FROM item")) == 2


async def test_of_many_workers_one_puts_it_together(postgresql_house: House) -> None:
    house = postgresql_house
    await every_week(house)
    await publishes(house, FRIDAY)
    house.now += 7 * DAY
    assert sum(await asyncio.gather(*(house.does(digests.put_together_due) for _worker in range(4)))) == 1


async def test_how_often_is_one_of_two(house: House) -> None:
    with pytest.raises(contents.Unfit, match="digest is one of: weekly, monthly"):
        await house.does(lambda session, now: processes.begin(session, replace(PROCESS, digest="daily"), now))
