"""What may say the same is suggested, and what has nothing in common is not."""

import pytest

from handlers.likeness import alike

OTHERS = {
    "same": "Please put interpreters in the clinics",
    "ending": "We need an interpreter at every clinic.",
    "bus": "The bus does not come on Sundays.",
    "fees": "Sending money home costs too much.",
    "arabic": "نحتاج إلى مترجم في كل عيادة",
}


def test_what_says_the_same_in_other_words_comes_first() -> None:
    found = alike({"it": "There should be an interpreter in each clinic"}, OTHERS, 10)
    assert set(found[:2]) == {"same", "ending"}
    assert "bus" not in found
    assert "fees" not in found


def test_marks_and_endings_change_nothing_in_arabic_and_french() -> None:
    others = {"arabic": "مُتَرْجِم في العيادة", "french": "DES INTERPRETES A LA CLINIQUE", "far": "Le bus du dimanche"}
    assert alike({"it": "نريد مترجما في العيادة"}, others, 10) == ["arabic"]
    assert alike({"it": "un interprète à la clinique"}, others, 10) == ["french"]


def test_a_text_is_not_like_itself_and_there_are_no_more_than_wanted() -> None:
    assert alike(OTHERS, OTHERS, 10) == []
    assert len(alike({"it": "interpreter clinic"}, {str(place): "interpreter clinic" for place in range(9)}, 4)) == 4


@pytest.mark.parametrize("text", ["", "!?", "\u200f", "😀", "a"])
def test_what_has_no_words_is_like_nothing(text: str) -> None:
    assert alike({"it": text}, OTHERS, 10) == []
    assert alike({"it": "interpreter"}, {"other": text}, 10) == []
