"""Whether it is still the same person, after a silence in which the number may have become somebody else's."""

from channels.messages import Choice
from flows._engine.asking import choose, proves
from flows._engine.effects import PassedOn, Recognised, Switched
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from locales import ENGLISH, N_, _, speaking

words = ()  # nobody asks for it: it opens by itself, before anything else is said or done
needs = ("wanted", "code")

# To translators: the reader may be somebody who has never heard of us.
ASKED = N_("This number last wrote to us more than a year ago. Was that you?")
YES = N_("Yes, that was me")
NO = N_("No, I am new")


def talk(facts: Facts) -> Talk:
    answers = (Choice("yes", _also_in_english(YES, " / ")), Choice("no", _also_in_english(NO, " / ")))
    answer = yield from choose(_also_in_english(ASKED, "\n"), answers, loosely=False)
    if not (yield from proves(facts)):
        yield Switched("recognise")
        return
    if answer == "no":
        yield PassedOn()
        yield Switched("switch" if facts.elsewhere else "welcome")
        return
    yield Recognised()
    yield Say(_("Welcome back."))
    if facts.wanted:
        yield Switched(facts.wanted)


def _also_in_english(text: str, between: str) -> str:
    """Who has the number now may not speak the language of who had it."""
    with speaking(ENGLISH):
        english = _(text)
    return between.join(dict.fromkeys((_(text), english)))
