"""A whole number, as it was typed into a form."""

from console._frame.desks import Desk
from handlers.writing import contents
from locales import _

MOST_DIGITS = 5


def typed_number(desk: Desk, name: str) -> int:
    """Raises `contents.Unfit`."""
    text = desk.line(name)
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise contents.Unfit(_("Write a whole number."))
    return int(text)
