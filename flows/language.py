"""Another language from now on."""

from flows._effects import Spoke
from flows._engine import Say, Talk
from flows._facts import Facts
from flows._languages import choose_language
from locales import N_, _, own_name

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("language"),)
anywhere = True


def talk(facts: Facts) -> Talk:
    language = yield from choose_language(facts)
    yield Spoke(language)
    # To translators: {language} is the name of your own language, in your language.
    yield Say(_("From now on we write to you in {language}.", language=own_name(language)))
