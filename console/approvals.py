"""Approving, refusing and calling back what is on its way out, whatever it is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from console._frame.desks import Desk, see
from handlers import journal, sendings
from handlers.journal import Act
from handlers.writing import contents
from storage import Session
from storage.sendings import StoredSending
from storage.states import SendingKind

Show = Callable[[Desk, Session, StoredSending, str], Awaitable[web.StreamResponse]]
"""Puts the page together that says exactly what leaves, with why something was refused; "" for nothing."""


@dataclass(frozen=True, slots=True)
class Approvals:
    """The pages of what leaves of these kinds."""

    kinds: frozenset[SendingKind]
    place: str
    """The address below the process's under which they are."""
    page: Show
    part: str = "sending"
    """The part of the path that names it."""

    async def show(self, desk: Desk) -> web.StreamResponse:
        async with desk.reading() as session:
            return await self.page(desk, session, await self._found(desk, session), "")

    async def approve(self, desk: Desk) -> web.StreamResponse:
        async def act(session: Session, sending: StoredSending) -> StoredSending:
            return await sendings.approve(session, desk.process, sending.id, desk.who.id, desk.line("hash"), desk.now)

        return await self._acts(desk, Act.SENDING_APPROVE, act)

    async def approve_alone(self, desk: Desk) -> web.StreamResponse:
        """In an emergency, with a reason that stays with it."""

        async def act(session: Session, sending: StoredSending) -> StoredSending:
            shown, reason = desk.line("hash"), desk.line("reason")
            return await sendings.approve_alone(session, desk.process, sending.id, desk.who.id, shown, reason, desk.now)

        return await self._acts(desk, Act.SENDING_APPROVE_ALONE, act)

    async def call_back(self, desk: Desk) -> web.StreamResponse:
        """Also to refuse what waits for an approval."""

        async def act(session: Session, sending: StoredSending) -> StoredSending:
            return await sendings.call_back(session, desk.process, sending.id)

        return await self._acts(desk, Act.SENDING_CALL_BACK, act)

    async def _acts(
        self, desk: Desk, act: Act, does: Callable[[Session, StoredSending], Awaitable[StoredSending]]
    ) -> web.StreamResponse:
        """With what became of it in the journal: what has changed meanwhile is void now."""
        try:
            async with desk.writing() as session:
                after = await does(session, await self._found(desk, session))
                facts = {"hash": after.hash, "state": after.state.value}
                await desk.note(session, journal.Entry(act, after.id, facts))
        except contents.Unfit as unfit:
            async with desk.reading() as session:
                return await self.page(desk, session, await self._found(desk, session), str(unfit))
        raise see(f"{desk.home}{self.place}/{after.id}")

    async def _found(self, desk: Desk, session: Session) -> StoredSending:
        try:
            sending = await sendings.get(session, desk.process, desk.at(self.part))
        except contents.Unfit:
            raise web.HTTPNotFound from None
        if sending.kind not in self.kinds:
            raise web.HTTPNotFound
        return sending
