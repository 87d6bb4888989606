"""A number by which another chat of the same person is linked with this one."""

from dataclasses import dataclass, field

from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("link"),)
label = N_("Link chats")
needs = ("linking_code",)


@dataclass(frozen=True, slots=True)
class LinkOffered(Effect):
    """The person is told a number that links another chat of theirs with this one."""

    code: str = field(repr=False)


def offer(facts: Facts) -> str:
    """A third chat is linked by the same word; it is not named where others are, for HELP costs by its length."""
    return _(label) if facts.takes_part and not facts.linked else ""


def talk(facts: Facts) -> Talk:
    yield LinkOffered(facts.linking_code)
    yield Say(
        _(
            "Do you also write to us from another phone or app? Send this number from there within 10 minutes: {code}",
            code=facts.linking_code,
        )
    )
    yield Say(_("Give it to nobody: whoever sends it can then read and answer for you."))
