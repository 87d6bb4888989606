"""Messages again, after STOP."""

from flows._engine.effects import Returned, Switched
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("start"),)
label = N_("Get messages again")
anywhere = True


def offer(facts: Facts) -> str:
    return _(label) if facts.stopped else ""


def talk(facts: Facts) -> Talk:
    yield Returned()
    if facts.silent:
        yield Switched("recognise")
        return
    yield Say(_("Welcome back. We will write to you. Send {menu} to see what you can do.", menu=to_send("menu")))
