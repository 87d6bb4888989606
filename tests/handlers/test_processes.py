"""Which process a file opens or changes, where it stands, and what is said where that cannot be."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

import flows
from handlers import bulletins, consultations, contributions, members, people, processes, responses, rounds, schedules
from handlers.writing import contents
from tests.handlers.house import NOW, PROCESS, House
from tests.handlers.written import consultation, to_vote
from tests.storage.rows import until_somebody_waits

NATIONAL = replace(PROCESS, slug="national", title={"en": "National review"})


async def begin(house: House, process: flows.Process) -> processes.OpenProcess:
    house.now += timedelta(seconds=1)
    return await house.does(lambda session, now: processes.begin(session, process, now))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ({"en": "Regional review of 2026 (GCM)"}, "regional-review-of-2026-gcm"),
        ({"fr": "Examen régional", "en": "The review"}, "the-review"),
        ({"fr": "Examen régional"}, "examen-regional"),
        ({"ar": "الاستعراض الإقليمي"}, "main"),
        ({"en": "A very long title of a review that goes on and on"}, "a-very-long-title-of-a-review-that-goes"),
    ],
)
def test_a_first_process_without_a_slug_is_called_by_its_title(title: dict[str, str], slug: str) -> None:
    assert processes._slug(title) == slug


async def test_a_file_without_a_slug_means_the_only_process(house: House) -> None:
    changed = await begin(house, replace(PROCESS, organizer={"en": "Another forum"}))
    assert (changed.id, changed.slug) == (house.process, "regional-review")
    assert await house.does(lambda session, _now: processes.named(session)) == changed


async def test_a_new_slug_opens_one_more_and_then_a_file_has_to_name_its_own(house: House) -> None:
    national = await begin(house, NATIONAL)
    assert national.id != house.process
    several = r"several processes.*regional-review, national"
    with pytest.raises(contents.Unfit, match=several):
        await begin(house, PROCESS)
    with pytest.raises(contents.Unfit, match=several):
        await house.does(lambda session, _now: processes.named(session))
    assert (await begin(house, replace(NATIONAL, organizer={"en": "A ministry"}))).id == national.id
    with pytest.raises(contents.Unfit, match="no process 'nowhere' here, only regional-review, national"):
        await house.does(lambda session, _now: processes.named(session, "nowhere"))


@pytest.mark.parametrize("slug", ["National", "a--b", "-a", "a-", "x" * 41, "a b", "a/b", "ä", "1²"])
async def test_a_slug_is_small_letters_digits_and_single_hyphens(house: House, slug: str) -> None:
    with pytest.raises(contents.Unfit, match="slug: "):
        await begin(house, replace(NATIONAL, slug=slug))


async def test_a_process_stands_under_one_that_is_there_and_stands_under_none(house: House) -> None:
    with pytest.raises(contents.Unfit, match="no process 'emea' here, only regional-review"):
        await begin(house, replace(NATIONAL, under="emea"))
    with pytest.raises(contents.Unfit, match="under itself"):
        await begin(house, replace(NATIONAL, under="national"))
    with pytest.raises(contents.Unfit, match="under itself"):
        await begin(house, replace(PROCESS, under="regional-review"))
    await begin(house, replace(NATIONAL, under="regional-review"))
    with pytest.raises(contents.Unfit, match="national stands under another"):
        await begin(house, replace(NATIONAL, slug="local", under="national"))
    await begin(house, replace(NATIONAL, slug="emea"))
    with pytest.raises(contents.Unfit, match=r"regional-review has processes under it \(national\)"):
        await begin(house, replace(PROCESS, slug="regional-review", under="emea"))


async def test_two_that_are_put_under_each_other_at_once_make_no_circle(postgresql_house: House) -> None:
    house = postgresql_house
    await begin(house, NATIONAL)
    below = replace(PROCESS, slug="regional-review", under="national")

    async def second() -> None:
        async with house.database.writing() as session:
            await processes.begin(session, below, NOW)

    async with house.database.writing() as session:
        await processes.begin(session, replace(NATIONAL, under="regional-review"), NOW)
        waiting = asyncio.create_task(second())
        await until_somebody_waits(session)
    with pytest.raises(contents.Unfit, match="national stands under another"):
        await waiting


async def test_a_process_can_be_taken_from_under_another(house: House) -> None:
    await begin(house, replace(NATIONAL, under="regional-review"))
    await begin(house, NATIONAL)
    await begin(house, replace(PROCESS, slug="regional-review", under="national"))
    assert await house.column("SELECT count(*) FROM process WHERE parent_id IS NOT NULL") == [1]


async def test_the_soonest_of_all_promises_to_be_unreadable_counts(house: House) -> None:
    async def soonest() -> timedelta | None:
        return await house.does(lambda session, _now: processes.soonest_forgotten(session))

    assert await soonest() is None
    await begin(house, replace(NATIONAL, safety=flows.Safety(forgotten_after="7 days")))
    await begin(house, replace(NATIONAL, slug="local", safety=flows.Safety(forgotten_after="3 days")))
    assert await soonest() == timedelta(days=3)


async def test_nothing_of_one_process_is_reached_from_another(house: House) -> None:
    """Whoever knows an id of another process, or its beginning, has nothing there."""
    alice = await house.meets().joins()
    contribution = await alice.gives()
    code = await house.acts(lambda session, process, now: people.invite(session, house.keys, process, now))
    await alice.says(code)
    bulletin = contents.Bulletin({"en": "News"}, repeat="daily")
    schedule = await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
    question, _ = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    ballot = await house.acts(lambda session, process, now: rounds.open_(session, process, to_vote(), now))
    [seat] = await house.column("SELECT seat_id FROM membership WHERE ended IS NULL")
    national = await begin(house, NATIONAL)
    response = contents.Response("taken_up", {"en": "It is point 4."}, (contribution,))

    for reach in (
        lambda session, now: responses.respond(session, national, response, now),
        lambda session, _now: contributions.name_topic(session, national, contribution, "services"),
        lambda session, now: consultations.close(session, national, question, now),
        lambda session, now: rounds.close(session, national, house.keys, ballot, now),
        lambda session, now: rounds.open_(session, national, to_vote(), now),
        lambda session, _now: schedules.stop(session, national, schedule),
        lambda session, now: members.remove(session, national, seat, now),
    ):
        with pytest.raises(contents.Unfit):
            await house.does(reach)
    assert await house.does(lambda session, _now: schedules.waiting(session, national)) == []


async def test_what_was_published_in_one_process_is_new_in_another(house: House) -> None:
    bulletin = contents.Bulletin({"en": "News"})
    await house.acts(lambda session, process, now: bulletins.publish(session, process, bulletin, now))
    national = await begin(house, NATIONAL)
    assert await house.does(lambda session, _now: bulletins.published_before(session, national, bulletin)) is None
    assert (
        await house.does(lambda session, _now: consultations.opened_before(session, national, consultation())) is None
    )


async def test_an_invitation_to_another_council_gives_no_seat(house: House) -> None:
    """Whoever is in this chat takes part in this process only."""
    alice = await house.meets().joins()
    national = await begin(house, NATIONAL)
    code = await house.does(lambda session, now: people.invite(session, house.keys, national, now))
    await alice.says(code)
    assert await house.column("SELECT count(*) FROM membership WHERE ended IS NULL") == [0]


async def test_what_may_leave_unreviewed_is_one_of_three(house: House) -> None:
    lax = replace(PROCESS, unreviewed="anything")
    with pytest.raises(contents.Unfit, match="unreviewed is one of: leave, fall back, refuse"):
        await house.does(lambda session, now: processes.begin(session, lax, now))
