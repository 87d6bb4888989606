"""What came back from translators is shown as differences, of which those that would harm cannot be taken."""

from dataclasses import replace

import pytest

from exports.units import Unit
from handlers.writing.returned import compare, taken
from storage.states import RenditionState

HELLO = Unit("hello", "Hello {name}.", "Bonjour {name}.", state=RenditionState.TRANSLATED)
NEW = Unit("new", "Welcome.")


def back(**changed: object) -> Unit:
    return replace(HELLO, **changed)  # type: ignore[arg-type]


def test_only_what_changes_is_a_difference() -> None:
    assert compare([HELLO, NEW], [HELLO, NEW, replace(HELLO, target=" \n"), back(target="Bonjour {name}.\r\n")]) == []
    [change] = compare([HELLO], [back(target="Salut {name}.")])
    assert (change.before, change.after.target, change.problem, change.is_stale) == (HELLO, "Salut {name}.", "", False)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("Bonjour.", "{name}"),
        ("Bonjour {nom}.", "{name}"),
        ("Bonjour {name} {else}.", "{else}"),
        ("Bonjour\x07 {name}.", "control"),
        ("Bonjour \u202e{name}.", "control"),
    ],
)
def test_what_would_harm_is_shown_with_the_reason_and_never_taken(target: str, reason: str) -> None:
    changes = compare([HELLO], [back(target=target)])
    assert reason in changes[0].problem
    assert taken(changes) == taken(changes, ["hello"]) == []


def test_what_is_not_here_is_shown_and_never_taken() -> None:
    changes = compare([HELLO], [replace(HELLO, id="elsewhere", target="x")])
    assert (changes[0].before, bool(changes[0].problem), taken(changes)) == (None, True, [])


def test_direction_marks_and_isolates_are_welcome() -> None:
    [change] = compare([HELLO], [back(target="\u200fمرحبًا \u2068{name}\u2069")])
    assert change.problem == ""


def test_of_what_was_translated_from_another_text_somebody_has_to_look() -> None:
    changes = compare([HELLO], [back(source="Hi {name}.", target="Salut {name}.")])
    assert changes[0].is_stale
    assert [unit.state for unit in taken(changes)] == [RenditionState.NEEDS_EDITING]
    assert not compare([HELLO], [back(source="Hello\n  {name}.", target="Salut {name}.")])[0].is_stale


def test_no_file_approves() -> None:
    changes = compare([HELLO], [back(target="Salut {name}.", state=RenditionState.APPROVED)])
    assert [unit.state for unit in taken(changes)] == [RenditionState.TRANSLATED]


def test_the_same_words_can_be_done_now() -> None:
    before = replace(HELLO, state=RenditionState.NEEDS_EDITING)
    assert [unit.state for unit in taken(compare([before], [HELLO]))] == [RenditionState.TRANSLATED]


def test_only_what_is_wanted_is_taken() -> None:
    changes = compare([HELLO, NEW], [back(target="Salut {name}."), replace(NEW, target="Bienvenue.")])
    assert [unit.id for unit in taken(changes, ["new"])] == ["new"]


def test_a_plural_may_do_without_the_number_and_without_nothing_else() -> None:
    plural = Unit("p", "{number} of {all}", plural="{number} of {all}", target="a {all}", others=("b {number} {all}",))
    assert compare([plural], [replace(plural, target="one of {all}")])[0].problem == ""
    assert "{all}" in compare([plural], [replace(plural, target="one of them")])[0].problem
