"""Approving any of the matters: "1 4 7"."""

from collections.abc import Generator, Sequence

from channels.messages import Choice
from flows._engine.asking import choose_several
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask
from flows._engine.votes import OpenRound
from flows._papers.paper import ABSTAIN, Paper, abstain, heading, number, typed_abstention
from flows._texts.renditions import choices
from locales import _, ngettext

NONE_OF_THESE = "none_of_these"


def _fill_in(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, frozenset[str] | None]:
    offered = (*choices(facts, opened.matters), Choice(NONE_OF_THESE, _("None of these")), abstain())
    how = (_("Which of these do you approve? Send one number or several, for example 1 3."),)
    chosen = yield from choose_several(heading(facts, opened, how), offered, alone=(NONE_OF_THESE, ABSTAIN))
    return None if ABSTAIN in chosen else frozenset(chosen) - {NONE_OF_THESE}


def _read_back(facts: Facts, opened: OpenRound, approved: frozenset[str]) -> str:
    if not approved:
        return _("You approve none of them.")
    counted = ngettext("You approve {number} of them:", "You approve {number} of them:", len(approved))
    matters = (matter.label for matter in choices(facts, opened.matters) if matter.value in approved)
    return "\n".join((counted, *matters))


def _typed(matters: Sequence[str], approved: frozenset[str] | None) -> Sequence[str]:
    if approved is None:
        return typed_abstention(matters, 2)
    if not approved:
        return typed_abstention(matters, 1)
    return (" ".join(str(number(matters, matter)) for matter in matters if matter in approved),)


PAPER = Paper(_fill_in, _read_back, _typed)
