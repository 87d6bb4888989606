"""What a page says when something of a member of staff's is refused, with the field that it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers import passwords
from handlers.passwords import Weakness
from handlers.signing_in import TRIED_WITHIN, Refusal
from handlers.staff import Refused, Why
from locales import N_, _, ngettext


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to be put right."""

    why: str
    field: str = ""
    """The id of the field that it is about; "": of none."""


def of_try(refusal: Refusal) -> Problem:
    """The same whatever was wrong."""
    if refusal is Refusal.WRONG:
        return Problem(_("That is not right. Look at each field and try again."))
    minutes = int(TRIED_WITHIN.total_seconds()) // 60
    return Problem(
        ngettext(
            "There were too many tries. Come again in a minute.",
            "There were too many tries. Come again in {number} minutes.",
            minutes,
        )
    )


def status_of(refusal: Refusal) -> int:
    return 422 if refusal is Refusal.WRONG else 429


def of_password(password: str, again: str, login: str) -> Sequence[Problem]:
    """Why this may not become the password of who has this login."""
    weakness = passwords.weakness(password, login)
    if weakness is not None:
        return [Problem(_(WEAKNESSES[weakness]), "password")]
    return [] if password == again else [Problem(_("The two passwords are not the same."), "again")]


WEAKNESSES: Mapping[Weakness, str] = {
    Weakness.SHORT: N_("The password needs at least 12 characters. A few words in a row are easy to remember."),
    Weakness.LONG: N_("The password has more than 256 characters."),
    Weakness.LOGIN: N_("The password is little more than the login."),
    Weakness.COMMON: N_("This password is among the first that anybody tries. Choose another one."),
}


def of_staff(refused: Refused) -> Problem:
    return Problem(_(WHYS[refused.why]), FIELDS.get(refused.why, ""))


WHYS: Mapping[Why, str] = {
    Why.LOGIN: N_(
        "A login has 2 to 64 characters: small letters without accents, digits and . _ @ + -, "
        "and begins with a letter or a digit."
    ),
    Why.NAME: N_("A name has 1 to 80 characters."),
    Why.TAKEN: N_("This login is taken, or was once. If it is the same person, give them a role; else choose another."),
    Why.NOBODY: N_("Nobody who works here has this login."),
    Why.LAST_OWNER: N_("There has to be another owner of the whole server who can sign in."),
    Why.NOT_YOURS: N_("You do not own this, or you have signed out meanwhile."),
    Why.NO_LANGUAGE: N_("Only moderators and translators work in some languages and not in others."),
}
FIELDS: Mapping[Why, str] = {
    Why.LOGIN: "login",
    Why.NAME: "name",
    Why.TAKEN: "login",
    Why.NOBODY: "to",
    Why.NO_LANGUAGE: "role",
}
