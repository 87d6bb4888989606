"""What this deployment is told by its environment, and what it refuses."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

import channels
import storage
from channels import Channel, Misconfigured
from handlers.second_factors import SecondFactor
from storage import Keyring, UnsafeKeys, keys

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


PRICE = r"[0-9]{1,6}(\.[0-9]{1,6})?( [A-Za-z]{1,8})?"


class Environment(msgspec.Struct, frozen=True):
    """The variables that are not a channel's own, by their names in small letters."""

    database_url: str = "sqlite:///hearback.db"
    redis_url: str = ""
    hearback_keys: str = ""
    hearback_second_factor: str = SecondFactor.ALL_BUT_TRANSLATORS.value
    """A `SecondFactor`."""
    host: str = "127.0.0.1"
    port: Port = 8080
    metrics_port: Port | None = None
    public_url: str = ""
    """The address from outside; each channel says what is wrong with it."""
    sms_price: str = ""
    """What a segment costs, with its currency."""


MAY_BE_EMPTY = ("METRICS_PORT",)
"""A Procfile may hand on a variable that is not set."""


class Refusal(Exception):
    """This deployment must not start as it is set. Each line of the text names one thing to mend."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the programs need, checked."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    host: str
    port: int
    metrics_port: int | None
    """Where the metrics are read; None: nowhere."""
    keys: Keyring
    second_factor: SecondFactor
    """Which members of staff have to have one."""
    channels: Mapping[str, Channel]
    public_url: str = ""
    """Under which everything here is reached from outside; "" on this computer only."""
    sms_price: str = ""
    """What a segment of a text message costs, with its currency; "": nobody said."""


def load(environment: Mapping[str, str], with_channels: bool = True) -> Settings:
    """The settings that an environment gives. Raises `Refusal` that names everything missing or unsafe at once."""
    wrong: list[str] = []
    variables = _plain(environment, wrong)
    keyring = None if variables is None else _keys(variables, wrong)
    made = _channels(environment, wrong) if with_channels else {}
    if wrong or variables is None or keyring is None:
        raise Refusal("\n".join(wrong))
    return Settings(
        variables.database_url,
        variables.redis_url,
        variables.host,
        variables.port,
        variables.metrics_port,
        keyring,
        SecondFactor(variables.hearback_second_factor),
        made,
        variables.public_url.rstrip("/"),
        variables.sms_price,
    )


def plain(environment: Mapping[str, str]) -> Environment:
    """The variables that are not a channel's own. Raises `Refusal`."""
    wrong: list[str] = []
    variables = _plain(environment, wrong)
    if wrong or variables is None:
        raise Refusal("\n".join(wrong))
    return variables


def _plain(environment: Mapping[str, str], wrong: list[str]) -> Environment | None:
    values: dict[str, str | int] = {}
    for setting in msgspec.structs.fields(Environment):
        name = setting.name.upper()
        if name not in environment or (name in MAY_BE_EMPTY and not environment[name]):
            continue
        try:
            values[setting.name] = msgspec.convert(environment[name], setting.type, strict=False)
        except msgspec.ValidationError as invalid:
            # It says what is expected, never what was given: that may be a secret in the wrong place.
            wrong.append(f"{name}: {invalid}.")
    if wrong:
        return None
    variables = msgspec.convert(values, Environment)
    if not _is_kept(variables.database_url):
        wrong.append("DATABASE_URL has to be sqlite:///FILE or postgresql://USER@HOST/NAME.")
    if variables.hearback_second_factor not in [rule.value for rule in SecondFactor]:
        wrong.append(f"HEARBACK_SECOND_FACTOR has to be one of: {', '.join(rule.value for rule in SecondFactor)}.")
    if variables.sms_price and not re.fullmatch(PRICE, variables.sms_price):
        wrong.append("SMS_PRICE has to be what one segment costs, like 0.05 or 0.05 EUR.")
    return variables


def _is_kept(url: str) -> bool:
    """Whether this is a database of ours, and not one that ends with the process."""
    try:
        address = storage.with_driver(url)
    except ValueError:
        return False
    return address.get_backend_name() != "sqlite" or address.database not in (None, "", ":memory:")


def _keys(variables: Environment, wrong: list[str]) -> Keyring | None:
    if not variables.hearback_keys:
        wrong.append("Set HEARBACK_KEYS to the file of this deployment's keys. Make one with: hearback keys new FILE")
        return None
    file = file_of(variables.database_url)
    if file is not None and file.parent == Path(variables.hearback_keys).resolve().parent:
        wrong.append(
            "HEARBACK_KEYS lies beside the database: whoever copies the folder could read everything. Move it."
        )
    try:
        return keys.load(Path(variables.hearback_keys))
    except UnsafeKeys as unsafe:
        wrong.append(str(unsafe))
        return None


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for any other."""
    return Path(url.split("///", 1)[1]).resolve() if url.startswith("sqlite") and "///" in url else None


def _channels(environment: Mapping[str, str], wrong: list[str]) -> Mapping[str, Channel]:
    try:
        made = channels.from_settings(environment)
    except Misconfigured as misconfigured:
        wrong.append(str(misconfigured))
        return {}
    if not made:
        wrong.append(f"No channel is set. README.md names the settings of {', '.join(channels.kinds())}.")
    return made


def environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
