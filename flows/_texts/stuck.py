"""What people are told who have not been understood three times: something else than before."""

from flows._engine.facts import Surroundings
from flows._engine.processes import Process
from flows._engine.talks import Ask
from flows._texts.renditions import rendition
from locales import _, spoken

THIRD = 3


def stuck(question: Ask, surroundings: Surroundings) -> str:
    """An example of an answer, and a human, in the language being spoken."""
    place = surroundings.place
    sentences = [_how(question, surroundings.shows_numbers)]
    if isinstance(place, Process) and place.contact is not None:
        contact = rendition(place.contact, spoken(), place.languages).text
        sentences.append(_("You can reach a person here: {contact}", contact=contact))
    return "\n".join(sentences)


def _how(question: Ask, shows_numbers: bool) -> str:
    # Where only the very choice counts none is put forward: nobody is led to agree.
    if not question.choices or not question.loosely:
        return _("We still do not understand you. Please write it in other words.")
    example = question.choices[0].label
    if shows_numbers:
        return _('We still do not understand you. Send only the number: 1 means "{example}".', example=example)
    return _('We still do not understand you. Please tap a button, for example "{example}".', example=example)
