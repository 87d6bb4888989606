"""How patterns of words are found in what people write."""

import pytest

from flows._engine import patterns, plain

GROUPS = {"boat": ["boat*", "raft"], "child": ["son", "daughter"]}


@pytest.mark.parametrize(
    ("line", "says", "is_there"),
    [
        ("@boat sinking", "the boats are all sinking", True),
        ("@boat sinking", "raft sinking", True),
        ("@boat sinking", "sinking boat", False),
        ("@boat + sinking", "sinking boat", True),
        ("@child missing", "my son is missing", True),
        ("@child missing", "my son told me that his bag is missing", False),
        ("~rasayel", "rasa2el", True),
        ("~rasayel", "rasoul", True),
        ("~rasayel", "rosary", False),
    ],
)
def test_a_pattern_is_found_with_few_words_between(line: str, says: str, is_there: bool) -> None:
    index = patterns.indexed(patterns.written(line, GROUPS))
    assert index.are_in(patterns.worded(says.split()), between=2) is is_there


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("recieve", "receive"),
        ("recceive", "receive"),
        ("escriben", "escriben"),
        ("shared", "shared"),
        ("tapped", "tapped"),
    ],
)
def test_a_slip_is_mended_and_another_word_is_not(word: str, meant: str) -> None:
    known = (pattern for line in ("receive", "escriban", "scared", "trapped") for pattern in patterns.written(line, {}))
    assert patterns.mending(known).mended(word) == meant


@pytest.mark.parametrize("word", ["الشرطة", "والشرطة", "بالشرطة", "للشرطة"])
def test_what_arabic_writes_as_a_part_of_a_word_makes_no_difference(word: str) -> None:
    assert patterns.bare(word) == "شرطة"


def test_a_clause_about_somebody_else_asks_nothing_of_us() -> None:
    assert not plain.asks_to_stop("the police do not write to me")
    assert plain.asks_to_stop("the police came by, please do not write to me")


def test_a_hint_counts_only_where_nothing_else_can_be_meant() -> None:
    assert plain.asks_to_stop("please cancel it for me and my son")
    assert not plain.asks_to_stop("please cancel the exam")
    assert not plain.asks_to_stop("delete all my data")


def test_harmless_words_hide_no_danger_beside_them() -> None:
    assert not plain.tells_of_danger("the fire exit is closed")
    assert plain.tells_of_danger("the fire exit is closed and there is a fire")
