"""Another language from now on."""

from flows._engine.effects import Spoke, Switched
from flows._engine.facts import Facts
from flows._engine.languages import choose_language
from flows._engine.talks import Say, Talk
from locales import N_, _, own_name

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("language"),)
label = N_("Change language")
anywhere = True


def offer(facts: Facts) -> str:
    return _(label) if not facts.stopped and not facts.silent else ""


def talk(facts: Facts) -> Talk:
    language = yield from choose_language(facts)
    yield Spoke(language)
    if not facts.consented:
        # Nobody agrees to what they have not read.
        yield Switched("switch" if facts.in_lobby else "welcome")
        return
    # To translators: {language} is the name of your own language, in your language.
    yield Say(_("From now on we write to you in {language}.", language=own_name(language)))
