"""Run campaigns by their names, or all of them: python -m tests.chaos [NAME ...] [--long] [--seed N]."""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import cast

import servers
from tests.chaos.figures import HEAD, Figures
from tests.chaos.world import How

HERE = Path(__file__).parent
Campaign = Callable[[How], AsyncIterator[Figures]]


def names() -> list[str]:
    """Every file of this folder that has a `run` is a campaign."""
    found = sorted(module.name for module in iter_modules([str(HERE)]) if not module.name.startswith(("_", "test_")))
    return [name for name in found if hasattr(import_module(f"tests.chaos.{name}"), "run")]


def campaign(name: str) -> Campaign:
    return cast(Campaign, import_module(f"tests.chaos.{name}").run)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    parser.add_argument("--long", action="store_true", help="everything, as often as it takes: about 40 minutes")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="the same again")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names()):
        parser.error(f"there is no {', '.join(sorted(unknown))}; only {', '.join(names())}")
    print(f"seed {arguments.seed}\n{HEAD}", flush=True)
    with servers.run_folder() as folder:
        how = How(folder, arguments.seed, arguments.long)
        broken = [name for name in arguments.names or names() if not _holds(name, how)]
    if broken:
        print(f"broken: {', '.join(broken)}")
    return 1 if broken else 0


def _holds(name: str, how: How) -> bool:
    began = time.monotonic()
    holds = asyncio.run(_run(name, how))
    print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)
    return holds


async def _run(name: str, how: How) -> bool:
    broken = False
    async for line in campaign(name)(how):
        print(line, flush=True)
        broken |= bool(line.broken)
    return not broken


if __name__ == "__main__":
    sys.exit(main())
