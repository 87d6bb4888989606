"""What stands behind a button: which question it belongs to, which value it gives."""

import re

_OURS = re.compile(r"1\|([!-{}~]{0,12})\|([a-z0-9_.-]{1,40})")


def pack(token: str, value: str) -> str:
    """ASCII, at most 55 bytes: Telegram takes 64, a WhatsApp row 200. The 1 is the version of this form."""
    packed = f"1|{token}|{value}"
    if not _OURS.fullmatch(packed):
        raise ValueError("a token is at most 12 ASCII signs, a value at most 40 of [a-z0-9_.-]")
    return packed


def unpack(data: str) -> tuple[str, str] | None:
    """(token, value), or None where these data are not ours: anybody can forge them."""
    ours = _OURS.fullmatch(data)
    return (ours[1], ours[2]) if ours else None
