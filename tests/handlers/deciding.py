"""Councils that decide something by themselves, for tests of any room."""

from datetime import timedelta

from broadcast.expand import expand
from handlers import councils, openings, people, rounds, rulings, sendings
from handlers.writing import contents
from storage import rounds as stored_rounds
from storage.states import Power
from tests.handlers.house import House, Writer

THREE = ("81001", "81002", "81003")
YES, NO, ABSTAIN = "1", "2", "3"


async def deciding(house: House, *powers: Power, days: int = 3) -> str:
    """A council that holds these powers, without members; gives its id."""
    new = contents.Council({"en": "Youth council"}, powers=powers, answers_within=days)
    return (await house.acts(lambda session, process, now: councils.open_(session, process, new, now))).id


async def seated(house: House, council: str, *senders: str) -> list[Writer]:
    members = []
    for sender in senders:
        member = await house.meets(sender).joins()
        code = await house.acts(
            lambda session, process, now: people.invite(session, house.keys, process, now, council_id=council)
        )
        await member.says(code)
        members.append(member)
    return members


async def votes(member: Writer, answer: str) -> str:
    return await member.says("vote", "1", answer, "1")


async def keeps(house: House, after: timedelta = timedelta()) -> None:
    """What housekeeping does of it, until nothing more follows."""
    house.now += after
    while await settles(house):
        pass


async def settles(house: House) -> int:
    """Once; gives how much there was to do."""
    async with house.database.reading() as session:
        to_end = await rulings.to_end(session)
        overdue = await stored_rounds.overdue(session, house.now)
    done = 0
    for late in overdue:
        async with house.database.writing() as session:
            await rounds.close_overdue(session, house.keys, late, house.now)
        done += 1
    for round_id in to_end:
        async with house.database.writing() as session:
            done += await rulings.end(session, house.keys, round_id, house.now)
    done += await house.does(sendings.leave_due) + await house.does(openings.leave_due)
    while await expand(house.database, house.now):
        pass
    return done
