"""The 23 objectives of the Global Compact for Migration in plain words, in groups small enough for a text message."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from channels.messages import Choice
from locales import N_, _, speaking, spoken, until_corrected

SOMETHING_ELSE = "else"


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective: its number in the Compact, and what we call it (English, marked for the catalogs)."""

    key: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """A few objectives that people would look for in the same place."""

    key: str
    label: str
    objectives: tuple[Objective, ...]


GROUPS = (
    Group(
        "leaving",
        N_("Leaving home, legal ways"),
        (
            Objective("reasons", 2, N_("Having to leave home")),
            Objective("information", 3, N_("Good information")),
            Objective("pathways", 5, N_("Legal ways to move")),
        ),
    ),
    Group(
        "papers",
        N_("Borders and detention"),
        (
            Objective("identity", 4, N_("Identity papers for all")),
            Objective("borders", 11, N_("Safe and fair borders")),
            Objective("procedures", 12, N_("Clear rules on arrival")),
            Objective("detention", 13, N_("Detention as last choice")),
            Objective("consulates", 14, N_("Help from your embassy")),
        ),
    ),
    Group(
        "working",
        N_("Work, skills and money"),
        (
            Objective("work", 6, N_("Fair jobs, fair hiring")),
            Objective("skills", 18, N_("Skills and diplomas")),
            Objective("remittances", 20, N_("Sending money cheaply")),
            Objective("benefits", 22, N_("Pensions and benefits")),
        ),
    ),
    Group(
        "safety",
        N_("Safety and protection"),
        (
            Objective("risk", 7, N_("Care for people at risk")),
            Objective("lives", 8, N_("Rescue and the missing")),
            Objective("smuggling", 9, N_("Smuggling of people")),
            Objective("trafficking", 10, N_("Trafficking, forced work")),
        ),
    ),
    Group(
        "life",
        N_("Daily life and respect"),
        (
            Objective("services", 15, N_("Health, school, housing")),
            Objective("inclusion", 16, N_("Being part of society")),
            Objective("discrimination", 17, N_("Racism, unfair treatment")),
            Objective("development", 19, N_("What migrants bring")),
        ),
    ),
    Group(
        "together",
        N_("Going back, cooperation"),
        (
            Objective("return", 21, N_("A safe return home")),
            Objective("data", 1, N_("Honest numbers")),
            Objective("cooperation", 23, N_("Countries together")),
        ),
    ),
)

OBJECTIVES: Mapping[str, Objective] = {
    objective.key: objective
    for objective in sorted(
        (objective for group in GROUPS for objective in group.objectives), key=lambda objective: objective.number
    )
}

_LABELS = {group.key: group.label for group in GROUPS} | {
    objective.key: objective.label for objective in OBJECTIVES.values()
}


def groups() -> tuple[Choice, ...]:
    """What a person can choose first, in the language being spoken."""
    return _groups(spoken())


@until_corrected
@cache
def _groups(language: str) -> tuple[Choice, ...]:
    with speaking(language):
        every = (Choice(group.key, _(group.label)) for group in GROUPS)
        return (*every, Choice(SOMETHING_ELSE, topic_label(SOMETHING_ELSE)))


def has_label(topic: str) -> bool:
    """Whether it is an objective or a group that we know; one may have been taken away since."""
    return topic in _LABELS


def topic_label(topic: str) -> str:
    """What a topic is called in the language being spoken: an objective's key, a group's, or `SOMETHING_ELSE`."""
    return _("Something else") if topic == SOMETHING_ELSE else _(_LABELS[topic])
