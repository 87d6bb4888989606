"""Which senders of a kind the environment names: `telegram` (TELEGRAM_TOKEN), `telegram-emea` (TELEGRAM_TOKEN_EMEA)."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TypeVar

from channels import Misconfigured

SUFFIX = re.compile(r"[A-Z0-9]{1,20}")
TAKEN = "OLD"
"""No suffix of a sender: TWILIO_TOKEN_OLD is the token before the one in use."""
LIKE = 0.8
"""How alike two words are of which one is a slip of the pen: TOKN and TOKEN, not API and APP."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variables:
    """The variables of one kind of sender, by their plain names."""

    kind: str
    identity: str
    """Says which bot or number of ours it is: each that is set makes a sender, and no two may be the same."""
    own: tuple[str, ...] = ()
    """What else no other sender's can stand in for."""
    shared: tuple[str, ...] = ()
    """What holds for every sender that has none of its own."""
    ambiguous: tuple[str, ...] = ()
    """The same; but other programs' variables begin so, too (TELEGRAM_API_ID): with a suffix alone they say nothing."""
    known_by: Callable[[str], str] = str.lower
    """What of the identity tells one bot or number from another."""

    @property
    def with_suffix(self) -> tuple[str, ...]:
        """Those which, with a suffix, speak of a sender."""
        return (self.identity, *self.own, *self.shared)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one sender. They are asked for by their plain names."""

    name: str
    suffix: str
    """"_EMEA"; "" for the sender that is called as its kind is."""
    environment: Mapping[str, str] = field(repr=False)
    own: frozenset[str]

    def get(self, variable: str, otherwise: str = "") -> str:
        return self.environment.get(self.called(variable)) or otherwise

    def called(self, variable: str) -> str:
        """By which name the variable is set for this sender, or has to be."""
        return f"{variable}{self.suffix}" if variable in self.own or self.has_its_own(variable) else variable

    def has_its_own(self, variable: str) -> bool:
        return bool(self.environment.get(f"{variable}{self.suffix}"))

    def with_own(self, *variables: str) -> "Settings":
        """These, too, are not shared with other senders."""
        return replace(self, own=self.own | set(variables))


def of_each(environment: Mapping[str, str], variables: Variables, make: Callable[[Settings], T]) -> list[T]:
    """What is made of the settings of each sender. Raises `Misconfigured`, a line for each that is wrong."""
    every = _settings(environment, variables)
    made: list[T] = []
    wrong = dict.fromkeys((settings.name for settings in every), "")
    for settings in every:
        try:
            made.append(make(settings))
        except Misconfigured as misconfigured:
            wrong[settings.name] = str(misconfigured)
    if len(made) < len(every):
        raise Misconfigured("\n".join(dict.fromkeys(filter(None, wrong.values()))), wrong)
    _refuse_twins(every, variables)
    return made


def _settings(environment: Mapping[str, str], variables: Variables) -> list[Settings]:
    suffixes = _suffixes(environment, variables)
    plain = (variables.identity, *variables.own, *(() if suffixes else (*variables.shared, *variables.ambiguous)))
    own = frozenset((variables.identity, *variables.own))
    first = [Settings(variables.kind, "", environment, own)] if any(environment.get(name) for name in plain) else []
    return first + [
        Settings(f"{variables.kind}-{suffix.lower()}", f"_{suffix}", environment, own) for suffix in sorted(suffixes)
    ]


def _suffixes(environment: Mapping[str, str], variables: Variables) -> set[str]:
    """Those of all senders but the first. Raises `Misconfigured` for one that has settings and no identity."""
    named: dict[str, list[str]] = defaultdict(list)
    for variable, suffix, name in _with_suffix(environment, variables):
        if SUFFIX.fullmatch(suffix) and suffix != TAKEN:
            named[suffix].append(name)
        elif variable not in variables.shared:
            called = f"what the sender is called, in capital letters and digits, not {TAKEN}"
            raise Misconfigured(f"{name}: after {variable}_ has to stand {called}.")
    for suffix, names in named.items():
        identity = f"{variables.identity}_{suffix}"
        if identity not in names:
            raise Misconfigured(f"{names[0]} is set: set {identity} too, or neither.")
    return set(named)


def _with_suffix(environment: Mapping[str, str], variables: Variables) -> Iterator[tuple[str, str, str]]:
    """(the variable, the suffix, both together). Raises `Misconfigured` for a slip of the pen."""
    prefix = f"{variables.kind.upper()}_"
    words = {variable.removeprefix(prefix): variable for variable in variables.with_suffix}
    for name, value in sorted(environment.items()):
        word, _bar, suffix = name.removeprefix(prefix).partition("_")
        if not value or not name.startswith(prefix) or not suffix:
            continue
        if word in words:
            yield words[word], suffix, name
        elif SUFFIX.fullmatch(suffix) and (alike := get_close_matches(word, words, 1, LIKE)):
            raise Misconfigured(f"{name}: is this to be {words[alike[0]]}_{suffix}?")


def _refuse_twins(every: list[Settings], variables: Variables) -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for settings in every:
        named[variables.known_by(settings.get(variables.identity))].append(settings.called(variables.identity))
    twins = [" and ".join(names) for names in named.values() if len(names) > 1]
    if twins:
        why = "are the same: each would take the other's messages."
        raise Misconfigured("\n".join(f"{names} {why}" for names in twins))
