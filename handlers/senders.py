"""Which of our senders belong to which process."""

from collections.abc import Sequence
from dataclasses import dataclass

import channels
import flows
from handlers.writing import contents, naming
from locales import to_staff
from storage import Session
from storage import senders as stored


@dataclass(frozen=True, slots=True)
class KnownSender:
    """A sender that is set up, was once, or is only named by a process."""

    name: str
    kind: str
    process: flows.Process | None
    """The process that it belongs to; None: it is shared."""
    slug: str | None
    """What organizers call that process."""


async def listed(session: Session) -> Sequence[KnownSender]:
    """All, in the order of their names."""
    return [
        KnownSender(
            sender.name,
            sender.kind,
            None if sender.content is None else contents.unpack(sender.content, flows.Process),
            sender.slug,
        )
        for sender in await stored.all_of(session)
    ]


async def bind(session: Session, process_id: str, process: flows.Process) -> None:
    """Let the senders that a process names belong to it, and no others. Raises `contents.Unfit`."""
    named = process.senders
    await stored.let_go(session, process_id, named)
    if not named:
        return
    await stored.keep(session, {name: _kind(name) for name in named})
    taken = await stored.bind(session, process_id, sorted(set(named)))
    if taken:
        raise contents.Unfit(
            to_staff(
                "senders: {names}: another process has it already. An archived one gives its senders up.",
                names=naming.listed(sorted(taken)),
            )
        )


async def led_away(session: Session, process_id: str | None, process: flows.Process) -> int:
    """How many people of other processes write to senders that this one is to have alone: they would be led to it."""
    return await stored.led_away(session, process_id, process.senders)


async def unheard_of(session: Session, process: flows.Process) -> Sequence[str]:
    """Those that a process names and no program has been started with yet: a slip of the pen, or still to be set up."""
    known = {sender.name for sender in await stored.all_of(session)}
    return [name for name in process.senders if name not in known]


def _kind(name: str) -> str:
    kind = channels.kind_of(name)
    if kind is None:
        raise contents.Unfit(
            to_staff(
                "senders: {name} is on no platform that we know: it begins with one of {kinds}.",
                name=repr(name),
                kinds=naming.listed(channels.kinds()),
            )
        )
    return kind
