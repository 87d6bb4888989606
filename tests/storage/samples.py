"""A value for every argument that a function of storage takes, and a row of every table that it leads to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from sqlalchemy import Column, LargeBinary, insert

from storage import Keyring, PersonKey, Session, fresh
from storage._ground.columns import Sealed
from storage.keys import RoundKey
from storage.lanes import Lane
from storage.round_keys import Ballot, packed
from storage.states import BroadcastState, ResponseState
from storage.tables import ballot, delivery, metadata, person, roll, round_key
from storage.together import Writes
from tests.storage.rows import NOW, PROCESS

NAME = PROCESS
"""Every row of the samples is called like this, whatever it is."""


class Samples:
    """Makes values by their types. A text is the name of a row that is there; of what is new, a name of its own."""

    def __init__(self, session: Any, keys: Keyring, key: PersonKey) -> None:
        self._plain: Mapping[Any, Any] = {
            str: NAME,
            int: 1,
            bool: True,
            bytes: b"x",
            float: 1.0,
            datetime: NOW,
            date: NOW.date(),
            timedelta: timedelta(hours=1),
            Session: session,
            Keyring: keys,
            PersonKey: key,
            BroadcastState: BroadcastState.CANCELLING,
            Lane: Lane.BULLETIN,
        }

    def of(self, kind: Any) -> Any:
        origin, parts = get_origin(kind), get_args(kind)
        if kind in self._plain:
            return self._plain[kind]
        if kind is Writes:
            return Writes()
        if origin in (Union, UnionType):
            return self.of(next(part for part in parts if part is not NoneType))
        if origin is tuple:
            return tuple(self.of(part) for part in parts if part is not ...)
        if origin in (Sequence, Collection, Iterable, list):
            return [self.of(parts[0])]
        if origin in (Mapping, dict):
            return {self.of(parts[0]): self.of(parts[1])}
        return self._record(kind)

    def arguments(self, function: Any) -> dict[str, Any]:
        return {name: self.of(kind) for name, kind in get_type_hints(function).items() if name != "return"}

    def _record(self, kind: Any) -> Any:
        if issubclass(kind, Enum):
            return next(iter(kind))
        hints = get_type_hints(kind)
        names = [part.name for part in fields(kind)] if is_dataclass(kind) else list(hints)
        if issubclass(kind, msgspec.Struct):
            names = list(kind.__struct_fields__)
        values = {name: self.of(hints[name]) for name in names}
        if kind.__name__.startswith("New"):
            values |= {name: fresh() for name in ("id", "slug") if name in values}
        return kind(**values)


async def fill(session: Session, keys: Keyring) -> PersonKey:
    """A row called `NAME` in every table, in the state in which most happens to it; gives the key of its person."""
    key = keys.new(NAME)
    # The database counts deliveries by their broadcast, to which they have no foreign key.
    for table in sorted(metadata.sorted_tables, key=lambda table: table is delivery):
        if table.name not in ("process", "standing"):
            row = {column.name: _value(column, key) for column in table.columns} | STATES.get(table.name, {})
            row |= {"key": keys.wrap(key), "key_epoch": keys.epoch} if table is person else {}
            row |= _of_round(keys).get(table.name, {})
            await session.execute(insert(table).values(row))
    return key


def _of_round(keys: Keyring) -> Mapping[str, dict[str, Any]]:
    """What the key of an open round seals, and that key."""
    key, filled_in = RoundKey(NAME, b"r" * 32), Ballot("[]", "0123456789", NOW.isoformat())
    return {
        "round_key": {"key": key.sealed_by(keys, round_key.c.key)},
        "roll": {"link": key.seal(NAME, roll.c.link, NAME), "matters": None, "cast": None, "disputed": False},
        "ballot": {"content": key.seal(packed(filled_in), ballot.c.content, NAME)},
    }


SEALED = {"candidate.facts": "{}", "contribution.translations": "{}", "opinion.held": "[]"}
"""What is sealed and is not just words."""
LATER = NOW + timedelta(hours=2)
STATES: Mapping[str, dict[str, Any]] = {
    "address": {"reach": "active", "until": NOW, "shut": None, "spoke": NOW - timedelta(days=9)},
    "broadcast": {
        "state": "running",
        "expanded": False,
        "reached": "",
        "audience": "{}",
        "hours": "{}",
        "lane": 2,
        "outside": "wait",
    },
    "circuit": {"channel": "another"},
    "consultation": {"closed": None, "closes": None, "reminds": NOW, "reminded": None},
    "delivery": {"state": "queued", "lane": 2, "ended": None, "not_after": None, "code": None},
    "draft": {"dropped": None},
    "draw": {"state": "ready", "until": None},
    "grant": {"role": "owner", "languages": "[]"},
    "council": {"dissolved": None, "content": '{"name":{"en":"Council"}}'},
    "seat": {"ended": None, "kind": "invitation"},
    "membership": {"ended": None, "end": None, "warned": None, "until": NOW.date() - timedelta(days=1)},
    "member_call": {"closed": None, "closes": NOW},
    "candidate": {"state": "standing", "answer_by": NOW},
    "invitation": {"used": None},
    "export": {
        "kind": "contributions",
        "format": "xlsx",
        "state": "ready",
        "made": NOW - timedelta(days=9),
        "until": None,
    },
    "feedback": {"helped": "yes"},
    "proposal": {"state": "waiting"},
    "sounding": {"closes": None, "closed": None, "counted": None, "maker": None, "until": None},
    "public_count": {"counted": "behind"},
    "matter": {"dropped": None, "response_id": None, "due": NOW.date() - timedelta(days=1), "told_late": None},
    "opening": {"state": "held", "leaves": NOW},
    "participation": {"left": None, "consented": False, "joined": NOW.date() - timedelta(days=9)},
    "response": {"state": ResponseState.RECEIVED},
    "result": {"state": "adopted"},
    "remark": {"kind": "question"},
    "shown_remark": {"kind": "question"},
    "recording": {"state": "kept"},
    "recovery_code": {"used": None},
    "item": {"dropped": None, "kind": "bulletin"},
    "rendition": {"state": "translated"},
    "sending": {"kind": "item", "state": "held", "leaves": NOW},
    "round": {
        "opened": NOW - timedelta(days=2),
        "closes": LATER,
        "closed": None,
        "reminded": None,
        "voters": None,
        "power": "bulletins",
    },
    "sign_in": {"until": LATER},
    "staff": {"ended": None, "look": "system"},
    "staff_invitation": {"until": LATER, "used": None},
    "staff_phone_code": {"until": LATER},
    "text": {"state": "published"},
}


def _value(column: Column[Any], key: PersonKey) -> Any:
    if isinstance(column.type, Sealed):
        return key.seal(SEALED.get(f"{column.table.name}.{column.name}", "words"), column, NAME)
    if isinstance(column.type, LargeBinary):
        return b"x"
    return {"Text": NAME, "Integer": 1, "Boolean": True, "Date": NOW.date(), "Moment": NOW}[type(column.type).__name__]
