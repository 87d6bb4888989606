"""What a person can do here."""

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Switched
from flows._engine.facts import Facts
from flows._engine.talks import Talk, flows
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("menu"),)
label = N_("See what you can do")
anywhere = True

ORDER = (
    "share", "answer", "vote", "news", "status", "others", "opine", "amend", "region", "language", "switch", "help",
    "stop",
)  # fmt: skip
"""The flows that it leads to, if they have something to offer now."""
MOST = 10
"""So many stand in one list on WhatsApp."""
LESS = ("region", "switch", "language")
"""What is left out where there would be more: the first first. HELP tells their words."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part else ""


def talk(facts: Facts) -> Talk:
    labels = {name: flows()[name].offer(facts) for name in ORDER}
    offered = [Choice(name, label) for name, label in labels.items() if label]
    for name in LESS:
        if len(offered) > MOST:
            offered = [choice for choice in offered if choice.value != name]
    yield Switched((yield from choose(_("What would you like to do?"), offered, exactly=("stop",))))
