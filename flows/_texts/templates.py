"""The sentences around what is told to people who have been silent for long: a platform approves them beforehand."""

from collections.abc import Mapping

from flows._engine.words import to_send
from locales import N_, _, languages, speaking

SLOT = "{{1}}"
"""Where the text will stand, as WhatsApp's templates write it."""

TEXTS: Mapping[str, str] = {
    # To translators: what we tell stands in place of {told}. Nothing may begin or end with it.
    "bulletin": N_(
        "News from the review that you take part in:\n{told}\n\n"
        "Send {menu} to see what you can do, or {stop} to get no more messages."
    ),
    "consultation": N_(
        "The review that you take part in has a question for you:\n{told}\n\nSend {stop} to get no more messages."
    ),
    "response": N_(
        "This is what was done with what you told us:\n{told}\n\n"
        "Send {menu} to see what you can do, or {stop} to get no more messages."
    ),
    "progress": N_(
        "This is what followed on what you told us or follow:\n{told}\n\n"
        "Send {menu} to see what you can do, or {stop} to get no more messages."
    ),
    "promise": N_("This is about a response that we promised you:\n{told}\n\nSend {stop} to get no more messages."),
    "inquiry": N_("We have a question on what you told us:\n{told}\n\nSend {stop} to get no more messages."),
    "proposal": N_("This is about what you proposed to us:\n{told}\n\nSend {stop} to get no more messages."),
    "round": N_("The council that you sit on votes:\n{told}\n\nSend {stop} to get no more messages."),
    "vote": N_("This is about a vote in which you can take part:\n{told}\n\nSend {stop} to get no more messages."),
    "outcome": N_("This is what came of a vote:\n{told}\n\nSend {stop} to get no more messages."),
    "seat": N_("About your seat on the council:\n{told}\n\nSend {stop} to get no more messages."),
    "call": N_(
        "A council of the review that you take part in looks for members:\n{told}\n\n"
        "Send {stop} to get no more messages."
    ),
    "candidate": N_("About the council that you want to join:\n{told}\n\nSend {stop} to get no more messages."),
    "result": N_("The vote of your council is over:\n{told}\n\nSend {stop} to get no more messages."),
}
"""By what it is for: the first word of a broadcast's subject."""


def templates() -> dict[str, dict[str, str]]:
    """By purpose and language, each with {{1}} where the text will stand."""
    return {purpose: {language: _in(language, text) for language in languages()} for purpose, text in TEXTS.items()}


def is_approved_elsewhere(text: str) -> bool:
    """Whether a platform has to approve it (English) before it can be worded otherwise."""
    return text in TEXTS.values()


def _in(language: str, text: str) -> str:
    with speaking(language):
        return _(text, told=SLOT, menu=to_send("menu"), stop=to_send("stop"))
