"""What the company that carries our messages does by itself, and what it can see."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from locales import N_


class Reserved(StrEnum):
    """What a carrier does by itself when a person sends one of its words."""

    STOP = "stop"
    """It carries nothing more to them."""
    START = "start"
    """It carries our messages to them again."""
    START_AFTER_STOP = "start_after_stop"
    """The same, if they have said STOP before; from everybody else the word is an answer."""
    HELP = "help"
    """It answers them with a text of its own."""


ReservedWords = Mapping[str, Reserved]
"""In small letters, without accents."""
NOTHING_RESERVED: ReservedWords = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Carrier:
    """What can be seen of a chat and stays of it, in whole sentences. These are true of every carrier."""

    sees: str = N_("The company that carries these messages can read them.")
    sees_votes: str = N_("The company that carries these messages can see your vote.")
    keeps: str = N_("We cannot erase what stays on your phone or with the company that carries it.")


ANY_CARRIER = Carrier()
