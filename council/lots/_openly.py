"""What is published before anybody can know whom a draw gives, so that nobody can choose people by choosing a pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from unicodedata import normalize

import msgspec

from council.lots._limits import Facts, Quotas
from council.lots._seats import Requirement


@dataclass(frozen=True, slots=True)
class Ticket:
    """A candidate in one draw: a name that nothing else knows, what they told, and salt.

    With the salt nobody can find out by trying what stands behind the leaf of somebody whose facts are gone.
    """

    name: str
    salt: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Announced:
    """What is said of a draw beforehand."""

    draw: str
    """Its name."""
    source: str
    """Which public value decides, in words."""
    due: str
    """When everybody can know it, in UTC, as ISO 8601 writes it."""
    seats: int
    quotas: Quotas
    requirements: Sequence[Requirement] = ()
    """What the first seats require of who sits there, seat by seat."""


def leaf(ticket: Ticket) -> str:
    """What stays of a ticket when its facts are gone: it still proves that the pool is the one that was announced."""
    return sha256(_canonical([ticket.name, ticket.salt, dict(ticket.facts)])).hexdigest()


def commitment(announced: Announced, leaves: Mapping[str, str]) -> str:
    """What fixes a draw before the public value is known. `leaves`: by the names of the tickets."""
    limits = {
        category: {value: [limit.least, limit.most] for value, limit in named.items()}
        for category, named in announced.quotas.items()
    }
    content = [announced.draw, announced.source, announced.due, announced.seats, limits, dict(leaves)]
    # A draw of which no seat requires anything is announced as it was before seats could.
    if announced.requirements:
        content.append([dict(requirement) for requirement in announced.requirements])
    return sha256(_canonical(content)).hexdigest()


def seed_of(committed: str, value: str) -> str:
    """The seed of a draw: from what was announced, and the public value as it was entered.

    Case and what stands between the words do not count, so whoever types it again gets the same.
    """
    words = " ".join(normalize("NFKC", value).casefold().split())
    return sha256(f"{committed}\n{words}".encode()).hexdigest()


def _canonical(content: object) -> bytes:
    return msgspec.json.encode(content, order="deterministic")
