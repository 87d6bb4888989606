"""What a conversation may know of the process that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Renditions = Mapping[str, str]
"""One text, by language code."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, said in the organizer's own words: a region, an answer, a matter."""

    value: str
    label: Renditions


@dataclass(frozen=True, slots=True)
class Region(Option):
    """Where people can say that they live."""

    zone: str = ""
    """Its IANA time zone; "" for the process's own."""


@dataclass(frozen=True, slots=True)
class Daytime:
    """When we write to people of our own accord, by the clock where they live. Replies leave at any hour."""

    zone: str
    """The IANA time zone of who named no region, or one without a zone; also of the days in organizers' files."""
    opens: str = "09:00"
    closes: str = "20:00"
    quiet: tuple[str, ...] = ()
    """Days on which nothing leaves: one of `WEEKDAYS`, or "2026-12-25"."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What a process does beyond the usual, where the people who take part are at risk."""

    forgotten_after: str = ""
    """So long after FORGET no key is left that opens an old copy of what was erased: "7 days"; "" for whenever a human
    changes the keys."""
    second_step: tuple[str, ...] = ()
    """The platforms, "sms" say, on which a vote, a seat given up or FORGET counts only once a number that we
    sent there has come back: whoever forges a sender does not read what we write to it."""

    emergency: Renditions | None = None
    """Whom people in danger can reach at once, "112" say: it is the first that they are told."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for it."""
        return kind in self.second_step


class Unreviewed(StrEnum):
    """What becomes of a translation that nobody but its translator has read, when the rest of its item leaves."""

    LEAVE = "leave"
    """It leaves as well."""
    FALL_BACK = "fall back"
    """It stays, and its readers get the text in another language, after a sentence that says so."""
    REFUSE = "refuse"
    """Nothing leaves until it is approved."""


@dataclass(frozen=True, slots=True)
class Process:
    """A review that is run here. `languages` is also the order in which a missing rendition falls back."""

    title: Renditions
    organizer: Renditions
    languages: tuple[str, ...]
    regions: tuple[Region, ...]
    contact: Renditions | None = None
    """Where a person can ask a human: an address or a number, said by HELP."""
    daytime: Daytime | None = None
    """None: we write at any hour."""
    safety: Safety = field(default_factory=Safety)
    sms_without_accents: bool = True
    """Where that saves a segment, in languages whose readers accept it."""
    senders: tuple[str, ...] = ()
    """The bots and numbers that belong to this process alone."""
    short: Renditions = field(default_factory=dict)
    """Its title in few words, where people choose between several processes; {}: as much of the title as fits."""
    slug: str = ""
    """What organizers call it by; "" for the only one that there is."""
    under: str = ""
    """The slug of the process that it stands under, a regional review of which it is a national part; "" for none."""
    unreviewed: str = Unreviewed.LEAVE
    """One of `Unreviewed`."""
    digest: str = ""
    """How often an e-bulletin is put together for the staff to edit: weekly, on Mondays, or monthly, on the first; ""
    for never."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for the second step."""
        return self.safety.proves(kind)


@dataclass(frozen=True, slots=True)
class Lobby:
    """Where somebody is who writes to a bot or number that several processes share, and has entered none of them."""

    languages: tuple[str, ...]
    """Those of all of them, in the order in which a missing rendition falls back."""
    second_step: tuple[str, ...] = ()
    """The platforms on which any of them asks for it."""
    sms_without_accents: bool = True
    """None of them forbids it."""

    def proves(self, kind: str) -> bool:
        """Whether people on this platform are asked for the second step."""
        return kind in self.second_step


class NotEntered(Exception):
    """A talk about a process was begun with somebody who has entered none."""
