"""Our code as trees, each file parsed once."""

import ast
import gc
from functools import cache
from pathlib import Path


@cache
def parsed(path: Path) -> ast.Module:
    return tree(path.read_text(encoding="utf-8"))


def tree(code: str) -> ast.Module:
    """Without the collector: where it ends something that parses, Python 3.11 takes that for an error of ours.

    https://github.com/python/cpython/issues/106905
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(code)
    finally:
        if was_on:
            gc.enable()
