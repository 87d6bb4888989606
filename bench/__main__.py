"""How fast it is here, beside others that do the same durable work: python -m bench [NAME ...] [--runs N] [--short]."""

import argparse
import os
import platform
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from time import perf_counter

from bench._tables import Effort


def names() -> tuple[str, ...]:
    """The benchmarks there are: the files of this folder whose name has no underscore."""
    files = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted(name for name in files if not name.startswith("_")))


def main() -> None:
    arguments = _arguments()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores. Compare ratios: the other numbers are this")
    print("machine's, now. Each is the median of runs that took turns with what they are compared with.", flush=True)
    for name in arguments.names or [name for name in names() if not _only_when_named(name)]:
        began = perf_counter()
        for table in import_module(f"bench.{name}").measure(Effort(arguments.runs, arguments.short)):
            print(f"\n{table}", flush=True)
        print(f"({name}: {perf_counter() - began:.0f} s)")


def _only_when_named(name: str) -> bool:
    return bool(getattr(import_module(f"bench.{name}"), "only_when_named", False))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(names())}; all without one")
    parser.add_argument("--runs", type=int, help="how often each is measured: 5, and 2 for a first look")
    parser.add_argument("--short", action="store_true", help="less of everything, for a first look")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names()):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    arguments.runs = arguments.runs if arguments.runs is not None else 2 if arguments.short else 5
    if arguments.runs < 1:
        parser.error("--runs begins at 1")
    return arguments


if __name__ == "__main__":
    main()
