"""A process is over: its people are told once, and nothing but replies leaves for it."""

from datetime import datetime

import flows
from handlers import bulletins, processes, rounds, telling
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import N_, _, to_staff
from storage import Keyring, Session, broadcasts, candidates, consultations, openings, schedules, sendings, soundings
from storage import bulletins as stored_bulletins
from storage import processes as stored
from storage import rounds as stored_rounds

CLOSED = N_(
    "This review is over: {title}. Thank you for taking part. To read what you gave and what was done with it, send "
    "{status}. We keep it until you send {forget}."
)


def farewell(process: OpenProcess) -> flows.Renditions:
    """What its people are told."""
    return telling.in_every_language(
        process,
        lambda render: _(
            CLOSED,
            title=render(process.content.title),
            status=flows.to_send("status"),
            forget=flows.to_send("forget"),
        ),
    )


async def close(session: Session, process: OpenProcess, keys: Keyring, now: datetime) -> str:
    """End whatever stands open in it, cancel what waits, tell everybody; gives the broadcast's id.

    Open rounds are counted and their results told. Raises `contents.Unfit` when it is closed already.
    """
    await stored.touch_all(session)
    await processes.touch(session, process)
    await consultations.close_all(session, process.id, now)
    await soundings.close_all(session, process.id, now)
    await sendings.void_all(session, process.id)
    await openings.void_all(session, process.id)
    await schedules.remove_all(session, process.id)
    await stored_bulletins.remove_to_come(session, process.id, now)
    open_rounds = await stored_rounds.open_in(session, process.id)
    await candidates.forget_all(session, process.id, now)
    await broadcasts.cancel_waiting(session, process.id)
    for round_id in open_rounds:
        await rounds.close(session, process, keys, round_id, now)
    broadcast = await bulletins.send(session, process, contents.Bulletin(farewell(process)), now, None, None)
    await stored.close(session, process.id, now)
    return broadcast


async def archive(session: Session, process: OpenProcess) -> None:
    """It is no longer listed. Raises `contents.Unfit` unless it is closed."""
    if not await stored.archive(session, process.id):
        raise contents.Unfit(
            to_staff("Only a process that is closed is archived: hearback process close {slug}", slug=process.slug)
        )
