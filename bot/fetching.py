"""Fetching voice notes from their platforms, which do not keep them for ever, and having them deleted there."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog

from broadcast.closing import unless
from broadcast.watch import Observe, unobserved
from channels import Channel
from channels.messages import Gone, Later, Never, NotSent
from channels.recordings import Recording
from storage import Database, Keyring, marks, recordings
from storage.recordings import ClaimedRecording
from storage.states import RecordingState

EVERY = timedelta(seconds=2)
AT_ONCE = timedelta(milliseconds=10)
"""Where there may be more."""
MOST = 4
"""Notes in hand at the same time: each is some megabytes and a child of its own."""
LEASE = timedelta(minutes=5)
"""How long one is in hand at most: longer than a download and the look into it may take."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
"""Each pause is twice the one before."""
MOST_DOUBLINGS = 10
SURE = 3
"""How often a platform has to say that it has one no more: what has just been sent is at times not there yet."""
MOST_TRIES = 120
"""A month of them."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Fetching:
    """What one worker fetches. Once `closing` is set no platform is waited for."""

    database: Database
    keys: Keyring
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    closing: asyncio.Event
    observe: Observe = unobserved

    async def fetch(self) -> timedelta | None:
        """Take in hand some that are due; how long until there may be more, None: as always.

        No transaction is open while a platform is asked.
        """
        claimed = await self._claim()
        await asyncio.gather(*(self._take(recording) for recording in claimed))
        return AT_ONCE if len(claimed) == MOST else None

    async def look(self) -> None:
        """Tell how many wait."""
        async with self.database.reading() as session:
            waiting = dict(await recordings.waiting(session))
        for name in self.channels:
            self.observe("unfetched", waiting.get(name, 0), channel=name)

    async def _claim(self) -> list[ClaimedRecording]:
        now, names = self.clock(), tuple(self.channels)
        async with self.database.reading() as session:
            due = await recordings.next_due(session, names)
            # Of an old copy nothing is fetched: the notes may be in the true one, and only there.
            if due is None or due > now or await marks.at(session, marks.HELD) is not None:
                return []
        async with self.database.writing() as session:
            return await recordings.claim(session, self.keys, names, now, now + LEASE, MOST)

    async def _take(self, claimed: ClaimedRecording) -> None:
        """What fails by a fault of ours comes again when the lease is over; the others are not held up by it."""
        try:
            if claimed.state is RecordingState.KEPT:
                await self._discard(claimed)
            else:
                await self._fetch(claimed)
        except Exception as fault:
            self.observe("faults", name="voice")
            log.error("voice note not taken", channel=claimed.channel, fault=type(fault).__name__)

    async def _fetch(self, claimed: ClaimedRecording) -> None:
        if claimed.tries > MOST_TRIES:
            # Whoever had it in hand never came back to say what became of it.
            await self._end(claimed, RecordingState.REFUSED, "fault")
            return
        began = monotonic()
        try:
            recording = await unless(self.closing, self.channels[claimed.channel].fetch(claimed.voice))
        except NotSent as problem:
            await self._not_fetched(claimed, problem)
            return
        if recording is None:
            await self._put_off(claimed, timedelta(0), "closing")
            return
        self.observe("fetch", monotonic() - began, channel=claimed.channel)
        await self._keep(claimed, recording)

    async def _keep(self, claimed: ClaimedRecording, recording: Recording) -> None:
        """Only when it is durably here may the platform delete it."""
        seconds = None if recording.length is None else round(recording.length.total_seconds())
        sound = await asyncio.to_thread(recordings.sealed_sound, claimed.id, recording.kind, recording.sound, seconds)
        async with self.database.writing() as session:
            kept = await recordings.keep(session, self.keys, claimed, sound, self.clock() + LEASE)
        self._tell(claimed, "unwanted" if kept is None else "kept")
        if kept is not None:
            await self._discard(kept)

    async def _discard(self, claimed: ClaimedRecording) -> None:
        """What cannot be deleted there is asked for again, and left there in the end."""
        try:
            await self.channels[claimed.channel].discard(claimed.voice)
        except NotSent as problem:
            if not isinstance(problem, Never) and claimed.tries < MOST_TRIES:
                await self._put_off(claimed, pause(problem, claimed.tries), problem.code)
                return
            self._tell(claimed, "left", problem.code)
        async with self.database.writing() as session:
            await recordings.forgotten_there(session, claimed)

    async def _not_fetched(self, claimed: ClaimedRecording, problem: NotSent) -> None:
        end = ending(problem, claimed.tries)
        if end is None:
            await self._put_off(claimed, pause(problem, claimed.tries), problem.code)
        else:
            await self._end(claimed, end, problem.code)

    async def _end(self, claimed: ClaimedRecording, state: RecordingState, code: str) -> None:
        async with self.database.writing() as session:
            await recordings.end(session, claimed, state, code)
        self._tell(claimed, state, code)

    async def _put_off(self, claimed: ClaimedRecording, wait: timedelta, code: str) -> None:
        async with self.database.writing() as session:
            await recordings.put_off(session, claimed, self.clock() + wait, code)
        self._tell(claimed, "later", code)

    def _tell(self, claimed: ClaimedRecording, state: str, code: str = "") -> None:
        self.observe("recordings", channel=claimed.channel, state=state, code=code)


def ending(problem: NotSent, tries: int) -> RecordingState | None:
    """What becomes of one that did not come; None: it is asked for again."""
    if isinstance(problem, Never):
        return RecordingState.REFUSED
    if tries >= MOST_TRIES or (isinstance(problem, Gone) and tries >= SURE):
        return RecordingState.GONE
    return None


def pause(problem: NotSent, tries: int) -> timedelta:
    """Until it is asked for again."""
    wait = min(FIRST_PAUSE * (1 << min(tries - 1, MOST_DOUBLINGS)), LONGEST_PAUSE)
    return max(wait, problem.after) if isinstance(problem, Later) else wait
