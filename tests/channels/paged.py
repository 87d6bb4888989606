"""A channel that only tests have, found in a folder as the others are: nothing outside its file knows it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import channels

DOUBLES = Path(__file__).parent / "doubles"
SECRET = "a-secret-of-the-pagers"


@contextmanager
def paged() -> Iterator[None]:
    """With the channel `pager`, which is set up by `PAGER_API` and `PAGER_SECRET`."""
    try:
        with patch.object(channels, "__path__", [*channels.__path__, str(DOUBLES)]):
            yield
    finally:
        sys.modules.pop("channels.pager", None)
        vars(channels).pop("pager", None)
