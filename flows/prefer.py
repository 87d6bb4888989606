"""In which of their chats a person wants what we send of our own accord."""

from dataclasses import dataclass

from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("prefer"),)
label = N_("News here")


@dataclass(frozen=True, slots=True)
class Preferred(Effect):
    """The person wants in this chat what we send of our own accord."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.linked else ""


def talk(facts: Facts) -> Talk:
    if not facts.linked:
        yield Say(
            _("No other chat is linked with this one, so everything comes here. To link one, send {link}.",
              link=to_send("link"))
        )  # fmt: skip
        return
    yield Preferred()
    yield Say(_("What we write to you by ourselves comes to this chat from now on. Answers come where you wrote."))
