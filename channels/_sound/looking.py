"""Having a voice note looked into by a child of its own, which a hostile file may bring down."""

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from channels._sound.child import NOTHING
from channels.messages import Later, Never
from channels.recordings import LARGEST, LONGEST, Recording, SoundKind

PATIENCE = timedelta(seconds=30)
"""How long one may take on a machine that has much else to do."""
AGAIN = timedelta(minutes=5)
CHANNELS = str(Path(__file__).resolve().parents[1])
BEGIN = (
    "import sys, types; parent = types.ModuleType('channels'); parent.__path__ = [sys.argv[1]]; "
    "sys.modules['channels'] = parent; from channels._sound.child import main; main()"
)
"""Without what the folder `channels` imports itself: so the child is small, and begins at once."""


async def looked_into(raw: bytes) -> Recording:
    """The same without anything that is not sound. Raises `Never`, or `Later` where the machine is too busy for it."""
    kind, _blank, rest = (await _from_child(raw)).partition(b" ")
    seconds, _end, sound = rest.partition(b"\n")
    if kind.decode("ascii", "replace") not in set(SoundKind) or len(sound) > LARGEST:
        raise Never("not_audio")
    length = timedelta(seconds=float(seconds)) if seconds else None
    if length is not None and length > LONGEST:
        raise Never("too_long")
    return Recording(SoundKind(kind.decode()), sound, length)


async def _from_child(raw: bytes) -> bytes:
    """What it wrote; nothing where it died."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-B", "-c", BEGIN, CHANNELS,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={}, cwd="/",
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            written, _nothing = await child.communicate(raw)
    except TimeoutError:
        written = None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if written is None:
        raise Later("slow", AGAIN)
    return NOTHING if child.returncode else written
