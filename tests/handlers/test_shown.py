"""Nothing that people wrote can act on whoever reads it."""

import pytest

from handlers.shown import visible


@pytest.mark.parametrize("sign", ["\x1b", "\x9b", "\x07", "\x08", "\r", "\x7f", "\u202e", "\u2066", "\u200f", "\u200b"])
def test_no_sign_gives_orders_or_hides(sign: str) -> None:
    assert visible(f"a{sign}[2Jb") == "a␦[2Jb"


@pytest.mark.parametrize("words", ["one\ntwo\tthree", "می\u200cخواهم", "क्\u200dष", "🙂 « d’accord »", "العربية"])
def test_words_stay_as_they_are(words: str) -> None:
    assert visible(words) == words
