"""What came back from translators beside what there is: what would change, and what cannot be taken."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from exports.units import Unit, is_control
from handlers.writing.contents import TURNS_TEXT_AROUND
from locales import to_staff
from storage.states import RenditionState

BLANK = re.compile(r"\{\w*\}")
"""What is filled in when a text is said."""

Unfit = Callable[[Unit, Unit], str]
"""Why a unit that came back cannot stand in place of what there is, in the language being spoken; "" if it can."""


@dataclass(frozen=True, slots=True)
class Change:
    """One text that would be another one."""

    id: str
    before: Unit | None
    """None: there is no such text, or no more."""
    after: Unit
    problem: str = ""
    """Why it cannot be taken, in the language being spoken; "" if it can."""
    is_stale: bool = False
    """The text that was translated has changed since the file left."""


def compare(
    current: Iterable[Unit], incoming: Iterable[Unit], unfit: Unfit = lambda _before, _after: ""
) -> list[Change]:
    """What would change, in the order of the file. What came back empty, or as it is, is left out."""
    known = {unit.id: unit for unit in current}
    return [
        change
        for after in incoming
        if any(map(str.strip, after.targets)) and (change := _change(known.get(after.id), after, unfit)) is not None
    ]


def taken(changes: Iterable[Change], wanted: Sequence[str] | None = None) -> list[Unit]:
    """The units to keep: of those that can be taken, the ones whose ids are wanted, or all.

    Whoever made the file cannot approve: what says so is translated. What is stale has to be edited.
    """
    return [_taken(change) for change in changes if not change.problem and (wanted is None or change.id in wanted)]


def lost_blanks(source: str, target: str) -> tuple[set[str], set[str]]:
    """The blanks of the source that the target lacks, and those that it has too many."""
    theirs, ours = set(BLANK.findall(source)), set(BLANK.findall(target))
    return theirs - ours, ours - theirs


def reads_like(text: str, other: str) -> bool:
    """Whether they are the same but for the ends of their lines, which programs change."""
    return _one_line(text) == _one_line(other)


def is_unseen(character: str) -> bool:
    """Whether it cannot be seen, and does something to the text."""
    return is_control(character) or character in TURNS_TEXT_AROUND


def _change(before: Unit | None, after: Unit, unfit: Unfit) -> Change | None:
    if before is None:
        return Change(after.id, None, after, to_staff("There is no such text here, or no more."))
    after = replace(_tidied(after), note=before.note, context=before.context)
    if after.targets == _tidied(before).targets and not _says_more(before, after):
        return None
    return Change(after.id, before, after, _problem(before, after) or unfit(before, after), _is_stale(before, after))


def _is_stale(before: Unit, after: Unit) -> bool:
    """A file of XLIFF says of each number alone what is translated."""
    sources = {_one_line(before.source), _one_line(before.plural)}
    return not {_one_line(after.source), _one_line(after.plural)} - {""} <= sources


def _says_more(before: Unit, after: Unit) -> bool:
    """Whether the same words are done now, and were not."""
    return before.state is RenditionState.NEEDS_EDITING and after.state in (
        RenditionState.TRANSLATED,
        RenditionState.APPROVED,
    )


def _problem(before: Unit, after: Unit) -> str:
    for target in filter(None, after.targets):
        if any(map(is_unseen, target)):
            return to_staff("There is an invisible control character in it.")
        lost, added = lost_blanks(before.plural or before.source, target)
        if (lost and not before.plural) or lost - {"{number}"}:
            return to_staff("It lacks {blanks}, which is filled in when it is said.", blanks=", ".join(sorted(lost)))
        if added:
            return to_staff("It has {blanks}, which nothing fills in.", blanks=", ".join(sorted(added)))
    return ""


def _taken(change: Change) -> Unit:
    least = RenditionState.NEEDS_EDITING if change.is_stale else change.after.state
    return replace(change.after, state=RenditionState.TRANSLATED if least is RenditionState.APPROVED else least)


def _tidied(unit: Unit) -> Unit:
    """As we keep texts: a line ends in one way, and nothing stands around it that cannot be seen."""
    first, *others = (target.replace("\r\n", "\n").replace("\r", "\n").strip() for target in unit.targets)
    return replace(unit, target=first, others=tuple(others))


def _one_line(text: str) -> str:
    """Programs break and indent what they do not have to change."""
    return " ".join(text.split())
