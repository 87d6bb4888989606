"""The question which language a person speaks, readable before we know it."""

from collections.abc import Generator

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask
from locales import ENGLISH, _, languages, own_name, speaking, spoken


def choose_language(facts: Facts) -> Generator[Ask, Answer, str]:
    """One of the languages of the process in which we can talk, each by its own name; unasked when there is one."""
    offered = [code for code in facts.process.languages if code in languages()] or [ENGLISH]
    if len(offered) == 1:
        return offered[0]
    # By SMS all of them cost a second segment, and the names say as much.
    asked_in = (spoken(),) if facts.costs_by_length else offered
    question = " ".join(dict.fromkeys(_in(code) for code in asked_in))
    return (yield from choose(question, (Choice(code, _capitalized(own_name(code))) for code in offered)))


def _in(language: str) -> str:
    with speaking(language):
        # To translators: on most channels all languages stand side by side in this question. One or two words.
        return _("Language?")


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
