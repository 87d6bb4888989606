"""What the .lua files take is what they are called with: the same names at the same positions."""

import re

import pytest

from broadcast.pace.scripts import FOLDER, SCRIPTS, TAKE, Script

TAKEN = re.compile(r"^local (\w+) = .*?\b(KEYS|ARGV)\b(?:\[(\d+)\])?.*? -- (.+)$", re.MULTILINE)
A_USE = re.compile(r"\b(?:KEYS|ARGV)\b")
every_script = pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)


def taken(script: Script, what: str) -> tuple[str, ...]:
    """The locals to which the file assigns its keys or arguments, by position."""
    found = {int(at or 1): name for name, table, at, _meaning in TAKEN.findall(lines(script)) if table == what}
    return tuple(found[at] for at in range(1, len(found) + 1))


def lines(script: Script) -> str:
    return (FOLDER / f"{script.name}.lua").read_text()


@every_script
def test_a_script_is_called_with_what_it_takes_in_its_order(script: Script) -> None:
    assert taken(script, "KEYS") == script.keys
    assert taken(script, "ARGV") == script.arguments


@every_script
def test_each_key_and_argument_has_a_name_and_a_meaning_and_is_read_once(script: Script) -> None:
    assert len(A_USE.findall(lines(script))) == len(TAKEN.findall(lines(script)))


@every_script
def test_whatever_is_measured_says_its_unit(script: Script) -> None:
    for name, table, _at, meaning in TAKEN.findall(lines(script)):
        unit = r"instant|address" if table == "KEYS" else r"seconds|instant|places|address|^1 when"
        assert re.search(unit, meaning), f"{script.name}.lua: {name}"


def test_the_answer_of_a_taking_is_read_in_its_order() -> None:
    [returned] = re.findall(r"^return \{(.+)\}", lines(TAKE), re.MULTILINE)
    assert tuple(re.findall(r"\w+(?=[,)]|$)", returned)) == TAKE.answer


def test_every_file_is_called() -> None:
    names = {path.stem for path in FOLDER.glob("*.lua")}
    assert names == {"clock", *(script.name for script in SCRIPTS)}


@every_script
def test_a_call_with_other_names_is_refused(script: Script) -> None:
    with pytest.raises(ValueError, match="the script takes"):
        script.keys_in_order({**dict.fromkeys(script.keys, "a"), "other": "a"})
    with pytest.raises(ValueError, match="the script takes"):
        script.arguments_in_order(dict.fromkeys(script.arguments[1:], 1.0))
