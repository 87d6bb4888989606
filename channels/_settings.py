"""Reads a sender's settings, refusing by name what is missing or unsafe."""

import re
from urllib.parse import urlsplit

from channels import Limits, Misconfigured
from channels._senders import Settings

_THIS_MACHINE = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


def required(settings: Settings, *names: str) -> None:
    missing = [settings.called(name) for name in names if not settings.get(name)]
    if missing:
        raise Misconfigured(f"Set {' and '.join(missing)}.")


def matching(settings: Settings, name: str, pattern: str, wanted: str) -> str:
    """The setting's value. The refusal says what the value has to be, never what it is: it may be a secret."""
    value = settings.get(name)
    if not re.fullmatch(pattern, value):
        raise Misconfigured(f"{settings.called(name)} has to be {wanted}.")
    return value


def web_address(settings: Settings, name: str, otherwise: str = "") -> str:
    """An address without a slash at its end: https, or http where it never leaves this machine."""
    address = settings.get(name, otherwise).rstrip("/")
    name = settings.called(name)
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


def limits(settings: Settings, kind: str, otherwise: Limits) -> Limits:
    """As KIND_REPLIES and KIND_NEWCOMERS say."""
    return Limits(
        replies=_an_hour(settings, f"{kind.upper()}_REPLIES", otherwise.replies),
        newcomers=_an_hour(settings, f"{kind.upper()}_NEWCOMERS", otherwise.newcomers),
    )


def _an_hour(settings: Settings, name: str, otherwise: int) -> int:
    value = settings.get(name, str(otherwise))
    if not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise Misconfigured(f"{settings.called(name)} has to be a whole number an hour, above 0.")
    return int(value)


def per_second(settings: Settings, name: str, otherwise: float) -> float:
    try:
        rate = float(settings.get(name, str(otherwise)))
    except ValueError:
        rate = 0
    if not 0 < rate <= 10_000:
        raise Misconfigured(f"{settings.called(name)} has to be a number of messages a second, above 0.")
    return rate
