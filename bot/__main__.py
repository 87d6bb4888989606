"""The command `hearback`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec
import typer
import uvloop

import flows
import storage
from bot import clock, logs, serve, settings
from bot.web import app
from channels import Misconfigured, whatsapp
from channels.messages import NotSent
from channels.telegram import Telegram
from handlers import bulletins, consultations, contents, contributions, people, processes, rounds
from handlers.shown import visible
from storage import Session, broadcasts, deliveries, events, keys
from storage import contributions as stored_contributions
from storage import rounds as stored_rounds

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Hearback")
keys_cli = typer.Typer(no_args_is_help=True, help="The keys of this deployment.")
process_cli = typer.Typer(no_args_is_help=True, help="The review that is run here.")
bulletin_cli = typer.Typer(no_args_is_help=True, help="What we tell.")
consultation_cli = typer.Typer(no_args_is_help=True, help="What we ask.")
council_cli = typer.Typer(no_args_is_help=True, help="The advisory council.")
round_cli = typer.Typer(no_args_is_help=True, help="Votes.")
telegram_cli = typer.Typer(no_args_is_help=True, help="The bot's webhook.")
twilio_cli = typer.Typer(no_args_is_help=True, help="Twilio's templates.")
for name, group in (
    ("keys", keys_cli),
    ("process", process_cli),
    ("bulletin", bulletin_cli),
    ("consultation", consultation_cli),
    ("council", council_cli),
    ("round", round_cli),
    ("telegram", telegram_cli),
    ("twilio", twilio_cli),
):
    cli.add_typer(group, name=name)

T = TypeVar("T")
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def main() -> None:
    logs.configure(sys.stderr)
    try:
        cli()
    except (settings.Refusal, Misconfigured, contents.Unfit) as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)
    except Exception as fault:
        # Without what it says: that may be somebody's words, or a password in an address.
        typer.echo("\n".join(sorted({_said_of(one) for one in _leaves(fault)})), err=True)
        sys.exit(1)


def _said_of(fault: BaseException) -> str:
    if storage.is_away(fault):
        return "The database of DATABASE_URL cannot be reached, or has no tables yet: hearback migrate"
    if isinstance(fault, NotSent):
        return f"The platform did not take it ({type(fault).__name__}, {fault.code})."
    if isinstance(fault, OSError) and fault.errno:
        return f"Stopped: {os.strerror(fault.errno)}."
    return f"Stopped by a fault of ours: {type(fault).__name__}."


def _leaves(fault: BaseException) -> Iterator[BaseException]:
    """What several tasks failed of at once, one by one."""
    if not isinstance(fault, BaseExceptionGroup):
        yield fault
        return
    for one in fault.exceptions:
        yield from _leaves(one)


@cli.command()
def run(
    poll: Annotated[bool, typer.Option(help="Fetch from Telegram instead of a webhook: for a laptop.")] = False,
) -> None:
    """Everything in one process, for a small organization."""
    told = _settings(with_channels=True)
    file = settings.file_of(told.database_url)

    async def work() -> None:
        closing = serve.until_told()
        async with (
            serve.parts(
                told.database_url, told.redis_url, told.keys, told.channels, clock.now, file is not None
            ) as parts,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(serve.listen(app(parts.door), told.host, told.port, closing))
            tasks.create_task(parts.worker.run(closing))
            telegram = told.channels.get("telegram")
            if poll and isinstance(telegram, Telegram):
                tasks.create_task(serve.poll(telegram, parts.turns, closing))

    if file is None:
        storage.migrate(told.database_url)
        return uvloop.run(work())
    try:
        with serve.alone_with(file):
            storage.migrate(told.database_url)
            uvloop.run(work())
    except serve.InUse as in_use:
        _stop(str(in_use))


@cli.command()
def web() -> None:
    """The web app alone; workers send what it takes in."""
    told = _settings(with_channels=True)

    async def work() -> None:
        closing = serve.until_told()
        async with serve.parts(told.database_url, told.redis_url, told.keys, told.channels, clock.now) as parts:
            await serve.listen(app(parts.door), told.host, told.port, closing)

    uvloop.run(work())


@cli.command()
def worker() -> None:
    """A worker alone; run as many as are needed."""
    told = _settings(with_channels=True)

    async def work() -> None:
        closing = serve.until_told()
        async with serve.parts(told.database_url, told.redis_url, told.keys, told.channels, clock.now) as parts:
            await parts.worker.run(closing)

    uvloop.run(work())


@cli.command()
def migrate() -> None:
    """Bring the tables up to date."""
    storage.migrate(_plain().database_url)


@keys_cli.command("new")
def keys_new(file: Path) -> None:
    """Make the keys of a new deployment. Keep a copy where the database's backups are not."""
    try:
        keys.create(file)
    except OSError as fault:
        _stop(f"{file}: {fault.strerror}")


@process_cli.command("open")
def process_open(file: File) -> None:
    """Open the process that FILE describes, or change what is said of it."""
    process = _read(file, flows.Process)
    _say(_writing(lambda session, now: processes.begin(session, process, now)))


@bulletin_cli.command("publish")
def bulletin_publish(file: File) -> None:
    """Publish the bulletin in FILE and send it to its audience."""
    bulletin = _read(file, contents.Bulletin)
    _say(_writing(lambda session, now: bulletins.publish(session, bulletin, now)))


@consultation_cli.command("open")
def consultation_open(file: File) -> None:
    """Open the consultation in FILE and invite everybody."""
    asked = _read(file, contents.Consultation)
    _say(_writing(lambda session, now: consultations.open_(session, asked, now))[0])


@consultation_cli.command("close")
def consultation_close(consultation: str) -> None:
    """Close a consultation."""
    _writing(lambda session, now: consultations.close(session, consultation, now))


@cli.command()
def respond(
    file: File, answered: Annotated[list[str] | None, typer.Argument(help="Contributions, if FILE names none.")] = None
) -> None:
    """Publish the response in FILE and tell everyone whose contributions it answers."""
    response = _read(file, contents.Response)
    if answered:
        response = contents.Response(response.state, response.reason, tuple(answered))
    name, told = _writing(lambda session, now: contributions.respond(session, response, now))
    _say(f"{name}: {told} people are told")


@cli.command("contributions")
def list_contributions(most: int = 20) -> None:
    """What came in, newest first, those without a response before the others."""
    keyring = _settings().keys

    async def look(session: Session, _now: datetime) -> None:
        for one in await stored_contributions.newest(session, keyring, most):
            _say(f"{one.id[:8]}  {one.given}  {one.language}  {one.topic or one.question}  {one.state}")
            _say(f"  {_given(one)}")

    _writing(look)


def _given(one: stored_contributions.Contribution) -> str:
    """The answer that was chosen, or what was spoken and written."""
    said = [one.option or "", "(voice note)" if one.spoken else "", _in_its_place(one.words)]
    return " ".join(part for part in said if part) or "(erased)"


def _in_its_place(words: str) -> str:
    """Somebody's words, each further line indented, so that none looks like a line of ours."""
    return visible(words).replace("\n", "\n  ")


@council_cli.command("invite")
def council_invite() -> None:
    """Make an invitation: who sends it to us first sits on the council."""
    keyring = _settings().keys

    async def invite(session: Session, now: datetime) -> str:
        process = await processes.the_one(session)
        return await people.invite(session, keyring, process[0], now)

    _say(_writing(invite))


@round_cli.command("open")
def round_open(file: File) -> None:
    """Open the vote in FILE for everyone who sits on the council now."""
    asked = _read(file, contents.Round)
    _say(_writing(lambda session, now: rounds.open_(session, asked, now)))


@round_cli.command("close")
def round_close(round_id: str) -> None:
    """Close a vote, publish its result and tell the council."""
    keyring = _settings().keys
    result = _writing(lambda session, now: rounds.close(session, keyring, round_id, now))
    if not result.order:
        _say(f"Fewer than {rounds.LEAST_TURNOUT} members voted: there is no result.")
    for together in result.order:
        _say(f"{result.counts[together[0]]}  {' = '.join(together)}")


@round_cli.command("list")
def round_list() -> None:
    """The newest votes."""

    async def look(session: Session, _now: datetime) -> None:
        for one in await stored_rounds.newest(session, 10):
            voters, voted = await stored_rounds.turnout(session, one.id)
            _say(f"{one.id}  {'closed' if one.closed else f'open until {one.closes:%Y-%m-%d}'}  {voted} of {voters}")

    _writing(look)


@cli.command("broadcasts")
def list_broadcasts(most: int = 10) -> None:
    """The newest broadcasts, and how many of their deliveries are in which state."""

    async def look(session: Session, _now: datetime) -> None:
        for one in await broadcasts.latest(session, most):
            counts = await deliveries.counts(session, one.id)
            states = "  ".join(f"{state} {number}" for state, number in sorted(counts.items()))
            _say(f"{one.id}  {one.subject.split(':')[0]}  {states}{'' if one.expanded else '  (being made)'}")

    _writing(look)


@cli.command("parked")
def list_parked(event: Annotated[str, typer.Argument(help="Show this one's content.")] = "") -> None:
    """Messages that our own code failed on and that wait for a human; never who sent them."""
    keyring = _settings().keys

    async def look(session: Session, _now: datetime) -> None:
        if event:
            body = await events.read_parked(session, keyring, event)
            _say("There is none." if body is None else _what_was_said(body))
            return
        for one in await events.waiting(session):
            _say(f"{one.id}  {one.at:%Y-%m-%d %H:%M}  {one.fault}")

    _writing(look)


def _what_was_said(body: str) -> str:
    message = msgspec.json.decode(body)
    return f"{message['kind']}: {_in_its_place(message['text'] or message['choice'])}"


@telegram_cli.command("webhook")
def telegram_webhook() -> None:
    """Tell Telegram where we listen."""
    telegram = _settings(with_channels=True).channels.get("telegram")
    if not isinstance(telegram, Telegram):
        _stop("Set TELEGRAM_TOKEN, TELEGRAM_SECRET and PUBLIC_URL.")

    async def connect() -> None:
        await telegram.start()
        try:
            await telegram.set_webhook()
        finally:
            await telegram.close()

    uvloop.run(connect())


@twilio_cli.command("setup")
def twilio_setup() -> None:
    """Make the lists and quick replies that WhatsApp needs, once; prints the setting that names them."""
    made = uvloop.run(whatsapp.setup(settings.environment()))
    _say("WHATSAPP_TEMPLATES=" + ",".join(f"{name}={sid}" for name, sid in made.items()))


def _settings(with_channels: bool = False) -> settings.Settings:
    return settings.load(settings.environment(), with_channels)


def _plain() -> settings.Environment:
    return settings.plain(settings.environment())


def _read(file: Path, kind: type[T]) -> T:
    try:
        return contents.read(file.read_text(encoding="utf-8"), kind)
    except UnicodeDecodeError:
        _stop(f"{file}: save it as UTF-8.")
    except contents.Unfit as unfit:
        _stop(f"{file}: {unfit}")


def _writing(work: Callable[[Session, datetime], Awaitable[T]]) -> T:
    """One transaction of an organizer's."""

    async def write() -> T:
        database = storage.open(_plain().database_url)
        try:
            async with database.writing() as session:
                return await work(session, clock.now())
        finally:
            await database.close()

    return uvloop.run(write())


def _say(line: Any) -> None:
    typer.echo(str(line))


def _stop(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    main()
