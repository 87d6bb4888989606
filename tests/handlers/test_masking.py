"""What is personal is masked, and nobody's words are changed beyond that."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.writing.masking import MASK, NotMasked, Why, as_typed, masked

WORDS = "My boss Karim Haddad at 12 Harbour Road hit me. karim haddad knows."


@pytest.mark.parametrize(
    ("copy", "result"),
    [
        (
            "My boss [[Karim Haddad]] at 12 Harbour Road hit me. karim haddad knows.",
            "My boss ▇▇▇ at 12 Harbour Road hit me. ▇▇▇ knows.",
        ),
        ("My boss *** at *** hit me. **** knows.", "My boss ▇▇▇ at ▇▇▇ hit me. ▇▇▇ knows."),
        (
            "My boss ▇ at 12 Harbour Road hit me. karim haddad knows.",
            "My boss ▇▇▇ at 12 Harbour Road hit me. karim haddad knows.",
        ),
        ("[[My boss Karim Haddad]] at 12 Harbour Road hit me. ***", "▇▇▇ at 12 Harbour Road hit me. ▇▇▇"),
        ("***", MASK),
    ],
)
def test_brackets_and_stars_mask(copy: str, result: str) -> None:
    assert masked(WORDS, copy) == result


@pytest.mark.parametrize(
    ("copy", "why"),
    [
        (WORDS, Why.NOTHING),
        ("", Why.NOTHING),
        ("My boss is a good man.", Why.NOTHING),
        ("My boss *** at 12 Harbour Road never hit me. karim haddad knows.", Why.CHANGED),
        ("My boss *** hit me. karim haddad knows. And I lie.", Why.CHANGED),
        ("Our boss *** at 12 Harbour Road hit me. karim haddad knows.", Why.CHANGED),
        (f"{WORDS}***", Why.CHANGED),
        ("My boss Karim Haddad *** hit me. karim haddad *** knows.", Why.CHANGED),
    ],
)
def test_nothing_else_is_changed(copy: str, why: Why) -> None:
    with pytest.raises(NotMasked) as refused:
        masked(WORDS, copy)
    assert refused.value.why is why


def test_a_second_moderator_masks_more_and_unmasks_nothing() -> None:
    once = masked(WORDS, WORDS.replace("Karim Haddad", "[[Karim Haddad]]"))
    twice = masked(once, once.replace("12 Harbour Road", "***"))
    assert twice == "My boss ▇▇▇ at ▇▇▇ hit me. ▇▇▇ knows."
    with pytest.raises(NotMasked):
        masked(once, WORDS.replace("12 Harbour Road", "***"))


def test_a_short_piece_is_masked_where_it_was_marked_alone() -> None:
    assert masked("Al is here. Al", "[[Al]] is here. Al") == "▇▇▇ is here. Al"
    assert masked("Ali, alive. ALI", "[[Ali]], alive. ALI") == "▇▇▇, alive. ▇▇▇"


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.data())
def test_whatever_is_masked_is_gone_and_the_rest_is_as_it_was(words: str, data: st.DataObject) -> None:
    words = as_typed(words).replace("*", "").replace("▇", "").replace("[", "").replace("]", "")
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert masked(words, f"{words[:start]}***{words[end:]}") == f"{words[:start]}{MASK}{words[end:]}"


def test_a_copy_that_is_very_long_is_looked_through_at_once() -> None:
    words = "ab" * 10_000
    with pytest.raises(NotMasked):
        masked(words, "a***" * 5_000 + "c")
