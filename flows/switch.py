"""Which of several processes this chat is about."""

from collections.abc import Generator
from dataclasses import dataclass

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Effect, Spoke, Switched
from flows._engine.facts import Facts
from flows._engine.languages import languages_of, other_languages, unseen_languages
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._texts.renditions import choices
from flows._texts.shorts import several_are_open
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("switch"),)
label = N_("Go to another review")
anywhere = True

STAY = "stay"


@dataclass(frozen=True, slots=True)
class Entered(Effect):
    """The person goes into this process with this chat."""

    process: str


def offer(facts: Facts) -> str:
    return _(label) if _goes_on(facts) and facts.elsewhere and not facts.in_lobby else ""


def talk(facts: Facts) -> Talk:
    if not facts.elsewhere:
        yield Say(_("There is no other review here."))
        return
    answer = yield from (_first(facts) if facts.in_lobby else _other(facts))
    if answer == STAY:
        yield Say(_("Nothing was changed."))
    elif answer in languages_of(facts):
        yield Spoke(answer)
        yield Switched("switch")
    elif answer == "language":
        yield Switched("language")
    else:
        yield Entered(answer)


def _goes_on(facts: Facts) -> bool:
    return not facts.stopped and not facts.silent


def _first(facts: Facts) -> Generator[Ask, Answer, str]:
    """Before anything else is asked it is said what can be seen of this chat."""
    text = "\n".join((several_are_open(), _(facts.carrier.sees), _("Which one do you want to write to?")))
    offered = (*choices(facts, facts.elsewhere), *other_languages(facts))
    return (yield from choose(text, offered, unseen=unseen_languages(facts, offered)))


def _other(facts: Facts) -> Generator[Ask, Answer, str]:
    stay = Choice(STAY, _("Stay here"))
    return (yield from choose(_("Which review do you want to go to?"), (*choices(facts, facts.elsewhere), stay)))
