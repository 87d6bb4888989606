"""The matters in the order in which somebody wants them: "3 1=2"."""

from collections.abc import Generator, Iterator, Sequence

from council.ballots.rankings import Ranking
from flows._engine.asking import choose_several
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Wants
from flows._engine.votes import OpenRound
from flows._papers.paper import ABSTAIN, Paper, abstain, heading, labels, number, typed_abstention
from flows._texts.renditions import choices
from locales import _


def _fill_in(facts: Facts, opened: OpenRound) -> Generator[Ask, Answer, Ranking | None]:
    example = "2 1" if len(opened.matters) == 2 else "3 1=2"
    how = (
        _(
            "Send the numbers in your order, what matters most first, = between equals. For example: {example}",
            example=example,
        ),
        _("What you leave out comes below all others."),
    )
    offered = (*choices(facts, opened.matters), abstain())
    ranks = yield from choose_several(heading(facts, opened, how), offered, Wants.RANKS, alone=(ABSTAIN,))
    return None if ranks == (ABSTAIN,) else tuple(tuple(rank.split("=")) for rank in ranks)


def _read_back(facts: Facts, opened: OpenRound, ranking: Ranking) -> str:
    return "\n".join((_("This is your order:"), *_ranks(facts, opened, ranking)))


def _ranks(facts: Facts, opened: OpenRound, ranking: Ranking) -> Iterator[str]:
    place = 1
    for rank in ranking:
        matters = labels(facts, opened, rank)
        yield f"{place}. {matters}" if len(rank) == 1 else _("{place}. Equal: {matters}", place=place, matters=matters)
        place += len(rank)
    left_out = {matter.value for matter in opened.matters}.difference(*ranking)
    if left_out:
        yield _("Below all others: {matters}", matters=labels(facts, opened, left_out))


def _typed(matters: Sequence[str], ranking: Ranking | None) -> Sequence[str]:
    if ranking is None:
        return typed_abstention(matters)
    return (" ".join("=".join(str(number(matters, matter)) for matter in rank) for rank in ranking),)


PAPER = Paper(_fill_in, _read_back, _typed)
