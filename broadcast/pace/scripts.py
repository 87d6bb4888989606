"""What each script that keeps schedules in Redis takes, by name, in the order in which its .lua file reads it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BEGINNING = FOLDER / "clock.lua"


@dataclass(frozen=True, slots=True)
class Script:
    """A file `name`.lua. It says what each key and argument is, and its unit."""

    name: str
    keys: tuple[str, ...]
    arguments: tuple[str, ...]
    answer: tuple[str, ...] = ()
    """What it answers, where that is not one number or one for each key."""

    @property
    def source(self) -> str:
        return BEGINNING.read_text() + (FOLDER / f"{self.name}.lua").read_text()

    def keys_in_order(self, keys: Mapping[str, str]) -> list[str]:
        _check(self.keys, keys)
        return [keys[name] for name in self.keys]

    def arguments_in_order(self, arguments: Mapping[str, float | str]) -> list[float | str]:
        _check(self.arguments, arguments)
        return [arguments[name] for name in self.arguments]

    def answered(self, values: Iterable[bytes | int]) -> dict[str, float]:
        return dict(zip(self.answer, map(float, values), strict=True))


def _check(names: Sequence[str], values: Mapping[str, object]) -> None:
    if values.keys() != set(names):
        raise ValueError(f"the script takes {', '.join(names)}")


TAKE = Script(
    "take",
    keys=("schedule", "hold_of_all", "hold_of_bulletins", "half_rate"),
    arguments=(
        "every",
        "credit",
        "look_ahead",
        "known_held",
        "known_bulletins",
        "known_slow",
        "most",
        "batch",
    ),
    answer=("number", "now", "begin", "every", "held", "bulletins", "slow"),
)
GIVE_BACK = Script("give_back", keys=("schedule",), arguments=("taken_until", "used_until"))
CHARGE = Script("charge", keys=("schedule",), arguments=("every", "credit", "look_ahead", "places"))
PEOPLE = Script("people", keys=("people",), arguments=("gap", "credit"))
"""Takes a key for each person, however many."""
HOLD_ALL = Script("hold_all", keys=("schedule", "hold_of_all"), arguments=("seconds",))
HOLD_PERSON = Script(
    "hold_person",
    keys=("person", "schedule", "hold_of_all", "hold_of_bulletins", "half_rate", "last_held"),
    arguments=("seconds", "credit", "is_bulletin", "address", "two_within", "half_rate_for"),
)
SCRIPTS = (TAKE, GIVE_BACK, CHARGE, PEOPLE, HOLD_ALL, HOLD_PERSON)
