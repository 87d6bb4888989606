"""A draw as it is kept: what was announced of it, and what came of it."""

import msgspec

from council import lots
from council.lots import Cannot, Gave, Limits, Quotas
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, draws
from storage.draws import StoredDraw, StoredTicket


class Kept(msgspec.Struct, frozen=True):
    """What a ticket says, as it is sealed."""

    salt: str
    facts: dict[str, str]


class Summary(msgspec.Struct, frozen=True, tag="summary"):
    """What came of a draw, without the people."""

    candidates: int
    least: int
    """The smallest chance, in millionths."""
    most: int
    spread: tuple[int, ...]
    """How many have a chance in each tenth."""
    libraries: str


async def get(session: Session, process: OpenProcess, draw_id: str, lock: bool = False) -> StoredDraw:
    """Raises `contents.Unfit`."""
    stored = await draws.get(session, process.id, draw_id, lock)
    if stored is None:
        raise contents.Unfit(to_staff("This process has no such draw."))
    return stored


def limits(stored: StoredDraw) -> Quotas:
    packed = msgspec.json.decode(stored.quotas, type=dict[str, dict[str, tuple[int, int]]])
    return {category: {value: Limits(*pair) for value, pair in named.items()} for category, named in packed.items()}


def packed(quotas: Quotas) -> dict[str, dict[str, tuple[int, int]]]:
    return {
        category: {value: (limit.least, limit.most) for value, limit in named.items()}
        for category, named in quotas.items()
    }


def kept(its: StoredTicket) -> Kept:
    return msgspec.json.decode(its.facts or "", type=Kept)


def outcome(stored: StoredDraw) -> Summary | Cannot | None:
    """None: it was not drawn yet."""
    return None if stored.outcome is None else msgspec.json.decode(stored.outcome, type=Summary | Cannot)


def summed_up(gave: Gave) -> str:
    chances = gave.chances.values()
    summary = Summary(len(gave.chances), min(chances), max(chances), lots.spread(gave.chances), gave.libraries)
    return msgspec.json.encode(summary).decode()
