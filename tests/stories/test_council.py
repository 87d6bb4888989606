"""A council of three on three channels votes on priorities; one of them changes their mind."""

from datetime import timedelta

import pytest

import council
import flows
from handlers import members, people, rounds
from handlers.writing import contents
from tests.stories.town import Person, StoryTown, now


async def opens(square: StoryTown, vote: contents.Round) -> str:
    return await square.acts(lambda session, process, now: rounds.open_(session, process, vote, now))


async def closes(square: StoryTown, round_id: str) -> council.Result:
    keys = square.parts.keys
    return await square.acts(lambda session, process, now: rounds.close(session, process, keys, round_id, now))


async def seated(square: StoryTown, person: Person, language: str = "English") -> None:
    await person.joins(language)

    keys = square.parts.keys
    person.says(await square.acts(lambda session, process, now: people.invite(session, keys, process, now)))
    await person.hears()


async def seat_of(square: StoryTown, person: Person) -> str:
    """As only the database knows it."""
    index = square.parts.keys.index("sms", person.address)
    query = (
        "SELECT seat_id FROM membership JOIN address USING (person_id) "  # noqa: S608
        f"WHERE ended IS NULL AND address.\"index\" = '{index}'"
    )
    async with square.parts.database.reading() as session:
        return str((await session.exec_driver_sql(query)).scalar_one())


ABOUT = {"en": "24 people asked for it.", "fr": "24 personnes le demandent."}


def to_vote(rule: str = "approval", about: flows.Renditions | None = None) -> contents.Round:
    return contents.Round(
        title={"en": "What comes first", "fr": "Ce qui vient en premier"},
        matters=(
            contents.Matter("clinic", {"en": "Interpreters at the clinic", "fr": "Des interprètes"}, about or {}),
            contents.Matter("fees", {"en": "Lower fees", "fr": "Des frais plus bas"}),
            contents.Matter("school", {"en": "A place at school", "fr": "Une place en classe"}),
        ),
        closes=(now() + timedelta(days=3)).date(),
        rule=rule,
    )


@pytest.mark.parametrize("rule", ["approval", "majority"])
async def test_a_council_of_three_on_three_channels(square: StoryTown, rule: str) -> None:
    alice, bob, cosma = square.on_telegram(), square.on_whatsapp(), square.on_sms()
    outsider = square.on_sms()
    await outsider.joins()
    await seated(square, alice)
    await seated(square, bob)
    await seated(square, cosma, "Français")
    round_id = await square.acts(
        lambda session, process, moment: rounds.open_(session, process, to_vote(rule, ABOUT), moment)
    )
    await alice.hears("The council votes: What comes first")
    await bob.hears("The council votes")
    await cosma.hears("Ce qui vient en premier")

    for person, choice in ((alice, "1 3"), (bob, "2"), (cosma, "1, 2")):
        person.says("vote")
        await person.hears()
        person.says("2")
        await person.hears(ABOUT["fr" if person is cosma else "en"])
        person.says(choice)
        await person.hears()
        person.says("1")
        await person.hears()
    bob.says("vote")
    await bob.hears("You approve 1 of them:\nLower fees", "You have voted", "Change my vote", "Keep my vote")
    bob.says("1")
    await bob.hears("Which of these do you approve?")
    bob.says("1")
    await bob.hears("You approve 1 of them:\nInterpreters at the clinic", "Is this right?")
    bob.says("1")
    await bob.hears_choices("We have your vote.")
    bob.says("vote")
    await bob.hears("You approve 1 of them:\nInterpreters at the clinic")
    bob.says("3")
    await bob.hears_choices("Your vote stays as it is.")

    result = await closes(square, round_id)
    assert dict(result.counts) == {"clinic": 3, "fees": 1, "school": 1}
    for person in (alice, bob):
        await person.hears("The vote is over", "3", "1. Interpreters at the clinic", "2.")
    await cosma.hears("1. Des interprètes")
    await outsider.hears_nothing(square)

    async with square.parts.database.reading() as session:
        left = (await session.exec_driver_sql("SELECT count(*) FROM ballot")).scalar_one()
    assert left == 0


async def test_a_vote_that_comes_too_late_is_said_not_to_count(square: StoryTown) -> None:
    alice = square.on_telegram()
    await seated(square, alice)
    round_id = await square.acts(lambda session, process, moment: rounds.open_(session, process, to_vote(), moment))
    await alice.hears("The council votes")
    alice.says("vote")
    await alice.hears("Which of these")
    await closes(square, round_id)
    await alice.hears("The vote is over")
    alice.says("1")
    await alice.hears("Is this right?")
    alice.says("1")
    heard = await alice.hears("has closed")
    assert "We have your vote" not in heard


async def test_a_result_that_would_show_who_chose_what_is_not_told(square: StoryTown) -> None:
    alice, bob, cosma = square.on_telegram(), square.on_whatsapp(), square.on_sms()
    for person in (alice, bob, cosma):
        await seated(square, person)
    round_id = await square.acts(
        lambda session, process, moment: rounds.open_(session, process, to_vote("majority"), moment)
    )
    for person in (alice, bob, cosma):
        await person.hears("The council votes")
    alice.says("vote")
    await alice.hears()
    alice.says("2")
    await alice.hears()
    alice.says("1")
    await alice.hears()
    result = await closes(square, round_id)
    assert result.order == ()
    assert "Lower fees" not in await bob.hears("1 member of 3 voted", "there is no result")
    async with square.parts.database.reading() as session:
        kept = (await session.exec_driver_sql("SELECT result FROM round")).scalar_one()
    assert "fees" not in kept


async def test_an_invitation_seats_one_person_only(square: StoryTown) -> None:
    alice, mallory = square.on_telegram(), square.on_sms()
    await alice.joins()
    await mallory.joins()

    keys = square.parts.keys
    code = await square.acts(lambda session, process, now: people.invite(session, keys, process, now))
    alice.says(code.lower())
    await alice.hears("Welcome to the council")
    mallory.says(code)
    heard = await mallory.hears()
    assert "Welcome to the council" not in heard


async def test_a_member_steps_down_and_another_is_removed_while_they_vote(square: StoryTown) -> None:
    alice, bob, cosma = square.on_telegram(), square.on_whatsapp(), square.on_sms()
    for person in (alice, bob):
        await seated(square, person)
    await seated(square, cosma, "Français")
    round_id = await square.acts(lambda session, process, moment: rounds.open_(session, process, to_vote(), moment))
    for person in (alice, bob, cosma):
        await person.hears()
    for text in ("vote", "1", "seat"):
        alice.says(text)
        await alice.hears()
    alice.says("1")
    await alice.hears("You have left the council.")
    cosma.says("voter")
    await cosma.hears("Des interprètes")
    seat = await seat_of(square, cosma)
    await square.acts(lambda session, process, moment: members.remove(session, process, seat, moment))
    await cosma.hears("Votre siège au conseil a pris fin.")
    cosma.says("1")
    await cosma.hears("Est-ce juste")
    cosma.says("1")
    await cosma.hears("Nous n'avons donc pas compté ce vote.")
    result = await closes(square, round_id)
    assert result.voters == 0
    await bob.hears("0 members of 1 voted")
    for person in (alice, cosma):
        await person.hears_nothing(square)
