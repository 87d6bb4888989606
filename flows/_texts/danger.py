"""What people are told first who may be in danger."""

from flows._engine.processes import Lobby, Process
from flows._texts.renditions import rendition
from locales import _, spoken


def in_danger(place: Process | Lobby) -> str:
    """Whom they can reach, in the language being spoken. It is said before anything else, once."""
    call = _("If you are in danger, call for help now. Nobody reads this chat at all hours.")
    return call if isinstance(place, Lobby) else "\n".join((call, *_whom(place)))


def _whom(process: Process) -> list[str]:
    language, order, sentences = spoken(), process.languages, list[str]()
    if process.safety.emergency is not None:
        lines = rendition(process.safety.emergency, language, order).text
        sentences.append(_("Emergency: {lines}", lines=lines))
    if process.contact is not None:
        contact = rendition(process.contact, language, order).text
        sentences.append(_("You can reach a person here: {contact}", contact=contact))
    return sentences
