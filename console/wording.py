"""A text in each language of its process: as a form has it, and as a reader of the console gets it."""

import flows
from console._frame.desks import Desk
from locales import spoken


def typed(desk: Desk, name: str) -> flows.Renditions:
    """What stands in the fields of this name, one a language; those that are empty are left out."""
    texts = {code: desk.text(f"{name}.{code}").strip() for code in desk.process.content.languages}
    return {code: text for code, text in texts.items() if text}


def shown(desk: Desk, text: flows.Renditions) -> flows.Rendition:
    """In the reader's language, or the next that there is."""
    return flows.rendition(text, spoken(), desk.process.content.languages)
