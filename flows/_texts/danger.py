"""What people are told first who may be in danger."""

from flows._engine.facts import Process
from flows._texts.renditions import rendition
from locales import _, spoken


def in_danger(process: Process) -> str:
    """Whom they can reach, in the language being spoken. It is said before anything else, once."""
    language, order = spoken(), process.languages
    sentences = [_("If you are in danger, call for help now. Nobody reads this chat at all hours.")]
    if process.safety.emergency is not None:
        lines = rendition(process.safety.emergency, language, order).text
        sentences.append(_("Emergency: {lines}", lines=lines))
    if process.contact is not None:
        contact = rendition(process.contact, language, order).text
        sentences.append(_("You can reach a person here: {contact}", contact=contact))
    return "\n".join(sentences)
