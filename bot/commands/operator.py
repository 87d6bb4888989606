"""What an operator does: look after what leaves, what was parked, and how the platforms are connected."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

import msgspec
import typer
import uvloop

import flows
from bot.commands.terminal import first_line, in_its_place, load_keys, load_settings, say, short, stop, writing
from channels import Channel
from storage import Session, broadcasts, events
from storage.broadcasts import Broadcast
from storage.states import BroadcastState


def list_broadcasts(most: int = 10) -> None:
    """The newest broadcasts, whether they run, and how many of their deliveries are in which state."""

    async def look(session: Session, now: datetime) -> None:
        for broadcast in await broadcasts.latest(session, most):
            counts = await broadcasts.counts(session, broadcast.id)
            states = "  ".join(f"{state} {number}" for state, number in sorted(counts.items()))
            title = first_line(flows.told(broadcast.renditions).text)
            say(f"{short(broadcast.id)}  {broadcast.subject.kind}  {states}{_stands(broadcast, now)}  {title}")

    writing(look)


def _stands(broadcast: Broadcast, now: datetime) -> str:
    """What keeps a broadcast, or a part of it, from leaving; nothing where it simply runs."""
    if broadcast.state is not BroadcastState.RUNNING:
        return f"  ({broadcast.state})"
    if broadcast.not_before is not None and broadcast.not_before > now:
        return f"  (begins {broadcast.not_before:%Y-%m-%d %H:%M} UTC)"
    return "" if broadcast.expanded else "  (being made)"


def list_parked(event: Annotated[str, typer.Argument(help="Show this one's content.")] = "") -> None:
    """Messages that our own code failed on and that wait for a human; never who sent them."""
    keyring = load_keys()

    async def look(session: Session, _now: datetime) -> None:
        if event:
            body = await events.read_parked(session, keyring, event)
            say("There is none." if body is None else _what_was_said(body))
            return
        for parked in await events.waiting(session):
            say(f"{parked.id}  {parked.at:%Y-%m-%d %H:%M}  {parked.fault}")

    writing(look)


def _what_was_said(body: str) -> str:
    message = msgspec.json.decode(body)
    return f"{message['kind']}: {in_its_place(message['text'] or message['choice'])}"


def connect(names: Annotated[list[str] | None, typer.Argument(metavar="[CHANNEL]...")] = None) -> None:
    """Tell the platforms where we listen, and make there what we need; prints the settings to keep."""
    channels = load_settings(with_channels=True).channels
    if unknown := sorted(set(names or ()) - channels.keys()):
        stop(f"Not among the channels that are set up: {', '.join(unknown)}. Choose from {', '.join(channels)}.")
    for name in names or channels:
        for setting, value in uvloop.run(_connected(channels[name])).items():
            say(f"{setting}={value}")


async def _connected(channel: Channel) -> Mapping[str, str]:
    await channel.start()
    try:
        return await channel.connect(flows.templates())
    finally:
        await channel.close()


COMMANDS: Mapping[str, Callable[..., None]] = {
    "broadcasts": list_broadcasts,
    "parked": list_parked,
    "connect": connect,
}
