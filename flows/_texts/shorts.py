"""What a process is called where people choose between several."""

from flows._engine.processes import Process, Renditions
from flows._engine.words import to_send
from locales import _

LONGEST = 24
"""So much WhatsApp shows in a list, in UTF-16 units."""
CUT = "…"


def short_title(process: Process) -> Renditions:
    """Its short title; where the organizers have written none, as many words of its title as fit."""
    return process.short or {language: cut(title.strip()) for language, title in process.title.items()}


def several_are_open() -> str:
    return _("Several reviews take place here.")


def go_elsewhere() -> str:
    return _("To go to another review, send {switch}.", switch=to_send("switch"))


def cut(title: str, longest: int = LONGEST) -> str:
    """As many of its words as fit, in UTF-16 units."""
    if length(title) <= longest:
        return title
    beginning = title
    while length(beginning + CUT) > longest:
        beginning = beginning[:-1]
    words = beginning if title[len(beginning)].isspace() else beginning.rpartition(" ")[0]
    return f"{(words or beginning).rstrip()}{CUT}"


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
