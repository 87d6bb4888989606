"""Whether a text is written in the letters of its language: who pastes into the wrong field would not see it."""

import unicodedata

from handlers.writing import contents, naming
from locales import own_name, to_staff


def check_script(text: str, language: str, what: str) -> None:
    """Raises `contents.Unfit` when it has letters, and none of them is of those that the language is written in.

    Those are the letters of the language's own name.
    """
    letters = {script(character) for character in text if character.isalpha()}
    if letters and not letters & {script(character) for character in own_name(language) if character.isalpha()}:
        raise contents.Unfit(
            to_staff(
                "{what}: the text in {language} is not written in the letters of {letters}.",
                what=what,
                language=naming.language(language),
                letters=own_name(language),
            )
        )


def script(letter: str) -> str:
    """LATIN, ARABIC: how the name of each of its letters begins."""
    return unicodedata.name(letter, "").partition(" ")[0]
