"""What people gave, and the responses to it."""

from datetime import timedelta

import pytest

import flows
from handlers import consultations, contributions, responses
from handlers.writing import contents
from storage import contributions as stored
from storage.outbox import expansion
from tests.handlers.house import NOW, House
from tests.handlers.written import consultation

REASON = {"en": "It is point 4 of the draft."}


async def respond(house: House, *named: str, state: str = "taken_up") -> tuple[str, int]:
    response = contents.Response(state, REASON, named)
    return await house.acts(lambda session, process, now: responses.respond(session, process, response, now))


@pytest.mark.parametrize("named", [(), ("",), ("abc",), ("ffffffff" * 4,), ("%",), ("____",)])
async def test_a_response_names_contributions_that_there_are(house: House, named: tuple[str, ...]) -> None:
    await (await house.meets().joins()).gives()
    with pytest.raises(contents.Unfit):
        await respond(house, *named)
    assert await house.column("SELECT id FROM response") == []


async def test_a_beginning_that_two_share_is_refused(house: House) -> None:
    alice = await house.meets().joins()
    await alice.gives()
    await alice.gives()
    async with house.database.writing() as session:
        for row, name in enumerate(await house.column("SELECT id FROM contribution")):
            await session.exec_driver_sql(f"UPDATE contribution SET id = 'aaaa{row}' WHERE id = '{name}'")  # noqa: S608
    with pytest.raises(contents.Unfit, match="No single contribution is called 'aaaa'"):
        await respond(house, "aaaa")
    assert (await respond(house, "aaaa0", "aaaa1"))[1] == 1


async def test_who_is_answered_twice_is_told_twice_and_the_newer_counts(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await respond(house, name, state="considered")
    house.now += timedelta(days=1)
    await respond(house, name[:8], state="taken_up")
    heard = await alice.hears()
    assert heard.index("It is being considered.") < heard.index("It was taken up.")
    status = await alice.says("status")
    assert "It was taken up." in status
    assert "being considered" not in status


async def test_who_gave_much_or_on_two_channels_is_told_once(house: House) -> None:
    alice, again = await house.meets().joins(), await house.meets("+12025550123", "sms").joins()
    names = [await alice.gives(), await alice.gives(), await again.gives()]
    async with house.database.writing() as session:
        [hers] = (await session.exec_driver_sql("SELECT person_id FROM address WHERE channel = 'telegram'")).scalars()
        for table in ("address", "contribution"):
            await session.exec_driver_sql(f"UPDATE {table} SET person_id = '{hers}'")  # noqa: S608
    assert (await respond(house, *names, names[0]))[1] == 1


async def test_a_forgotten_contributor_is_answered_but_not_told(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await alice.says("forget", "1")
    assert (await respond(house, name))[1] == 0
    assert await alice.hears() == ""


async def test_one_response_answers_a_thousand(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    async with house.database.writing() as session:
        for number in range(1000):
            await session.exec_driver_sql(
                "INSERT INTO contribution (id, process_id, person_id, topic, language, given) "  # noqa: S608
                f"SELECT 'many{number:04}', process_id, person_id, topic, language, given FROM contribution "
                f"WHERE id = '{name}'"
            )
    assert (await respond(house, *(f"many{number:04}" for number in range(1000))))[1] == 1
    assert len(await house.column("SELECT id FROM contribution WHERE response_id IS NOT NULL")) == 1000


async def test_a_fault_in_the_middle_leaves_no_response(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    name = await (await house.meets().joins()).gives()
    monkeypatch.setattr(expansion, "expand", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await respond(house, name)
    for table in ("response", "broadcast"):
        assert await house.column(f"SELECT id FROM {table}") == []  # noqa: S608
    assert await house.column("SELECT response_id FROM contribution") == [None]


async def test_each_person_is_told_which_of_their_own_words_are_answered(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets("+12025550123", "sms").joins("Français")
    await alice.gives()
    await alice.says("1", "1")
    house.now += timedelta(days=1)
    await alice.gives()
    await alice.says("1", "1")
    await bob.says("share", "Visas for families.")
    names = await house.column("SELECT id FROM contribution")
    await respond(house, *names)
    heard = await alice.hears()
    assert heard.startswith("On November 24, 2026 you told us about: Leaving home, legal ways (and 1 more)\nIt was")
    assert (await bob.hears()).startswith(
        "Le 24 novembre 2026, vous nous avez dit ce qui doit changer\nCela a été retenu."
    )


async def test_who_answered_a_consultation_is_told_which(house: House) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    await alice.says("answer", "1", "Longer hours.")
    await respond(house, *await house.column("SELECT id FROM contribution"))
    assert (await alice.hears()).startswith("On November 23, 2026 you answered our questions: Seeing a doctor\nIt was")


async def test_what_was_answered_anew_before_the_response_left_is_not_said_to_be_answered(house: House) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    await alice.says("answer", "1", "Longer hours.")
    names = await house.column("SELECT id FROM contribution")
    await alice.says("answer")
    await respond(house, *names)
    await house.takes(alice.message("2"))
    await house.takes(alice.message("Longer hours still."))
    heard = await alice.hears()
    assert "You gave us your view. Here is what was done with it.\nIt was taken up." in heard


async def test_nothing_of_what_is_answered_is_kept_with_the_broadcast_or_the_delivery(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await respond(house, name)
    kept = await house.column("SELECT renditions || coalesce(audience, '') FROM broadcast")
    assert "leave home" not in "".join(kept)
    assert await house.column("SELECT id FROM delivery WHERE broadcast_id IS NOT NULL AND body IS NOT NULL") == []


async def test_a_reason_that_does_not_fit_behind_what_it_answers_is_refused(house: House) -> None:
    name = await (await house.meets().joins()).gives()
    long = contents.Response("taken_up", {"en": "x" * contents.LONGEST}, (name,))
    with pytest.raises(contents.Unfit, match="reason"):
        await house.acts(lambda session, process, now: responses.respond(session, process, long, now))


async def test_an_answer_given_again_waits_for_a_response_of_its_own(house: House) -> None:
    alice = await house.meets().joins()
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    await alice.says("answer", "1", "Longer hours.")
    await respond(house, *await house.column("SELECT id FROM contribution"))
    await alice.says("answer", "2", "Longer hours still.")
    async with house.database.reading() as session:
        listed = await stored.newest(session, house.process, house.keys, 10)
    assert [contribution.state for contribution in listed] == ["received", "received"]


async def test_a_consultation_of_ten_questions_is_answered_to_the_end(house: House) -> None:
    alice = await house.meets().joins()
    many = contents.Consultation(
        consultation().title,
        consultation().promise,
        tuple(flows.Question(f"q{number}", {"en": f"Question {number}?"}) for number in range(10)),
    )
    await house.acts(lambda session, process, now: consultations.open_(session, process, many, now))
    heard = await alice.says("answer", *(f"Answer {number}." for number in range(10)))
    assert "Thank you" in heard
    assert len(await house.column("SELECT id FROM contribution")) == 10


async def test_the_day_is_kept_and_not_the_hour(house: House) -> None:
    await (await house.meets().joins()).gives()
    async with house.database.reading() as session:
        [contribution] = await stored.newest(session, house.process, house.keys, 10)
    assert contribution.given == NOW.date()


async def test_the_topic_is_named_by_who_gave_it_or_by_a_moderator(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    await alice.says("1", "6")
    assert await house.column("SELECT topic FROM contribution") == ["together"]
    await house.acts(lambda session, process, _now: contributions.name_topic(session, process, name[:6], "return"))
    assert await house.column("SELECT topic FROM contribution") == ["return"]
    with pytest.raises(contents.Unfit, match="pathways"):
        await house.acts(lambda session, process, _now: contributions.name_topic(session, process, name, "holidays"))
    with pytest.raises(contents.Unfit, match="No single contribution"):
        await house.acts(lambda session, process, _now: contributions.name_topic(session, process, "abcd", "return"))


async def test_what_is_said_again_takes_the_place_of_the_first_and_can_be_taken_back(house: House) -> None:
    alice = await house.meets().joins()
    await alice.gives("Interpreters at the clinic.")
    await alice.says("0", "Interpreters at the school.")
    [contribution] = await house.does(lambda session, _now: stored.newest(session, house.process, house.keys, 10))
    assert contribution.words == "Interpreters at the school."
    assert "did not keep it" in await alice.says("2")
    assert await house.column("SELECT id FROM contribution") == []
    assert "You have not told us anything yet" in await alice.says("/status")
