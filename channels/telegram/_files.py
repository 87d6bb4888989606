"""Voice notes that Telegram keeps: it first says where one lies, for an hour, then gives it."""

import re
from datetime import timedelta

from telegram.error import BadRequest

from channels._wire import Download
from channels.messages import Gone, Later, Never, NotSent, Stopped

PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\.[A-Za-z0-9]{1,5})?")
"""What Telegram calls a file: nothing in it leads out of the bot's own files."""
TOO_LARGE, NOT_THERE = "file is too big", "file_id"
"""What Telegram says where it does not say where a file lies, in lower case. "Wrong file_id or the file is temporarily
unavailable" is one sentence of its: whoever asks has to ask again before they believe it."""
A_WHILE = timedelta(minutes=1)


def path_of(file: object) -> str:
    """Where a file lies, of what getFile answers. Raises `Never` where that is no place among the bot's files."""
    path = file.get("file_path") if isinstance(file, dict) else None
    if not isinstance(path, str) or not PATH.fullmatch(path):
        raise Never("unreadable")
    return path


def unfit(refusal: BadRequest) -> NotSent:
    """Why getFile does not say where the file lies."""
    words = refusal.message.lower()
    if TOO_LARGE in words:
        return Never("too_large")
    return Gone("400_file") if NOT_THERE in words else Never("400")


def came(download: Download) -> bytes:
    """What lay there. Raises a child of `NotSent`."""
    match download.status:
        case 200:
            return download.body
        case 404:
            # An hour after getFile its place is none any more; the next getFile says another.
            raise Later("404", A_WHILE)
        case 401 | 403:
            raise Stopped(str(download.status))
        case 429:
            raise Later("429", download.retry_after, everyone=True)
        case status if status >= 500:
            raise Later(str(status), A_WHILE)
    raise Never(str(download.status))
