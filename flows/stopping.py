"""Whether somebody wants us to stop, who did not say it in the one word that stops at once."""

from flows._engine.asking import agrees
from flows._engine.effects import Meant, Switched
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from locales import _

words = ()  # it opens by itself, for words that ask us to stop
needs = ("held",)


def talk(facts: Facts) -> Talk:
    if (yield from agrees(_("Shall we stop writing to you?"), _("Yes, stop"), _("No, go on"), loosely=True)):
        yield Switched("stop")
        return
    yield Say(_("We go on. To stop at any time, send {stop}.", stop=to_send("stop")))
    yield Meant(facts.held)
