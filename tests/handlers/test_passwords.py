"""Passwords that anybody would guess are not chosen, and none matches but the one that was."""

import pytest
from argon2 import PasswordHasher

from handlers.passwords import LONGEST, Passwords, Weakness, weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weakness.SHORT),
        ("elevenchars", Weakness.SHORT),
        ("e\u0301" * 11, Weakness.SHORT),
        ("x y z w v " * 26, Weakness.LONG),
        ("Password1234!", Weakness.COMMON),
        ("Mot.de.passe.2026", Weakness.COMMON),
        ("CONTRASEÑA-123", Weakness.COMMON),
        ("123456789012", Weakness.COMMON),
        ("2026-11-29 12:00", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.COMMON),
        ("abcdefabcdef", Weakness.COMMON),
        ("hijklmnopqrst", Weakness.COMMON),
        ("zyxwvutsrqpo", Weakness.COMMON),
        ("poiuytrewqmnb", Weakness.COMMON),
        ("amal.haddad.12", Weakness.LOGIN),
        ("AMAL.HADDADamal.haddad", Weakness.LOGIN),
        ("seven green lanterns", None),
        ("سبعة فوانيس خضراء", None),
        ("amal.haddad likes lanterns", None),
        ("k3x9pmw7dh2q", None),
    ],
)
def test_what_may_be_chosen(password: str, why: Weakness | None) -> None:
    assert weakness(password, "amal.haddad") is why


async def test_a_password_is_the_same_from_every_keyboard_and_no_other_is() -> None:
    passwords = Passwords(PasswordHasher(1, 8, 1))
    hashed = await passwords.hashed("élan" * 3)
    assert await passwords.match(hashed, "e\u0301lan" * 3)
    for wrong in ("elan" * 3, "élan" * 3 + " ", "", "\ud800" * 12):
        assert not await passwords.match(hashed, wrong)
    longest = await passwords.hashed("x" * LONGEST)
    assert not await passwords.match(longest, "x" * (LONGEST + 1))


async def test_nothing_matches_where_there_is_no_hash() -> None:
    passwords = Passwords(PasswordHasher(1, 8, 1))
    assert not await passwords.match("", "")
    assert not await passwords.match("no hash", "seven green lanterns")
