"""What staff wrote is refused in the language that they read, never in the English of whoever wrote the code."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers.writing import contents, moments, naming
from handlers.writing.scripts import check_script
from locales import speaking, to_staff
from tests.parsing import parsed
from tests.review import PROCESS
from tests.rooms import ROOT

FILES = sorted(file for room in ("handlers", "console") for file in (ROOT / room).rglob("*.py"))
SAID = {"handlers": "to_staff", "console": "_"}
"""By which a room says what staff read: so the catalogs find it."""
IN_ITS_OWN_WORDS = {"slips.explained", "why", "slip.why"}
"""What is wrong with a file, for whoever sits at the command line; what a text of ours lacks, as `wordings` says it;
why nobody can be drawn, in the sentences of `draws.reasons`."""
CHECKS = {"check_rendered", "check_line", "check_note", "check_value", "check_choices", "check_options", "check_fits"}
CHECKS |= {"check_script", "_check_zone", "_clock", "end_of", "day", "part"}
"""They name the field in what they refuse."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """By what is called: `contents.check_note` as "check_note"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def returned(tree: ast.AST, function: str) -> list[ast.expr]:
    """What a function of this file gives."""
    found = [its for its in ast.walk(tree) if isinstance(its, ast.FunctionDef) and its.name == function]
    returns = [node.value for its in found for node in ast.walk(its) if isinstance(node, ast.Return)]
    return [value for value in returns if value is not None]


def is_to_staff(text: ast.expr, says: str) -> bool:
    """Whether the catalogs get it: a text as it is, not one that is put together."""
    return (
        isinstance(text, ast.Call)
        and ast.unparse(text.func) == says
        and isinstance(text.args[0], ast.Constant)
        and isinstance(text.args[0].value, str)
    )


def is_read(text: ast.expr, tree: ast.AST, says: str = "to_staff") -> bool:
    """Whether staff read it in their language: it is to staff, or all is that a function of the file gives."""
    if is_to_staff(text, says):
        return True
    if isinstance(text, ast.Call) and ast.unparse(text.func) == "' '.join":
        # Whole sentences one after the other, where one function gives them all.
        return isinstance(text.args[0], ast.Call) and is_read(text.args[0], tree, says)
    name = ast.unparse(text.func if isinstance(text, ast.Call) else text)
    texts = returned(tree, name)
    return name in IN_ITS_OWN_WORDS or (bool(texts) and all(is_to_staff(text, says) for text in texts))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_refusal_is_a_text_of_the_catalogs(file: Path) -> None:
    tree = parsed(file)
    refused, says = (
        [call.args[0] for name, call in calls(tree) if name == "Unfit"],
        SAID[file.relative_to(ROOT).parts[0]],
    )
    assert [ast.unparse(text) for text in refused if not is_read(text, tree, says)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_field_is_named_in_the_language_of_who_reads_it(file: Path) -> None:
    checks = [call for name, call in calls(parsed(file)) if name in CHECKS]
    assert [ast.unparse(call) for call in checks if any(map(is_bare, call.args))] == []


def is_bare(argument: ast.expr) -> bool:
    return isinstance(argument, ast.JoinedStr) or (
        isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


def test_a_refusal_that_is_put_together_is_found() -> None:
    tree = ast.parse(
        'def why(slug):\n    return f"{slug} is over."\nraise Unfit(f"{1}")\nraise Unfit(to_staff(f"{1}"))'
    )
    assert [is_read(call.args[0], tree) for name, call in calls(tree) if name == "Unfit"] == [False, False]
    assert not is_read(ast.parse("over(slug)", mode="eval").body, ast.parse('def over(slug):\n    return "Over."'))
    assert not is_read(
        ast.parse('" ".join(over(slug))', mode="eval").body, ast.parse('def over(slug):\n    return ["x"]')
    )


def refusal(language: str, text: dict[str, str], longest: int = contents.LONGEST) -> str:
    with speaking(language), pytest.raises(contents.Unfit) as unfit:
        contents.check_rendered(text, to_staff("text"), longest)
    return str(unfit.value)


def test_a_reader_is_told_of_field_language_and_length_in_theirs() -> None:
    text = {"fr": "Des bus."}
    assert refusal("en", text, 5) == "text: the text in fr has 8 characters, at most 5 fit."
    assert (
        refusal("fr", text, 5) == "texte\u00a0: le texte en français compte 8 caractères, or 5 au plus sont possibles."
    )
    assert refusal("es", text, 5) == "texto: el texto en francés tiene 8 caracteres y caben como máximo 5."
    assert refusal("ar", text, 5) == "النص: عدد رموز النص بالفرنسية هو 8، والحد الأقصى 5."


def test_what_was_typed_is_shown_as_it_was() -> None:
    assert "'tlh\\u202e' ici, seulement anglais, arabe, espagnol, français." in refusal("fr", {"tlh\u202e": "nuqneH"})


def test_lists_and_days_are_as_the_language_has_them() -> None:
    assert (naming.listed(["fr", "ar"]), naming.day(date(2027, 5, 1))) == ("fr, ar", "2027-05-01")
    with speaking("fr"):
        assert (naming.languages(["fr", "ar"]), naming.day(date(2027, 5, 1))) == ("français, arabe", "1er mai 2027")
    with speaking("ar"):
        assert (naming.languages(["fr", "ar"]), naming.day(date(2027, 5, 1))) == ("الفرنسية، العربية", "1 مايو 2027")


def test_letters_of_another_language_and_days_that_are_none_are_refused_in_words() -> None:
    with speaking("fr"), pytest.raises(contents.Unfit, match="en arabe n’est pas écrit avec les lettres"):
        check_script("bonjour", "ar", to_staff("text"))
    with speaking("es"), pytest.raises(contents.Unfit, match="'mañana' no es un día"):
        moments.read("mañana", moments.zone_of(replace(PROCESS, daytime=None)), to_staff("not_before"))
