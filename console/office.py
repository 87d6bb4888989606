"""What the console works with: the records, the keys, the senders, the clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadcast.wake import Waker
from channels import Channel
from handlers.answers import Tallies
from handlers.audiences import Crowds
from handlers.passwords import Passwords
from handlers.second_factors import SecondFactor
from handlers.today import Figures
from storage import Database, Keyring


@dataclass(frozen=True, slots=True)
class Office:
    """One deployment's console."""

    database: Database
    keys: Keyring = field(repr=False)
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    waker: Waker
    """Tells the workers that something is to leave."""
    public_url: str = ""
    """The address under which the console is reached from outside, "https://…"; "" on this computer only."""
    price: str = ""
    """What a segment of a text message costs, like "0.05 EUR"; "": nobody said."""
    second_factor: SecondFactor = SecondFactor.ALL_BUT_TRANSLATORS
    """Which members of staff have to have one."""
    passwords: Passwords = field(default_factory=Passwords)
    """Hashes them, a few at a time."""
    framed: bool = False
    """Other pages of the same site may show it inside them: for the demo, where it stands beside the phones."""
    crowds: Crowds = field(default_factory=Crowds, repr=False)
    """How many people have what in common, for a while."""

    figures: Figures = field(default_factory=Figures, repr=False)
    """How many people were heard and told, for a while."""

    tallies: Tallies = field(default_factory=Tallies, repr=False)
    """What was answered to consultations, for a while."""

    @property
    def is_secure(self) -> bool:
        """It is reached over TLS: cookies may leave over nothing else."""
        return self.public_url.startswith("https://")
