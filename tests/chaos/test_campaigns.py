"""Each campaign, short: what was promised holds, whatever is done to us. `./run chaos --long` is the whole of it."""

import random
from pathlib import Path

import pytest

from tests.chaos.__main__ import campaign, names
from tests.chaos.figures import HEAD
from tests.chaos.world import How

LONGEST = "kills"


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(names(), key=lambda name: name != LONGEST))
async def test_what_was_promised_holds(run_folder: Path, name: str) -> None:
    seed = random.randrange(100_000)
    lines = [line async for line in campaign(name)(How(run_folder, seed))]
    print(f"seed {seed}", HEAD, *lines, sep="\n")
    assert lines
    assert not [what for line in lines for what in line.broken]
