"""The kinds of question that a flow asks, each with the type of its answer."""

from collections.abc import Generator, Iterable

from channels.messages import Choice
from flows._engine.effects import Words
from flows._engine.facts import Facts
from flows._engine.folding import in_western_digits
from flows._engine.talks import Answer, Ask, DoesNotFit, Wants
from locales import _

TRIES = 3
"""How often a number may come back wrong."""


def choose(
    text: str,
    choices: Iterable[Choice],
    *,
    loosely: bool = True,
    exactly: tuple[str, ...] = (),
    goes_on: bool = False,
    unseen: Iterable[Choice] = (),
) -> Generator[Ask, Answer, str]:
    """One of the choices, or of those that are not shown: its value."""
    answer = yield Ask(text, tuple(choices), Wants.ONE, loosely, exactly, goes_on, tuple(unseen))
    if not isinstance(answer, str):
        raise DoesNotFit
    return answer


def choose_several(
    text: str,
    choices: Iterable[Choice],
    wants: Wants = Wants.SEVERAL,
    *,
    alone: tuple[str, ...] = (),
    most: int = 0,
    most_together: int = 0,
) -> Generator[Ask, Answer, tuple[str, ...]]:
    """Any of the choices: their values, or what `wants` makes of them."""
    question = Ask(text, tuple(choices), wants, alone=alone, most=most, most_together=most_together)
    answer = yield question
    if not isinstance(answer, tuple):
        raise DoesNotFit
    return answer


def hear(text: str, takes_voice: bool) -> Generator[Ask, Answer, Words]:
    """The person's own words, typed or spoken; `text` is followed by how they can be given here."""
    how = _("Answer in your own words, or send a voice note.") if takes_voice else _("Answer in your own words.")
    answer = yield Ask(f"{text}\n{how}", wants=Wants.WORDS)
    if not isinstance(answer, Words):
        raise DoesNotFit
    return answer


def proves(facts: Facts) -> Generator[Ask, Answer, bool]:
    """Whether who writes to us from a number also reads what we write to it. True where nobody asks for that."""
    if not facts.code:
        return True
    text = _("Is it really you? Please send us this number: {code}", code=facts.code)
    for _try in range(TRIES):
        answer = yield Ask(text, wants=Wants.WORDS)
        if not isinstance(answer, Words):
            raise DoesNotFit
        if "".join(character for character in in_western_digits(answer.text) if character.isdigit()) == facts.code:
            return True
        text = _("This was not the number. Please send us: {code}", code=facts.code)
    return False


def agrees(
    text: str, yes: str, no: str, *, loosely: bool = False, goes_on: bool = False
) -> Generator[Ask, Answer, bool]:
    """Whether the person says yes. The labels are longer than "Yes", which a carrier may take for START."""
    choices = (Choice("yes", yes), Choice("no", no))
    answer = yield from choose(text, choices, loosely=loosely, goes_on=goes_on)
    return answer == "yes"
