"""The pages that say how Hearback is now, and what stands on them as code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("README.md", "CONTRIBUTING.md", "DECISIONS.md")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in (*(ROOT / name for name in BESIDE), *sorted((ROOT / "docs").glob("*.md")))
}
"""By their paths. CHANGELOG.md is none of them: what it names may be gone."""
INLINE = re.compile(r"`([^`\n]+)`")
CODE = re.compile(rf"{INLINE.pattern}|^ {{4,}}(\S.*)$", re.MULTILINE)

a_page = pytest.mark.parametrize("page", PAGES)


def code(page: str) -> Iterator[str]:
    """What stands as code on a page: between backquotes, or indented."""
    for inline, indented in CODE.findall(PAGES[page]):
        yield inline or indented
