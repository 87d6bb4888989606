"""The page about costs shows what the command prints."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from bench import costs
from bench._tables import Effort

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_tables_of_the_page_are_what_is_printed() -> None:
    printed = [indent(table, "    ") for table in costs.measure(Effort(1, True))]
    assert len(printed) == 3
    assert [table for table in printed if table not in PAGE] == [], "run: ./run bench costs"


def test_the_files_that_the_page_names_are_there() -> None:
    docs = Path(costs.EXAMPLE).parents[1]
    assert [link for link in re.findall(r"\]\(([^)\s]+)\)", PAGE) if not (docs / link).exists()] == []
