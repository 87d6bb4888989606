"""Who works here: the first member of staff is let in from the terminal, and whoever lost everything again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

import typer

from bot import settings
from bot.commands.terminal import reading, say, stop, writing
from handlers import processes, staff
from handlers.staff import Grant, Listed, Refused, Why
from storage import Session
from storage.roles import Role

T = TypeVar("T")
IN_PROCESS = typer.Option("--process", metavar="SLUG", help="In which process; without it in all of the deployment.")
IN_LANGUAGES = typer.Option(
    "--language", metavar="CODE", help="In which languages a moderator or translator works; without it in all."
)
SPOKEN = "en"
"""In which language an invitation is opened; whoever opens it chooses another."""

SENTENCES: Mapping[Why, str] = {
    Why.LOGIN: "A login has 2 to 64 letters without accents, digits and . _ @ + -, and begins with a letter or digit.",
    Why.TAKEN: "Somebody has this login, or had it: hearback staff list",
    Why.NOBODY: "No member of staff has this login: hearback staff list",
    Why.LAST_OWNER: "Nobody else owns the whole deployment and can sign in: hearback staff add LOGIN --role owner",
    Why.NO_LANGUAGE: "Only moderators and translators work in some languages and not in others.",
}


def add(
    login: str,
    role: Annotated[Role, typer.Option(help="What they may do.")],
    process: Annotated[str | None, IN_PROCESS] = None,
    language: Annotated[list[str] | None, IN_LANGUAGES] = None,
) -> None:
    """Let somebody work here, and print the link by which they choose a password. It holds for a week."""

    async def invite(session: Session, now: datetime) -> str:
        found = None if process is None else await processes.shown(session, process)
        languages = tuple(dict.fromkeys(language or ()))
        _check(languages, found)
        grant = Grant(None if found is None else found.id, role, languages)
        return await staff.invite(session, None, login, grant, SPOKEN, now)

    say(_link(_doing(invite)))


def _check(languages: Sequence[str], process: processes.OpenProcess | None) -> None:
    """Stop where the process does not speak one of them, or it is not the code of any."""
    strange = [code for code in languages if not _is_spoken(code, process)]
    if strange:
        where = "no code of a language" if process is None else f"not among the languages of {process.slug}"
        stop(f"{', '.join(strange)}: {where}.")


def _is_spoken(code: str, process: processes.OpenProcess | None) -> bool:
    return code in process.content.languages if process is not None else code.isalpha() and 2 <= len(code) <= 3


def _doing(work: Callable[[Session, datetime], Awaitable[T]]) -> T:
    """One transaction, which writes the journal itself. Stop where it is refused."""
    try:
        return writing(work)
    except Refused as refused:
        stop(SENTENCES[refused.why])


def _link(token: str) -> str:
    """For one person's eyes: whoever opens it first is that member of staff."""
    return f"{settings.environment().get('PUBLIC_URL', '').rstrip('/')}/invited/{token}"


def list_staff() -> None:
    """Who works here, whether they have accepted and have a second factor, and what each may do."""

    async def look(session: Session, _now: datetime) -> None:
        slugs = {process.id: process.slug for process in await processes.every(session)}
        for colleague in await staff.everybody(session):
            roles = ", ".join(_role(grant, slugs) for grant in colleague.grants)
            say(f"{colleague.login:24}{_state(colleague):32}{roles}")

    reading(look)


def _state(colleague: Listed) -> str:
    if colleague.ended is not None:
        return f"ended {colleague.ended:%Y-%m-%d}"
    password = "active" if colleague.has_password else "invited"
    return f"{password}, {'with' if colleague.has_second else 'without'} second factor"


def _role(grant: Grant, slugs: Mapping[str, str]) -> str:
    where = "everywhere" if grant.process_id is None else slugs.get(grant.process_id, "")
    return " ".join((grant.role.value, where, *([f"({' '.join(grant.languages)})"] if grant.languages else [])))


def end(login: str) -> None:
    """Somebody works here no more: they are signed out everywhere, and may do nothing. The login stays taken."""
    _doing(lambda session, now: staff.end(session, None, login, now))
    say(f"{login} has ended, and is signed out everywhere.")


def reset(
    login: str,
    second: Annotated[bool, typer.Option("--second", help="Their second factor is lost, too.")] = False,
) -> None:
    """Take somebody's password, sign them out, and print a link by which they choose another. It holds for a week."""
    say(_link(_doing(lambda session, now: staff.reset(session, None, login, now, second))))


GROUPS = {"staff": "Who works here: let somebody in, list them, end one, let one in again who lost their password."}
COMMANDS: Mapping[str, Callable[..., None]] = {
    "staff add": add,
    "staff list": list_staff,
    "staff end": end,
    "staff reset": reset,
}
