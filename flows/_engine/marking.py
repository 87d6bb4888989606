"""Understanding a ballot as people type it: ranks, marks, or yes and no, each beside the number of a choice."""

import re
from collections.abc import Callable, Iterable, Mapping

from flows._engine import plain
from flows._engine.folding import fold, in_western_digits
from flows._engine.talks import Ask, Wants
from flows._engine.words import AND, NO, YES, everywhere


class Misread(Exception):
    """This is no such ballot; why, is the value of an `Unread`."""


_PIECE = re.compile(
    r"\d+|[^\W\d_]+|[=\u2248~]+|[\s,;.:>\u060c\u061b\u3001\u2192\u203a\u00bb\u2022\u00b7\-\u2010-\u2015\u2212]+|.",
    re.DOTALL,
)
"""Numbers, words, signs for "equal", what people put between ranks, and what they do not."""
_BETWEEN = frozenset(",;.:>\u060c\u061b\u3001\u2192\u203a\u00bb\u2022\u00b7-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_EQUAL = frozenset("=\u2248~")
_RANGE = re.compile(r"\s*\d+\s*[-\u2010-\u2015\u2212~]\s*\d+\s*")
"""Alone, "1-4" could mean two things."""
_MARK = r"(\d+)\s*(?:[:=)\].>\u2192]+|[-\u2010-\u2015\u2212])\s*(\d+)"
_MARKS = re.compile(rf"\W*?{_MARK}(?:[\s,;.|/\u060c\u061b\u3001]+{_MARK})*\W*")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_OR_WORD = re.compile(r"\d+|[^\W\d_]+")


def read_ranks(question: Ask, text: str) -> tuple[str, ...]:
    """Numbers in an order, with "=" between equals: "3 1=2", "3 > 1 = 2", "3. 1 = 2". Raises `Misread`."""
    ranks: list[list[int]] = []
    joins = False
    typed = in_western_digits(text)
    if _RANGE.fullmatch(typed) or _is_numbered(typed):
        raise Misread("no_ballot")
    for piece in _PIECE.findall(typed):
        if piece.isdigit() and joins:
            ranks[-1].append(_number(piece))
            joins = False
        elif piece.isdigit():
            ranks.append([_number(piece)])
        elif set(piece) <= _EQUAL and ranks and not joins:
            joins = True
        elif not (piece.isspace() or set(piece) - set(" \t\r\n") <= _BETWEEN or fold(piece) in everywhere(AND)):
            raise Misread("no_ballot")
    if joins or not ranks:
        raise Misread("no_ballot")
    values = _values(question, (number for rank in ranks for number in rank))
    if len(set(values)) < len(values):
        raise Misread("twice")
    left = iter(values)
    return tuple("=".join(sorted((next(left) for _number in rank), key=question.offered.index)) for rank in ranks)


def read_marks(question: Ask, text: str) -> tuple[str, ...]:
    """The numbers of choices, each with its mark: "1:5 2:3", "1=5, 2=3", "1-5; 2-3". Raises `Misread`."""
    typed = _without_and(in_western_digits(text))
    if not _MARKS.fullmatch(typed):
        raise Misread("no_ballot")
    pairs = [(_number(choice), _number(mark)) for choice, mark in re.findall(_MARK, typed)]
    values = _values(question, (choice for choice, _mark in pairs))
    if len(set(values)) < len(values):
        raise Misread("twice")
    marks = [mark for _choice, mark in pairs]
    if max(marks) > question.most:
        raise Misread("no_mark")
    if question.most_together and not 0 < sum(marks) <= question.most_together:
        raise Misread("too_much" if sum(marks) else "no_ballot")
    return _in_order(question, dict(zip(values, map(str, marks), strict=True)))


def read_sides(question: Ask, text: str) -> tuple[str, ...]:
    """Numbers with yes or no, before or after them: "1 yes, 2 no", "yes 1 3 no 2". Raises `Misread`."""
    pieces = [piece for piece in _NUMBER_OR_WORD.findall(in_western_digits(text)) if fold(piece) not in everywhere(AND)]
    if not pieces or pieces[0].isdigit() == pieces[-1].isdigit():
        raise Misread("no_ballot")
    # Where the word comes after its numbers, it is read backwards.
    side, pairs = "", []
    for piece in reversed(pieces) if pieces[0].isdigit() else pieces:
        if piece.isdigit():
            pairs.append((_number(piece), side))
        else:
            side = _side(piece)
    sides = dict(zip(_values(question, (number for number, _side in pairs)), (side for _n, side in pairs), strict=True))
    if len(sides) < len(pairs):
        raise Misread("twice")
    return _in_order(question, sides)


READERS: Mapping[Wants, Callable[[Ask, str], tuple[str, ...]]] = {
    Wants.RANKS: read_ranks,
    Wants.MARKS: read_marks,
    Wants.SIDES: read_sides,
}


def _is_numbered(text: str) -> bool:
    """Whether it is "1. 3" and below it "2. 4": places before what stands there, which nobody can tell from ranks."""
    lines = text.strip().splitlines()
    return len(lines) > 1 and all(re.match(rf"\s*{place}\s*[.:)]\s*\d", line) for place, line in enumerate(lines, 1))


def _side(word: str) -> str:
    folded = fold(word)
    side = "yes" if folded in everywhere(YES) else "no" if folded in everywhere(NO) else plain.yes_or_no(word)
    if side is None:
        raise Misread("no_ballot")
    return side


def _values(question: Ask, numbers: Iterable[int]) -> list[str]:
    """The values of the choices with these numbers."""
    numbers = list(numbers)
    if any(not 1 <= number <= len(question.choices) for number in numbers):
        raise Misread("not_offered")
    values = [question.choices[number - 1].value for number in numbers]
    if not set(values).isdisjoint(question.alone):
        raise Misread("not_together")
    return values


def _in_order(question: Ask, marks: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{value}={marks[value]}" for value in question.offered if value in marks)


def _number(digits: str) -> int:
    """A number too long to be meant is none that is offered."""
    return int(digits) if len(digits) <= 4 else 9999


def _without_and(text: str) -> str:
    return _WORD.sub(lambda found: " " if fold(found[0]) in everywhere(AND) else found[0], text)
