"""Reads a channel's settings, refusing by name what is missing or unsafe."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from channels import Limits, Misconfigured

_THIS_MACHINE = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


def required(environment: Mapping[str, str], *names: str) -> None:
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise Misconfigured(f"Set {' and '.join(missing)}.")


def matching(environment: Mapping[str, str], name: str, pattern: str, wanted: str) -> str:
    """The setting's value. The refusal says what the value has to be, never what it is: it may be a secret."""
    value = environment[name]
    if not re.fullmatch(pattern, value):
        raise Misconfigured(f"{name} has to be {wanted}.")
    return value


def web_address(environment: Mapping[str, str], name: str, otherwise: str = "") -> str:
    """An address without a slash at its end: https, or http where it never leaves this machine."""
    address = (environment.get(name) or otherwise).rstrip("/")
    try:
        parsed = urlsplit(address)
        host = parsed.hostname or ""
    except ValueError:
        raise Misconfigured(f"{name} is not a web address.") from None
    if not host or parsed.query or parsed.fragment or "@" in parsed.netloc:
        raise Misconfigured(f"{name} has to be a plain web address like https://hearback.example.")
    if parsed.scheme != "https" and not (parsed.scheme == "http" and _THIS_MACHINE.fullmatch(host)):
        raise Misconfigured(f"{name} has to start with https:// (http:// only for this machine itself).")
    return address


def limits(environment: Mapping[str, str], channel: str, otherwise: Limits) -> Limits:
    """As CHANNEL_REPLIES and CHANNEL_NEWCOMERS say."""
    return Limits(
        replies=_an_hour(environment, f"{channel}_REPLIES", otherwise.replies),
        newcomers=_an_hour(environment, f"{channel}_NEWCOMERS", otherwise.newcomers),
    )


def _an_hour(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    value = environment.get(name) or str(otherwise)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise Misconfigured(f"{name} has to be a whole number an hour, above 0.")
    return int(value)


def per_second(environment: Mapping[str, str], name: str, otherwise: float) -> float:
    try:
        rate = float(environment.get(name) or otherwise)
    except ValueError:
        rate = 0
    if not 0 < rate <= 10_000:
        raise Misconfigured(f"{name} has to be a number of messages a second, above 0.")
    return rate
