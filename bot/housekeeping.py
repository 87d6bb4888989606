"""Keeping house: what has to happen though nobody asks for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot import leftovers
from broadcast import reconcile
from broadcast.wake import Waker
from channels import Channel
from handlers import (
    candidates,
    consultations,
    digests,
    exports,
    moderation,
    openings,
    people,
    promises,
    public_counts,
    rounds,
    rulings,
    schedules,
    sendings,
    signing_in,
    terms,
)
from storage import (
    Database,
    Keyring,
    addresses,
    ballots,
    events,
    invitations,
    links,
    marks,
    recordings,
    senders,
    staff_phones,
    unlinking,
)
from storage import exports as stored_exports
from storage import rounds as stored_rounds
from storage.outbox import ageing, reports, unknowns

SWEEPS = 20
SWEEP_PAUSE = timedelta(milliseconds=250)
REPEATS = timedelta(days=30)
"""How long an event is remembered: longer than any platform repeats one."""
OLD = timedelta(days=30)
"""How long a finished delivery is kept, what platforms said of it, and a message that our own code failed on. Then a
delivery is a number in its broadcast's count."""
MOST_TO_AGE = 2000
WORDS_KEPT = timedelta(minutes=15)
"""How long a reply that has left keeps its words where the platform says nothing more of it."""
UNNAMED = timedelta(minutes=1)
"""How often voice notes are looked for that no contribution names any more."""
HEARD = timedelta(days=7)
"""How long a voice note is kept after what is said in it was written down: until then that can be corrected."""
AWAY = timedelta(hours=1)
"""A database that nobody has used for so long may be an old copy."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What is kept. `alone`: no other worker can be sending from this database."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    waker: Waker
    alone: bool = False

    async def open(self, now: datetime) -> None:
        """Before anything is sent: what a crash left, whether this database is of today, which senders there are."""
        async with self.database.writing() as session:
            last = await marks.at(session, marks.ALIVE)
            if last is not None and last > now + marks.AHEAD:
                log.warning("alive in the future: was a clock wrong?", since=last.isoformat())
            if last is not None and now - last > AWAY:
                held = await unknowns.hold(session, now)
                if held:
                    await marks.put(session, marks.HELD, now)
                    log.critical("held: is this database an old copy?", number=held, since=last.isoformat())
            await marks.put(session, marks.ALIVE, now)
            await senders.keep(session, {name: channel.kind for name, channel in self.channels.items()})
        await self.abandon(now, self.alone)

    async def keep(self, now: datetime) -> None:
        """Every few seconds, by every worker: whatever two of them do at once is done once."""
        await self.abandon(now, False)
        async with self.database.writing() as session:
            await marks.put(session, marks.ALIVE, now)
            await addresses.recover(session, now)
            await unknowns.give_up(session, now - reconcile.KEPT)
            published = await schedules.publish_due(session, now)
            parted = await people.part(session, now)
            overdue = await stored_rounds.overdue(session, now)
        moved = [await step(now) for step in (self._let_leave, self._remind, self._tell_late, self._ask, self._rotate)]
        if published + sum(moved):
            await self.waker.wake()
        if parted + await self._fade(now) + await self._erase_voices(now):
            await self._sweep()
        for late in overdue:
            async with self.database.writing() as session:
                await rounds.close_overdue(session, self.keys, late, now)
            await self.waker.wake()
        await self._end_decided(now)
        await self._unlink(now)
        await self._put_together(now)
        await self._recognise()
        await self._count(now)
        await asyncio.to_thread(leftovers.clean)
        await self.age(now)

    async def _end_decided(self, now: datetime) -> None:
        """What a council votes on by a power of its ends when all have voted. What follows is done the next time."""
        async with self.database.reading() as session:
            to_end = await rulings.to_end(session)
        for round_id in to_end:
            async with self.database.writing() as session:
                await rulings.end(session, self.keys, round_id, now)
            await self.waker.wake()

    async def _let_leave(self, now: datetime) -> int:
        """Apart: whoever edits one of them waits for this."""
        async with self.database.writing() as session:
            return await sendings.leave_due(session, now)

    async def _tell_late(self, now: datetime) -> int:
        """Apart: whoever gathers something into one of them waits for this."""
        async with self.database.writing() as session:
            return await promises.tell_late(session, now)

    async def _rotate(self, now: datetime) -> int:
        """Each apart: whoever is seated or votes waits for this. Who follows is asked once a seat is vacant."""
        async with self.database.writing() as session:
            moved = await terms.end_due(session, now)
        async with self.database.writing() as session:
            moved += await candidates.follow_due(session, self.keys, now)
        async with self.database.writing() as session:
            return moved + await terms.warn(session, now)

    async def _ask(self, now: datetime) -> int:
        """Each apart: whoever answers waits for this. What is over closes before anybody is reminded of it."""
        async with self.database.writing() as session:
            await consultations.close_due(session, now)
        async with self.database.writing() as session:
            opened = await openings.leave_due(session, now)
        async with self.database.writing() as session:
            return opened + await consultations.remind(session, now)

    async def _unlink(self, now: datetime) -> None:
        """What joins people and votes goes, and then from the disk."""
        async with self.database.writing() as session:
            await ballots.drop_unlinked(session, self.keys)
            await unlinking.erase_read_back(session, now)
        async with self.database.reading() as session:
            closed, scrubbed = await stored_rounds.last_closed(session), await marks.at(session, marks.SCRUBBED)
        if closed is None or closed == scrubbed or not await self.database.scrub(unlinking.SCRUBBED):
            return
        async with self.database.writing() as session:
            await marks.put(session, marks.SCRUBBED, closed)

    async def _put_together(self, now: datetime) -> None:
        async with self.database.writing() as session:
            await digests.put_together_due(session, now)

    async def _recognise(self) -> None:
        """A few at a time: whoever writes waits for none of it."""
        async with self.database.writing() as session:
            await moderation.recognise(session, self.keys)

    async def _count(self, now: datetime) -> None:
        async with self.database.writing() as session:
            await public_counts.take_due(session, now)

    async def _remind(self, now: datetime) -> int:
        """Apart: whoever votes waits for this."""
        async with self.database.writing() as session:
            return await rounds.remind(session, now)

    async def _fade(self, now: datetime) -> int:
        async with self.database.writing() as session:
            return await people.fade(session, now)

    async def _erase_voices(self, now: datetime) -> int:
        async with self.database.writing() as session:
            if not await marks.turn_comes(session, "erasing voices", now - UNNAMED, now):
                return 0
            return await recordings.erase_written_down(session, now - HEARD)

    async def age(self, now: datetime) -> None:
        """Forget what is old, a batch at a time, so that nobody waits for it."""
        async with self.database.writing() as session:
            await events.prune(session, now - REPEATS)
            await events.drop_parked(session, now - OLD)
            await reports.erase(session, now - WORDS_KEPT, MOST_TO_AGE)
            await links.prune(session, now)
            await staff_phones.prune_codes(session, now)
            await signing_in.tidy(session, now)
            await stored_exports.expire(session, now - exports.KEPT)
            await stored_exports.prune(session, now - OLD)
            await invitations.prune(session, (now - OLD).date())
            await reports.prune(session, now - OLD, MOST_TO_AGE)
            await ageing.age(session, now - OLD, MOST_TO_AGE)
            if await marks.turn_comes(session, "throwing away voice notes", now - UNNAMED, now):
                await recordings.prune(session)

    async def abandon(self, now: datetime, everybody: bool) -> None:
        async with self.database.writing() as session:
            number = await unknowns.abandon(session, now, everybody)
        if number:
            log.warning("unknown after a crash", number=number)

    async def _sweep(self) -> None:
        """Somebody may be reading: then the log cannot be emptied yet."""
        for _try in range(SWEEPS):
            if await self.database.sweep():
                return
            await asyncio.sleep(SWEEP_PAUSE.total_seconds())
        log.warning("deleted words are still in the write-ahead log")
