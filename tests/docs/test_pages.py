"""What the pages say is so: settings, addresses, rooms, states."""

import re
from typing import Any

import pytest

import channels
from bot.settings import Environment
from bot.web import Endpoints, app
from storage.states import State
from tests.docs.pages import PAGES, ROOT, code

README = PAGES["README.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
SETTING = re.compile(r"`([A-Z]+(?:_[A-Z]+)*)`")


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_a_link_leads_to_a_file(page: str) -> None:
    path = ROOT / page
    links = [link for link in LINK.findall(path.read_text()) if not link.startswith(("https://", "#"))]
    assert [link for link in links if not (path.parent / link).exists()] == []


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, **variables: str) -> None:
        super().__init__(variables)
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


def settings() -> set[str]:
    """Every variable that the code reads."""
    environment = Asked(
        PUBLIC_URL="https://hearback.example",
        TELEGRAM_TOKEN="4242:a-made-up-token",
        TELEGRAM_SECRET="a-made-up-secret-of-ours",
        TWILIO_ACCOUNT="AC" + "0" * 32,
        TWILIO_TOKEN="made-up",
        SMS_FROM="+15005550006",
        WHATSAPP_FROM="whatsapp:+15005550006",
    )
    assert set(channels.from_settings(environment)) == set(channels.kinds())
    return environment.names | {name.upper() for name in Environment.__struct_fields__}


def test_the_readme_names_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", README, re.MULTILINE)
    assert {name for row in rows for name in SETTING.findall(row)} == settings()


def test_the_readme_says_what_a_setting_is_without_being_set() -> None:
    fields = Environment()
    assert {str(getattr(fields, name)) for name in ("database_url", "host", "port")} <= set(code("README.md"))


def test_the_addresses_of_the_readme_are_served() -> None:
    nothing: Any = None
    router = app(Endpoints({}, nothing, nothing, nothing)).router
    served = {resource.canonical for resource in router.resources()}
    hooks = re.findall(r"https://hearback\.example(/hooks/)(\w+)", README)
    assert {name for _path, name in hooks} == {"sms", "whatsapp"} <= set(channels.kinds())
    assert {f"{path}{{channel}}" for path, _name in hooks} | {"/health/live", "/health/ready"} <= served
    assert {"`/health/live`", "`/health/ready`"} <= set(re.findall(r"`[^`]+`", README))


def test_the_rooms_of_the_readme_are_the_folders() -> None:
    picture = README.partition("## How it is built")[2].partition("A folder imports")[0]
    drawn = set(re.findall(r"\b([a-z]+)/", picture))
    assert drawn == {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "servers", "tests"}


def test_the_decisions_name_every_state_of_a_delivery() -> None:
    rows = re.findall(r"^\| ([a-z(), ]+) \| ([a-z, ]+) \|", PAGES["DECISIONS.md"], re.MULTILINE)
    named = {state for row in rows for cell in row for state in cell.split(", ")} - {"(new)", "from", "to"}
    assert named == set(State)
