"""What an operator does with what leaves: looks how it goes, holds a broadcast back, tries again what has failed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated

import typer

from bot.commands.terminal import Slug, load_settings, meant, mending, operating, reading, say, short, stop, the_only
from channels.verdicts import UNCOUNTED, Act, Alarm, Verdict
from handlers import counts, journal
from handlers.journal import Entry
from handlers.processes import OpenProcess
from storage import Session, broadcasts, marks, outbox, senders, templates
from storage import beginnings as names
from storage.outbox import unknowns

Ids = Annotated[list[str] | None, typer.Argument(help="Deliveries, as `hearback dead list` shows them.")]
OfChannel = Annotated[str, typer.Option(help="Only of this sender.")]
OfCode = Annotated[str, typer.Option(help="Only with this code.")]


def list_deliveries() -> None:
    """What waits in which lane and for how long, what is of unknown fate, which senders are out of order."""

    async def look(session: Session, now: datetime) -> None:
        seen = await outbox.overview(session, now)
        say(f"{'channel':15} {'lane':10}{'due':>8}{'later':>8}  oldest")
        for lane in seen.lanes:
            age = "" if lane.oldest is None else _whole(now - lane.oldest)
            say(f"{lane.channel:15} {lane.lane.label:10}{_counted(lane.due):>8}{_counted(lane.later):>8}  {age}")
        say(f"being sent: {seen.sending}")
        for channel, number in sorted(seen.unknown.items()):
            say(f"of unknown fate on {channel}: {number}")
        for circuit in seen.circuits:
            since = f"{circuit.since:%Y-%m-%d %H:%M}"
            say(f"OUT OF ORDER: {circuit.channel}, {circuit.code}, since {since}: hearback codes")
        for sender in await senders.all_of(session):
            until = await marks.at(session, marks.slow(sender.name))
            if until is not None and until > now:
                say(f"SLOW: bulletins on {sender.name} wait until {until:%Y-%m-%d %H:%M}, as it says: hearback codes")
        if await marks.at(session, marks.HELD) is not None:
            say("HELD: this database may be an old copy. hearback held release, or hearback held drop")

    reading(look)


def _counted(number: int) -> str:
    return f"{number}+" if number >= outbox.MOST_COUNTED else str(number)


def _whole(age: timedelta) -> str:
    return str(timedelta(seconds=round(age.total_seconds())))


COLUMNS = "{:10}{:20}{:32}{:32}{:10}{:7}{:9}{}"


def list_codes(channel: Annotated[str, typer.Argument(help="One of those that are set.")] = "") -> None:
    """What the errors of the platforms mean: for the message, its person, our sender, other channels, and for you."""
    set_up = load_settings(with_channels=True).channels
    shown = {sender.kind: sender.verdicts for name, sender in set_up.items() if channel in ("", name, sender.kind)}
    if shown:
        say(COLUMNS.format("channel", "code", "message", "person", "sender", "other", "alarm", "what it says"))
    for kind, verdicts in shown.items():
        for code, verdict in sorted(verdicts.items()):
            say(COLUMNS.format(kind, code, *_columns(verdict)).rstrip())


def _columns(verdict: Verdict) -> tuple[str, ...]:
    return (
        _of_message(verdict),
        _of_person(verdict),
        _of_sender(verdict),
        "tried" if verdict.elsewhere else "",
        "" if verdict.alarm is Alarm.NONE else verdict.alarm.name.lower(),
        verdict.says,
    )


MESSAGE: Mapping[Act, str] = {
    Act.WAIT: "again",
    Act.DROP: "never leaves",
    Act.STOP: "waits",
    Act.SHUT: "template, or waits",
    Act.TEMPLATE: "another template, or waits",
    Act.UNKNOWN: "unknown: asked after",
    Act.EXPIRE: "came too late",
    Act.DONE: "has arrived",
}


def _of_message(verdict: Verdict) -> str:
    """A wait with its number, where that is one that somebody would live to see."""
    if verdict.act is not Act.WAIT:
        return "a reply: once more, plain" if verdict.plainly else MESSAGE[verdict.act]
    tries = f", {verdict.tries} times" if verdict.tries < UNCOUNTED else ""
    return f"{MESSAGE[verdict.act]} after {_whole(verdict.after)}{tries}"


def _of_person(verdict: Verdict) -> str:
    if verdict.reach is None:
        return ""
    strikes = f", {verdict.strikes} strikes" if verdict.strikes > 1 else ""
    return f"{verdict.reach}{'' if verdict.lasts is None else f', {verdict.lasts.days} days'}{strikes}"


def _of_sender(verdict: Verdict) -> str:
    if verdict.act is Act.STOP:
        return "stops"
    return "waits" if verdict.everyone else "halts it" if verdict.halts else ""


def list_templates() -> None:
    """Which texts for people who have been silent each platform has approved, when it was last asked."""

    async def look(session: Session, _now: datetime) -> None:
        for sender in await senders.all_of(session):
            for template in await templates.all_of(session, sender.name):
                say(f"{sender.name:15} {template.name:14}{template.language:4}{template.status:12}{template.reason}")

    reading(look)


def list_dead(most: int = 20, channel: OfChannel = "", code: OfCode = "") -> None:
    """The newest that failed, or whose fate is unknown and nobody acknowledged it, and why; never to whom or what."""

    async def look(session: Session, _now: datetime) -> None:
        for delivery in await outbox.dead(session, most, channel, code):
            which = f"{short(delivery.id)}  {delivery.ended}  {delivery.channel}  {delivery.lane.label}"
            say(f"{which}  {delivery.state}  {delivery.code}  {short(delivery.broadcast or '')}")

    reading(look)


def retry(ids: Ids = None, code: OfCode = "") -> None:
    """Let what failed of broadcasts wait once more: by ids, or all that failed with one code."""
    if not ids and not code:
        stop("Say which: ids of deliveries, or --code.")

    async def again(session: Session, now: datetime) -> int:
        return await outbox.retry(session, now, await _deliveries(session, ids), code)

    number = operating(again, partial(_counted_as, journal.Act.DELIVERY_RETRY))
    say(f"{number} wait again.")


def acknowledge(ids: Ids = None, channel: OfChannel = "") -> None:
    """Say that you know of deliveries of unknown fate: they are no longer alarmed about or listed, but stay counted."""
    if not ids and not channel:
        stop("Say which: ids of deliveries, or --channel.")

    async def know(session: Session, now: datetime) -> int:
        return await outbox.acknowledge(session, now, await _deliveries(session, ids), channel)

    number = operating(know, partial(_counted_as, journal.Act.DELIVERY_ACKNOWLEDGE))
    say(f"{number} are acknowledged.")


def _counted_as(act: journal.Act, number: int) -> Entry:
    """With a number that points at nobody: who reads the journal need not be who may see exact ones."""
    rounded = counts.rounded(number)
    return Entry(act, facts={} if rounded is None else {"number": rounded})


async def _deliveries(session: Session, beginnings: Sequence[str] | None) -> Sequence[str]:
    found = [(beginning, await names.deliveries(session, beginning)) for beginning in beginnings or ()]
    return [the_only("delivery", beginning, ids) for beginning, ids in found]


def pause(broadcast: str, process: Slug = None) -> None:
    """Let nothing more of a broadcast leave until it is resumed. What is leaving at this instant still does."""
    name = _turned(process, broadcast, broadcasts.pause, journal.Act.BROADCAST_PAUSE, "It does not run.")
    say(f"Paused: {name}. hearback broadcast resume lets it go on.")


def resume(broadcast: str, process: Slug = None) -> None:
    """Let a paused broadcast go on."""
    say(
        f"Resumed: {_turned(process, broadcast, broadcasts.resume, journal.Act.BROADCAST_RESUME, 'It is not paused.')}."
    )


def cancel(broadcast: str, process: Slug = None) -> None:
    """Let nothing more of a broadcast leave, ever."""
    name = _turned(
        process, broadcast, broadcasts.cancel, journal.Act.BROADCAST_CANCEL, "It cannot be cancelled: it was before."
    )
    say(f"Cancelled: {name}. What has left stays with the people; nothing more of it leaves.")


def _turned(
    slug: str | None, broadcast: str, turn: Callable[[Session, str], Awaitable[bool]], act: journal.Act, why_not: str
) -> str:
    """The id that was meant, as people read it."""

    async def do(session: Session, process: OpenProcess, _now: datetime) -> str:
        name = await meant(session, process, "broadcast", broadcast)
        if not await turn(session, name):
            stop(why_not)
        return name

    return short(mending(slug, do, lambda name: Entry(act, name)))


def hold() -> None:
    """Before the first start on a restored database: nothing that it holds leaves until you say so."""

    async def held(session: Session, now: datetime) -> int:
        await marks.put(session, marks.HELD, now)
        return await unknowns.hold(session, now)

    number = operating(held, partial(_counted_as, journal.Act.HELD_HOLD))
    say(f"{number} are held. Now start it: hearback held drop, or hearback held release")


def release() -> None:
    """The database was no old copy: what was held leaves after all. Paused broadcasts are resumed one by one."""

    async def let_go(session: Session, now: datetime) -> int:
        await marks.remove(session, marks.HELD)
        return await unknowns.release(session, now)

    number = operating(let_go, partial(_counted_as, journal.Act.HELD_RELEASE))
    say(f"{number} wait again.")


def drop() -> None:
    """The database was an old copy: what was held never leaves. Paused broadcasts are cancelled one by one."""

    async def let_go(session: Session, _now: datetime) -> int:
        await marks.remove(session, marks.HELD)
        return await unknowns.drop(session)

    number = operating(let_go, partial(_counted_as, journal.Act.HELD_DROP))
    say(f"{number} are never sent.")


GROUPS = {
    "broadcast": "One broadcast.",
    "dead": "Deliveries that failed or whose fate is unknown.",
    "held": "What was held because this database may be an old copy.",
}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "deliveries": list_deliveries,
    "codes": list_codes,
    "templates": list_templates,
    "broadcast pause": pause,
    "broadcast resume": resume,
    "broadcast cancel": cancel,
    "dead list": list_dead,
    "dead retry": retry,
    "dead acknowledge": acknowledge,
    "held hold": hold,
    "held release": release,
    "held drop": drop,
}
