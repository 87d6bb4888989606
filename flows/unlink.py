"""Chats that were linked are apart again."""

from collections.abc import Generator
from dataclasses import dataclass

from flows._engine.asking import agrees, proves
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("unlink"),)
label = N_("Split")
needs = ("code",)


@dataclass(frozen=True, slots=True)
class Unlinked(Effect):
    """This chat is apart from the others: it leaves them if it came to them, else they leave it.

    No tests of a member of staff come there any more.
    """


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.linked else ""


def talk(facts: Facts) -> Talk:
    if not facts.linked:
        # A member of staff may have linked it, to see there what they write.
        yield Unlinked()
        yield Say(_("No other chat is linked with this one."))
        return
    if not (yield from _is_sure(facts)):
        yield Say(_("The chats stay linked."))
        return
    yield Unlinked()
    yield Say(_("The chats are apart now."))


def _is_sure(facts: Facts) -> Generator[Ask, Answer, bool]:
    stays = (
        _("Shall we separate this chat from the others? What you gave so far stays with the others, your vote too.")
        if facts.came_by_link
        else _("Shall we separate the other chats from this one? What you gave so far stays here, your vote too.")
    )
    agreed = yield from agrees(stays, _("Yes, separate"), _("No, keep them"))
    return agreed and (yield from proves(facts))
