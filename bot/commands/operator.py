"""What an operator does: look after what leaves, what was parked, and how the platforms are connected."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import typer
import uvloop

import channels
import flows
from bot import settings
from bot.commands.terminal import (
    Slug,
    first_line,
    in_its_place,
    load_keys,
    load_settings,
    looking,
    reading,
    say,
    short,
    stop,
)
from channels import Channel, Misconfigured
from handlers import senders
from handlers.processes import OpenProcess
from storage import Session, broadcasts, circuits, events
from storage.broadcasts import Broadcast
from storage.states import BroadcastState, State


def list_broadcasts(most: int = 10, process: Slug = None) -> None:
    """The newest broadcasts, whether they run, and how many of their deliveries are in which state."""

    async def look(session: Session, its: OpenProcess, now: datetime) -> None:
        for broadcast in await broadcasts.latest(session, its.id, most):
            counts = await broadcasts.counts(session, broadcast.id)
            states = "  ".join(f"{state} {number}" for state, number in sorted(counts.items()))
            title = first_line(flows.told(broadcast.renditions).text)
            say(f"{short(broadcast.id)}  {broadcast.subject.kind}  {states}{_stands(broadcast, counts, now)}  {title}")

    looking(process, look)


def _stands(broadcast: Broadcast, counts: Mapping[str, int], now: datetime) -> str:
    """What keeps a broadcast, or a part of it, from leaving; nothing where it simply runs, or is done."""
    if broadcast.state is BroadcastState.CANCELLED and broadcast.expanded and State.CANCELLED not in counts:
        return ""
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

    reading(look)


def _what_was_said(body: str) -> str:
    message = msgspec.json.decode(body)
    return f"{message['kind']}: {in_its_place(message['text'] or message['choice'])}"


def list_senders() -> None:
    """Our bots and numbers: on which platform, whose each is, what it lacks, whether it is out of order."""
    environment = settings.environment()
    lacks, wrong = _looked_at(environment)

    async def look(session: Session, _now: datetime) -> None:
        known = {sender.name: sender.slug for sender in await senders.listed(session)}
        broken = {circuit.channel: circuit for circuit in await circuits.broken(session)}
        for name in sorted(known.keys() | lacks.keys()):
            say(_sender(name, known.get(name), lacks.get(name) or _identity(name, environment)))
            if name in broken:
                say(f"  OUT OF ORDER: {broken[name].code}, since {broken[name].since:%Y-%m-%d %H:%M}: hearback codes")

    reading(look)
    for line in wrong:
        say(line)


def _sender(name: str, slug: str | None, lacks: str) -> str:
    return f"{name:15} {channels.kind_of(name):10}{slug or 'shared':30}  {lacks}".rstrip()


def _looked_at(environment: Mapping[str, str]) -> tuple[Mapping[str, str], Sequence[str]]:
    """What is wrong with the settings of each sender, "" with nothing; and what is wrong with them beside that."""
    try:
        return dict.fromkeys(channels.from_settings(environment), ""), ()
    except Misconfigured as misconfigured:
        of_senders = set("\n".join(misconfigured.senders.values()).splitlines())
        return misconfigured.senders, [line for line in str(misconfigured).splitlines() if line not in of_senders]


def _identity(name: str, environment: Mapping[str, str]) -> str:
    """That of a sender that is not set up any more, or not yet."""
    identity = channels.identity_of(name)
    return "" if environment.get(identity) else f"Set {identity}."


def connect(names: Annotated[list[str] | None, typer.Argument(metavar="[SENDER]...")] = None) -> None:
    """Tell the platforms where we listen, and make there what we need; prints the settings to keep."""
    every = load_settings(with_channels=True).channels
    if unknown := sorted(set(names or ()) - every.keys()):
        stop(f"Not among the senders that are set up: {', '.join(unknown)}. Choose from {', '.join(every)}.")
    kept: dict[str, str] = {}
    for name in names or every:
        kept |= uvloop.run(_connected(every[name]))
    for setting, value in kept.items():
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
    "senders": list_senders,
    "connect": connect,
}
