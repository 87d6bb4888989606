"""The second factor of staff: codes of an app, by the clock (RFC 6238), and codes on paper for the day it is lost."""

import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

import pyotp

from storage import Keyring
from storage.roles import Role
from storage.staff import Grant

ISSUER = "Hearback"
STEP = 30
"""Seconds that a code of the app is shown."""
DRIFT = (-1, 0, 1)
"""Steps that a clock may be before or behind ours."""
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
HALF = 6
"""Letters before and after the hyphen of a code on paper: nobody guesses 59 bits."""


class SecondFactor(StrEnum):
    """Who has to have one. Whoever has chosen one has to give it in any case."""

    ALL = "all"
    """Everybody."""
    ALL_BUT_TRANSLATORS = "all-but-translators"
    """Everybody but those who translate and do nothing else."""
    NOBODY = "nobody"
    """Nobody."""


def is_enforced(rule: SecondFactor, grants: tuple[Grant, ...]) -> bool:
    """Whether somebody who may do this has to have a second factor."""
    if rule is SecondFactor.ALL_BUT_TRANSLATORS:
        return not grants or any(grant.role is not Role.TRANSLATOR for grant in grants)
    return rule is SecondFactor.ALL


@dataclass(frozen=True, slots=True)
class Offer:
    """A second factor to be put into an app: by its address as a QR code, or typed."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


def offer(login: str, secret: str = "") -> Offer:
    """A new one, or this one again."""
    text = secret or pyotp.random_base32()
    return Offer(text, pyotp.TOTP(text, interval=STEP).provisioning_uri(name=login, issuer_name=ISSUER))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time that this is the code of, near this moment; None: of none."""
    app, present = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    near = (present + drift for drift in DRIFT)
    steps = [step for step in near if compare_digest(app.generate_otp(step).encode(), code.encode(errors="replace"))]
    return max(steps, default=None)


def normal(code: str) -> str:
    """As we write codes: no spaces and hyphens, small letters, and our digits where an app shows others."""
    return "".join(_plain(sign) for sign in code.casefold() if sign.isalnum())[:64]


def _plain(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


def codes() -> list[str]:
    """New codes on paper, "k3x9pm-w7dh2q"."""
    return ["-".join("".join(secrets.choice(ALPHABET) for _letter in range(HALF)) for _half in "ab")
            for _code in range(RECOVERY_CODES)]  # fmt: skip


def hashed(keys: Keyring, staff_id: str, code: str) -> str:
    """What a code on paper is kept as."""
    return keys.index("recovery code", f"{staff_id}|{normal(code)}")
