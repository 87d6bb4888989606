"""Whether a chat is linked with the one whose number was sent from it."""

from collections.abc import Generator
from dataclasses import dataclass

from flows._engine.asking import agrees, proves
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from locales import _

words = ()  # it opens by itself, for the number that another chat was told
needs = ("link", "code")


@dataclass(frozen=True, slots=True)
class Linked(Effect):
    """The person says that both chats are theirs: from now on they are one person's."""

    link: str


def talk(facts: Facts) -> Talk:
    if not (yield from _is_sure(facts)):
        yield Say(_("The chats were not linked."))
        return
    yield Linked(facts.link)
    yield Say(_("Both chats are linked now. To undo it, send {unlink}.", unlink=to_send("unlink")))


def _is_sure(facts: Facts) -> Generator[Ask, Answer, bool]:
    agreed = yield from agrees(_question(), _("Yes, link them"), _("No, do not link"))
    return agreed and (yield from proves(facts))


def _question() -> str:
    sentences = (
        _("This number is from another chat with us. Linked, both chats are one person: you have one vote together."),
        _("What we write to everybody then comes only once."),
        _("Whoever holds either phone can read and answer for both."),
        _("Is the other chat yours, too? Shall we link them?"),
    )
    return "\n".join(sentences)
