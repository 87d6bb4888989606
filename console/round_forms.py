"""What stands in the form of a new round, and what its buttons do with the options in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from textwrap import shorten

import flows
from console import round_rules
from console._frame.desks import Desk
from console.wording import typed
from handlers.writing import contents, moments, sums
from locales import _
from storage.matters import StoredMatter
from storage.states import Roll
from storage.texts import PartOption

KEY = re.compile(r"o[1-9][0-9]{0,2}")
MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class TypedOption:
    """One thing that is to be voted on, as it was typed."""

    key: str
    label: flows.Renditions = field(default_factory=dict)
    about: flows.Renditions = field(default_factory=dict)
    matter: str = ""
    """The id of the matter that it is; "" for none."""
    part: str = ""
    """The id of the part of a text that it is; "" for none..."""
    edition: int = 0
    """...and the edition of it that was chosen."""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class TypedRound:
    """The form, finished or not."""

    title: flows.Renditions = field(default_factory=dict)
    roll: Roll = Roll.COUNCIL
    council: str = ""
    """Its id; "": of any."""
    rule: str = "approval"
    quorum: str = ""
    elects: str = ""
    points: str = ""
    """These three as in `council.Terms`; "": nothing is settled."""
    closes: str = ""
    answer_by: str = ""
    is_public: bool = True
    budget: str = ""
    currency: str = ""
    options: tuple[TypedOption, ...] = ()


def read(desk: Desk) -> TypedRound:
    """What stands in the form."""
    roll = desk.line("roll")
    return TypedRound(
        title=typed(desk, "title"),
        roll=Roll(roll) if roll in tuple(Roll) else Roll.COUNCIL,
        council=desk.line("council"),
        rule=desk.line("rule"),
        quorum=desk.line("quorum"),
        elects=desk.line("elects"),
        points=desk.line("points"),
        closes=desk.line("closes"),
        answer_by=desk.line("answer_by"),
        is_public=bool(desk.line("public")),
        budget=desk.line("budget"),
        currency=desk.line("currency"),
        options=tuple(_options(desk)),
    )


def _options(desk: Desk) -> Iterator[TypedOption]:
    for key in tuple(dict.fromkeys(desk.many("option")))[: contents.MOST_OPTIONS + 1]:
        if KEY.fullmatch(key):
            yield _option(desk, key)


def _option(desk: Desk, key: str) -> TypedOption:
    edition = desk.line(f"{key}-edition")
    return TypedOption(
        key=key,
        label=typed(desk, f"{key}-label"),
        about=typed(desk, f"{key}-about"),
        matter=desk.line(f"{key}-matter"),
        part=desk.line(f"{key}-part"),
        cost=desk.line(f"{key}-cost"),
        edition=int(edition) if edition.isdecimal() and len(edition) < 9 else 0,
    )


def finished(form: TypedRound) -> contents.Round:
    """The round that it says. Raises `contents.Unfit`."""
    closes = moments.day(form.closes, _("until which day"))
    if closes is None:
        raise contents.Unfit(_("Say until which day people can vote."))
    return contents.Round(
        title=form.title,
        matters=tuple(map(_matter, form.options)),
        closes=closes,
        rule=form.rule,
        quorum=round_rules.number("quorum", form.quorum, form.rule),
        elects=round_rules.number("elects", form.elects, form.rule),
        points=round_rules.number("points", form.points, form.rule),
        roll=form.roll,
        council=form.council if form.roll is Roll.COUNCIL else "",
        answer_by=moments.day(form.answer_by, _("until which day you respond")),
        is_public=form.is_public,
        budget=sums.read(form.budget, _("the sum")),
        currency=form.currency.upper(),
    )


def _matter(option: TypedOption) -> contents.Matter:
    return contents.Matter(
        value=option.key,
        label=option.label,
        about=option.about,
        matter=option.matter,
        part=option.part,
        edition=option.edition,
        cost=sums.read(option.cost, _("what it costs")),
    )


def rearranged(form: TypedRound, act: str) -> TypedRound:
    """With one option more, or one less, or one moved, as a button says."""
    if act == "add":
        return replace(form, options=(*form.options, TypedOption(_next(form.options))))
    verb, _dash, key = act.partition("-")
    place = next((place for place, option in enumerate(form.options) if option.key == key), None)
    if place is None or verb not in ("remove", *MOVES):
        return form
    others = [option for option in form.options if option.key != key]
    if verb in MOVES:
        others.insert(max(0, place + MOVES[verb]), form.options[place])
    return replace(form, options=tuple(others))


def with_matters(form: TypedRound, matters: Sequence[StoredMatter]) -> TypedRound:
    """With an option for each of these that is not in it: called as the matter is, as far as that fits."""
    options = list(form.options)
    for matter in matters:
        if all(option.matter != matter.id for option in options) and len(options) < contents.MOST_OPTIONS:
            label = _label(contents.unpack(matter.title, dict[str, str]))
            options.append(TypedOption(_next(options), label, {}, matter.id))
    return replace(form, options=tuple(options))


def with_parts(form: TypedRound, parts: Sequence[PartOption]) -> TypedRound:
    """The same with each of these parts of texts, called by its heading, in the edition that it has now."""
    options = list(form.options)
    for part in parts:
        if all(option.part != part.part_id for option in options) and len(options) < contents.MOST_OPTIONS:
            begins = {part.language: part.text} | dict(part.renditions)
            label = _label({code: flows.heading(text) for code, text in begins.items()})
            options.append(TypedOption(_next(options), label, part=part.part_id, edition=part.edition))
    return replace(form, options=tuple(options))


def _label(titles: flows.Renditions) -> flows.Renditions:
    return {code: shorten(text, contents.LONGEST_LABEL, placeholder=" …") for code, text in titles.items()}


def _next(options: Sequence[TypedOption]) -> str:
    """The key of one more option: none that stands in the form."""
    return f"o{max((int(option.key[1:]) for option in options), default=0) + 1}"
