"""What organizers read of the voting rules: what each is called, how it counts, and what can be settled for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import council
from council.ballots import answers, approvals, points, rankings, scores
from handlers.writing import contents
from locales import N_, _


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A voting rule, in texts that are marked for the catalogs."""

    name: str
    counts: str
    """In a sentence."""


RULES: Mapping[str, NamedRule] = {
    "approval": NamedRule(N_("Approval"), N_("What most voters approve stands first.")),
    "majority": NamedRule(N_("Majority"), N_("What more than half of those who voted approve is adopted.")),
    "yes_no": NamedRule(N_("Yes or no"), N_("What more voters say yes to than no is adopted.")),
    "score": NamedRule(N_("Scores"), N_("The points of all voters are added up. What has most stands first.")),
    "points": NamedRule(
        N_("Points to share out"), N_("Each voter has the same number of points. What gets most stands first.")
    ),
    "borda": NamedRule(
        N_("Borda"),
        N_("An option gets a point each time that a voter puts it above another. What has most stands first."),
    ),
    "ranked_pairs": NamedRule(
        N_("Ranked pairs"),
        N_("Options are compared two by two, and the clearest majorities count first. What beats all stands first."),
    ),
    "schulze": NamedRule(
        N_("Schulze"),
        N_("Options are compared two by two, directly and by way of others. What beats all stands first."),
    ),
    "equal_shares": NamedRule(
        N_("Equal shares"),
        N_(
            "A sum is shared out. Each option has a price, and is bought where the voters who approve it can pay for "
            "it with their equal parts of the sum."
        ),
    ),
    "phragmen": NamedRule(
        N_("Phragmén"),
        N_("Several are chosen together, so that every part of the voters gets its share of them."),
    ),
}
"""In the order in which they are offered."""
MOST_DIGITS = 9
BALLOTS: Mapping[council.BallotKind[Any], str] = {
    approvals.kind: N_("On the ballot people choose all that they approve."),
    answers.kind: N_("On the ballot people say yes or no to each."),
    scores.kind: N_("On the ballot people give each from 0 to 5 points."),
    points.kind: N_("On the ballot people share out their points."),
    rankings.kind: N_("On the ballot people put them in order."),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What can be settled for some rules, in texts that are marked for the catalogs."""

    label: str
    hint: str


SETTINGS: Mapping[str, Setting] = {
    "quorum": Setting(
        N_("Of 100 who may vote, how many have to take part"),
        N_("With fewer nothing is adopted. Leave it empty if it does not matter."),
    ),
    "elects": Setting(N_("How many are chosen"), N_("At least 1, and not all of them.")),
    "points": Setting(N_("How many points each voter shares out"), N_("From 2 to 100. Left empty, it is 10.")),
}
"""By the field of `council.Terms`."""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A voting rule in the language being spoken."""

    name: str
    counts: str
    ballot: str


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A field of the form in the language being spoken."""

    name: str
    label: str
    hint: str
    rules: str
    """The names of the rules that it is for."""


def rules() -> Mapping[str, ShownRule]:
    """Every voting rule, by the name of its file."""
    every = council.every_rule()
    return {name: ShownRule(_(it.name), _(it.counts), _(BALLOTS[every[name].kind])) for name, it in RULES.items()}


def settings() -> Iterator[ShownSetting]:
    """Every field, with the rules that read it."""
    every = council.every_rule()
    for name, setting in SETTINGS.items():
        of = [_(rule.name) for file, rule in RULES.items() if name in every[file].settles]
        yield ShownSetting(name, _(setting.label), _(setting.hint), _("; ").join(of))


def settled(round_: contents.Round) -> Iterator[tuple[str, int]]:
    """What holds of a round under its rule, written or usual, each with its label."""
    rule = council.every_rule()[round_.rule]
    for name, setting in SETTINGS.items():
        number = getattr(round_.terms, name)
        if name in rule.settles and number:
            yield _(setting.label), number


def number(field: str, typed: str, rule: str) -> int:
    """What stands in a field of the form; 0: nothing. Raises `contents.Unfit` where the rule does not read it."""
    if not typed:
        return 0
    label = _(SETTINGS[field].label)
    if rule in RULES and field not in council.every_rule()[rule].settles:
        wrong = {"field": label, "rule": _(RULES[rule].name)}
        raise contents.Unfit(_("{field}: under the rule “{rule}” this has no use. Leave it empty.", **wrong))
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        raise contents.Unfit(_("{field}: write a whole number, or leave it empty.", field=label))
    return int(typed)
