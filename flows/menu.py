"""What a person can do here."""

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Switched
from flows._engine.facts import Facts
from flows._engine.talks import Talk
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("menu"),)
anywhere = True


def talk(facts: Facts) -> Talk:
    yield Switched((yield from choose(_("What would you like to do?"), _offered(facts), exactly=("stop",))))


def _offered(facts: Facts) -> tuple[Choice, ...]:
    offered = (
        ("share", _("Say what should change"), True),
        ("answer", _("Answer our questions"), facts.asked),
        ("vote", _("Vote"), facts.votes),
        ("news", _("Read the news"), facts.informed),
        ("status", _("See what was done"), facts.gave),
        ("language", _("Change language"), True),
        ("help", _("Help"), True),
        ("stop", _("Stop messages"), True),
    )
    return tuple(Choice(flow, label) for flow, label, is_offered in offered if is_offered)
