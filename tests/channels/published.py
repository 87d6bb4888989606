"""Holds requests and updates against the Bot API as it is published."""

import json
from functools import cache
from pathlib import Path
from typing import Any

PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
    "Float": (int, float),
}


@cache
def _schema(oracles: Path) -> dict[str, Any]:
    return dict(json.loads((oracles / "telegram-bot-api.json").read_text()))


def flaws_of(oracles: Path, method: str, form: dict[str, str]) -> list[str]:
    """What is wrong with a request whose parameters came as text, each a string or JSON."""
    fields = _schema(oracles)["methods"][method].get("fields", [])
    types = {field["name"]: field["types"] for field in fields}
    parameters = {name: text if types.get(name) == ["String"] else _value(text) for name, text in form.items()}
    return _fields(_schema(oracles), method, fields, parameters)


def flaws_of_update(oracles: Path, update: dict[str, Any]) -> list[str]:
    return _typed(_schema(oracles), "Update", "Update", update)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _fields(schema: Any, where: str, fields: list[dict[str, Any]], parameters: dict[str, Any]) -> list[str]:
    known = {field["name"]: field for field in fields}
    flaws = [f"{where}.{name} is unknown" for name in parameters if name not in known]
    flaws += [
        f"{where}.{name} is missing" for name, field in known.items() if field["required"] and name not in parameters
    ]
    for name in parameters.keys() & known.keys():
        each = [_typed(schema, f"{where}.{name}", kind, parameters[name]) for kind in known[name]["types"]]
        flaws += _fewest(each)
    return flaws


def _fewest(each: list[list[str]]) -> list[str]:
    """Of several types that a value may have, the one that it comes nearest to."""
    return min(each, key=lambda flaws: len(flaws))


def _typed(schema: Any, where: str, kind: str, value: Any) -> list[str]:
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        if not isinstance(value, list):
            return [f"{where} is not a list"]
        return [flaw for item in value for flaw in _typed(schema, where, inner, item)]
    if kind in PLAIN:
        fits = isinstance(value, PLAIN[kind]) and (kind in ("Boolean", "True") or not isinstance(value, bool))
        return [] if fits else [f"{where} is not {kind}"]
    published = schema["types"][kind]
    if subtypes := published.get("subtypes"):
        each = [_typed(schema, where, subtype, value) for subtype in subtypes]
        return _fewest(each)
    return (
        _fields(schema, where, published.get("fields", []), value)
        if isinstance(value, dict)
        else [f"{where} is no {kind}"]
    )
