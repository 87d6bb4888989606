"""What this deployment is told by its environment, and what it refuses."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

import channels
import storage
from channels import Channel, Misconfigured
from storage import Keyring, UnsafeKeys, keys


class Environment(BaseModel):
    """The variables that are not a channel's own."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    database_url: str = "sqlite:///hearback.db"
    redis_url: str = ""
    hearback_keys: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    metrics_port: int | None = Field(default=None, ge=0, le=65535)

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _unless_empty(cls, given: str | None) -> str | None:
        """A Procfile may hand on a variable that is not set."""
        return given or None


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
    channels: Mapping[str, Channel]


def load(environment: Mapping[str, str], with_channels: bool = True) -> Settings:
    """The settings that an environment gives. Raises `Refusal` that names everything missing or unsafe at once."""
    wrong: list[str] = []
    told = _plain(environment, wrong)
    keyring = None if told is None else _keys(told, wrong)
    made = _channels(environment, wrong) if with_channels else {}
    if wrong or told is None or keyring is None:
        raise Refusal("\n".join(wrong))
    return Settings(told.database_url, told.redis_url, told.host, told.port, told.metrics_port, keyring, made)


def plain(environment: Mapping[str, str]) -> Environment:
    """The variables that are not a channel's own. Raises `Refusal`."""
    wrong: list[str] = []
    told = _plain(environment, wrong)
    if wrong or told is None:
        raise Refusal("\n".join(wrong))
    return told


def _plain(environment: Mapping[str, str], wrong: list[str]) -> Environment | None:
    try:
        told = Environment.model_validate({name.lower(): value for name, value in environment.items()})
    except ValidationError as invalid:
        wrong.extend(f"{str(e['loc'][0]).upper()}: {e['msg']}." for e in invalid.errors(include_input=False))
        return None
    if not _is_kept(told.database_url):
        wrong.append("DATABASE_URL has to be sqlite:///FILE or postgresql://USER@HOST/NAME.")
    return told


def _is_kept(url: str) -> bool:
    """Whether this is a database of ours, and not one that ends with the process."""
    try:
        address = storage.database.with_driver(url)
    except ValueError:
        return False
    return address.get_backend_name() != "sqlite" or address.database not in (None, "", ":memory:")


def _keys(told: Environment, wrong: list[str]) -> Keyring | None:
    if told.hearback_keys is None:
        wrong.append("Set HEARBACK_KEYS to the file of this deployment's keys. Make one with: hearback keys new FILE")
        return None
    file = file_of(told.database_url)
    if file is not None and file.parent == told.hearback_keys.resolve().parent:
        wrong.append(
            "HEARBACK_KEYS lies beside the database: whoever copies the folder could read everything. Move it."
        )
    try:
        return keys.load(told.hearback_keys)
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
        wrong.append("No channel is set: give TELEGRAM_TOKEN, or TWILIO_ACCOUNT with SMS_FROM or WHATSAPP_FROM.")
    return made


def environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ
