"""Passwords of staff: which may be chosen, and how they are hashed beside the loop."""

import asyncio
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
"""Characters."""
AT_ONCE = 2
"""Hashes at once: each takes 64 MiB and a quarter of a second of a core."""
COSTS = (3, 1 << 16, 1)
"""Of Argon2id: times, KiB, cores."""
FEWEST_KINDS = 5
"""Different characters: "aaaaaaaaaaaa" is twelve long, too."""


class Weakness(StrEnum):
    """Why a password may not be chosen."""

    SHORT = "short"
    """It has fewer than 12 characters."""
    LONG = "long"
    """It has more than 256."""
    LOGIN = "login"
    """The login is most of it."""
    COMMON = "common"
    """It is among the first that anybody tries."""


def weakness(password: str, login: str) -> Weakness | None:
    """Why somebody with this login may not choose it; None: they may."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        return Weakness.SHORT
    if len(plain) > LONGEST:
        return Weakness.LONG
    folded = plain.casefold()
    if len(folded.replace(login.casefold(), "")) < SHORTEST // 2:
        return Weakness.LOGIN
    return Weakness.COMMON if _is_common(folded) else None


def _is_common(folded: str) -> bool:
    words = "".join(letter for letter in folded if letter.isalpha())
    return words in COMMON or len(set(folded)) < FEWEST_KINDS or _runs_on(folded)


COMMON_WORDS = """
    password passwordpassword passphrase secret letmein welcome changeme administrator hearback iloveyou trustno
    qwerty qwertyuiop qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwertyqwerty asdfghjkl qazwsxedc qazwsxedcrfv
    qwertzuiop azerty azertyuiop azertyuiopqsdfghjklm motdepasse bonjour bienvenue contraseña contrasena
    bienvenido hola teamo superman football monkey dragon princess sunshine correcthorsebatterystaple migration
    compact
"""
COMMON = frozenset(COMMON_WORDS.split()) | {""}
"""What is left of the commonest when their digits and signs are taken away; "": nothing but those."""
ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm", "azertyuiopqsdfghjklmwxcvbn")


def _runs_on(text: str) -> bool:
    """Whether it is a word again and again, or what lies beside each other."""
    again = any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))
    return again or any(text in row * 2 or text in row[::-1] * 2 for row in ROWS)


def _normal(password: str) -> str:
    """The same letters are the same on every keyboard (RFC 8265)."""
    return unicodedata.normalize("NFC", password)


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes passwords with Argon2id in threads, a few at a time. No transaction may be open meanwhile."""

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
    )
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def hashed(self, password: str) -> str:
        async with self.at_once:
            return await asyncio.to_thread(self.hasher.hash, _bytes(password))

    async def match(self, password_hash: str, password: str) -> bool:
        """Whether it is this one. "" is no hash and matches nothing, and takes as long as any other."""
        async with self.at_once:
            return await asyncio.to_thread(self._match, password_hash or self._nobodys(), password)

    def _match(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    def _nobodys(self) -> str:
        """It costs what the others cost, and no password is known to have it."""
        salt, tag = (
            b64encode(bytes(size)).decode().rstrip("=") for size in (self.hasher.salt_len, self.hasher.hash_len)
        )
        costs = f"m={self.hasher.memory_cost},t={self.hasher.time_cost},p={self.hasher.parallelism}"
        return f"$argon2id$v=19${costs}${salt}${tag}"


def _bytes(password: str) -> bytes:
    """Of one that is too long as much as nobody could have chosen."""
    return _normal(password)[: LONGEST + 1].encode(errors="replace")
