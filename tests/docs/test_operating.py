"""What the technician's page and the dashboard say is so: alarms, metrics, settings."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.metrics import LABELS, Counts, Outbox
from bot.settings import Environment
from storage import Database
from storage.circuits import OpenCircuit
from storage.lanes import Lane
from storage.outbox import Overview, WaitingLane
from tests.docs.pages import ROOT, code
from tests.rooms import sources
from tests.storage.rows import NOW

PAGE = (ROOT / "docs" / "operating.md").read_text()
BOARD: dict[str, Any] = json.loads((ROOT / "docs" / "grafana.json").read_text())
METRIC = re.compile(r"\b(?:hearback|process)_\w+")
LABEL = re.compile(r"(\w+)=~?\"|by \(([\w, ]+)\)")


def questions() -> Iterator[str]:
    """Every question to Prometheus, of the dashboard and of the page, and every metric that the page names."""
    yield from (target["expr"] for panel in BOARD["panels"] for target in panel["targets"])
    yield from (line for line in code("docs/operating.md") if METRIC.search(line))


@pytest.fixture
def known() -> set[str]:
    """The name of every series there can be."""
    counts, nothing = Counts(lambda: NOW), Any
    seen = Overview([WaitingLane("sms", Lane.REPLY, 1, 0, NOW)], 0, {"sms": 1}, [OpenCircuit("sms", "20003", NOW, NOW)])
    database: Database = nothing  # type: ignore[assignment]
    counts.registry.register(Outbox(database, lambda: NOW, seen))
    series = set()
    for family in counts.registry.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        series |= {family.name + suffix for suffix in suffixes}
    return series


def test_every_metric_that_is_asked_for_exists(known: set[str]) -> None:
    names = {name for question in questions() for name in METRIC.findall(question)}
    assert len(names) > 15
    assert names - known == set()


def test_questions_name_only_labels_that_there_are() -> None:
    named = {
        label
        for question in questions()
        for single, several in LABEL.findall(question)
        for label in (single, *several.split(", "))
        if label
    }
    assert {"channel", "state"} <= named
    assert named <= LABELS | {"le"}


def test_every_panel_has_its_own_place_and_something_to_show() -> None:
    panels = BOARD["panels"]
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["targets"] and panel["title"] for panel in panels)
    assert {target["datasource"]["uid"] for panel in panels for target in panel["targets"]} == {"${DS_PROMETHEUS}"}


def test_everything_that_is_critical_is_explained() -> None:
    critical = {
        str(call.args[0].value)
        for path in sources()
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "log.critical"
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(critical) > 2
    assert {line for line in critical if f"| `{line}` |" not in PAGE} == set()


def test_the_settings_of_the_page_exist() -> None:
    assert {"metrics_port", "hearback_keys"} <= set(Environment.__struct_fields__)
    assert "METRICS_PORT" in PAGE


def test_a_service_that_may_write_nowhere_else_may_write_where_sqlite_lies() -> None:
    [unit] = [block for block in PAGE.split("[Unit]")[1:] if "ProtectSystem=strict" in block]
    file = re.search(r"DATABASE_URL=sqlite:///(/\S+)/[^/\s]+\.db`", PAGE)
    assert file
    settings = {line.strip() for line in unit.splitlines()}
    assert f"ReadWritePaths={file[1]}" in settings
    assert f"StateDirectory={file[1].removeprefix('/var/lib/')}" in settings
