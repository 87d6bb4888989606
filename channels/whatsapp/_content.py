"""The templates of Twilio's Content API through which WhatsApp shows buttons and lists.

Every word in them is a variable, so thirteen serve every question in every language, and within
a day of the person's last message none needs WhatsApp's approval.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count
from typing import Any

from channels._twilio.lists import Json, Lists
from channels.messages import Choice

MOST_BUTTONS = 3
MOST_ROWS = 10
BUTTON_LABEL, ROW_LABEL, BODY = 20, 24, 1024
"""UTF-16 units: WhatsApp does not say what it counts, so the strictest."""
NAMES = (*(f"quick{n}" for n in range(1, MOST_BUTTONS + 1)), *(f"list{n}" for n in range(1, MOST_ROWS + 1)))


def named(contents: Iterable[Json]) -> dict[str, str]:
    """The SIDs of those of `NAMES` that the account has."""
    there = {content.get("friendly_name"): str(content.get("sid")) for content in contents}
    return {name: there[_friendly(name)] for name in NAMES if _friendly(name) in there}


async def ensure(lists: Lists, contents: Iterable[Json]) -> dict[str, str]:
    """Makes what is missing in the account; gives the SID of each of `NAMES`."""
    there = named(contents)
    return {name: there.get(name) or await _make(lists, name) for name in NAMES}


def variables(body: str, choices: Sequence[tuple[Choice, str]], button: str = "") -> str:
    """The value of ContentVariables. `choices` with the id that a tap on each gives back; `button` opens a list."""
    values = [body, *([button] if button else []), *chain(*((choice.label, tap) for choice, tap in choices))]
    return json.dumps({str(number): value for number, value in enumerate(values, 1)}, ensure_ascii=False)


async def _make(lists: Lists, name: str) -> str:
    content = await lists.post(f"{lists.account.content_api}/v1/Content", template(name))
    return str(content.get("sid"))


def template(name: str) -> dict[str, Any]:
    """What is posted to the Content API for one of `NAMES`."""
    size = int(name.removeprefix("quick").removeprefix("list"))
    is_list = name.startswith("list")
    slots = (f"{{{{{number}}}}}" for number in count(1))
    body = next(slots)
    shape: dict[str, Any] = {"body": body}
    if is_list:
        shape |= {"button": next(slots), "items": [{"item": next(slots), "id": next(slots)} for _ in range(size)]}
    else:
        shape |= {
            "actions": [{"type": "QUICK_REPLY", "title": next(slots), "id": next(slots)} for _ in range(size)],
        }
    return {
        "friendly_name": _friendly(name),
        "language": "en",
        "variables": _examples(size, is_list),
        "types": {"twilio/list-picker" if is_list else "twilio/quick-reply": shape},
    }


def _examples(size: int, is_list: bool) -> Mapping[str, str]:
    choices = [(Choice(f"choice{n}", f"Choice {n}"), f"1|example|choice{n}") for n in range(1, size + 1)]
    example: dict[str, str] = json.loads(variables("Which one?", choices, "Choose" if is_list else ""))
    return example


def _friendly(name: str) -> str:
    return f"hearback_{name}_v1"
