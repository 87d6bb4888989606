"""The codes by which people find their ballot counted."""

import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for others when they copy them: no I, L, O, and no U."""
LENGTH = 10
"""So many of them are 50 bits: nobody guesses one, and no two are the same in any round."""


def new_code() -> str:
    """A code that says nothing: not whose it is, nor of what."""
    return "".join(secrets.choice(CROCKFORD) for _place in range(LENGTH))
