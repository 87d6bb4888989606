"""Who may open which address of the console: nobody, unless a route says so."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import Enum

from aiohttp import web

from console._frame.desks import Desk
from storage.roles import Role
from storage.sign_ins import Colleague
from storage.staff import Grant

Answer = Callable[[Desk], Awaitable[web.StreamResponse]]
KIB = 1024


class Anyone(Enum):
    """Who may open a route that no role is needed for."""

    VISITORS = "visitors"
    """Whoever finds it, signed in or not."""
    HALF_SIGNED_IN = "half signed in"
    """Whoever gave the password; the second factor is still to come."""
    STAFF = "staff"
    """Whoever is signed in."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address, what answers there, and who may open it."""

    method: str
    path: str
    """Where it has {slug}, that is the process's."""
    answer: Answer
    may: Anyone | Collection[Role]
    """Roles count that a grant gives in the process of the path; without one, in the whole deployment."""
    confirmed: bool = False
    """What cannot be undone: they must have given all that they sign in by in the last minutes."""
    most: int = 64 * KIB
    """Bytes of a form."""


def get(path: str, answer: Answer, may: Anyone | Collection[Role]) -> Route:
    return Route("GET", path, answer, may)


def post(
    path: str, answer: Answer, may: Anyone | Collection[Role], *, confirmed: bool = False, most: int = 64 * KIB
) -> Route:
    return Route("POST", path, answer, may, confirmed, most)


def grants_in(colleague: Colleague, process_id: str | None) -> tuple[Grant, ...]:
    """Those that hold in this process; None: in the whole deployment."""
    return tuple(grant for grant in colleague.grants if grant.process_id in (None, process_id))


def permits(may: Anyone | Collection[Role], grants: Collection[Grant]) -> bool:
    """Whether somebody who is signed in with these grants may open a route."""
    return isinstance(may, Anyone) or any(grant.role in may for grant in grants)
