"""The latest bulletin."""

from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._texts.renditions import written
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("news"),)
label = N_("Read the news")
needs = ("bulletin",)


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.informed else ""


def talk(facts: Facts) -> Talk:
    if facts.bulletin:
        yield Say(written(facts, facts.bulletin))
    else:
        yield Say(_("There is no news yet. We will write to you when there is."))
