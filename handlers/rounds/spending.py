"""What is told of a sum that was voted on."""

from collections.abc import Iterator, Mapping, Sequence

import council
from exports import votes
from handlers.writing import contents, sums
from locales import N_, _, in_figures, money

# To translators: for example "12,000 of 30,000 CHF: Interpreters; Lower fees".
SPENT = N_("{part} of {sum}: {matters}")
TIED = N_("Equal, with too little money for all of them: {matters}")
NOTHING = N_("Nothing of {sum} is given out.")
SHARED_OUT = N_("{sum} are shared out in proportion to the points.")
UNDECIDED = N_("{amount} more are for one or some of these, which are equal: {matters}")
FEW = N_("Fewer than {number} chose something, so the sum is not shared out: its parts would show who chose what.")


def spent(round_: contents.Round, labels: Mapping[str, str], result: council.Result) -> Sequence[str]:
    """What becomes of the sum, in the language being spoken, but for the parts that stand beside the order.

    () without a result.
    """
    if not result.order:
        return ()
    if result.elected is not None:
        return tuple(_bought(round_, labels, result))
    if result.parts is None:
        return (_(FEW, number=votes.FLOOR),)
    return (
        _(SHARED_OUT, sum=money(round_.budget, round_.currency)),
        *_undecided(round_, labels, result.parts, result.tied),
    )


def gets(result: council.Result, matter: str, cost: int) -> int | None:
    """How much of the sum this gets for sure, in whole units; None: nothing, or there is no sum.

    `cost`: what it takes of the sum where that is settled; else 0.
    """
    if result.parts is not None:
        return result.parts[matter]
    return cost if cost and matter in (result.elected or ()) else None


def with_parts(round_: contents.Round, labels: Mapping[str, str], result: council.Result) -> Mapping[str, str]:
    """What each is called, and gets for sure, where the sum has parts."""
    if result.parts is None:
        return labels
    return {it: sums.priced(label, result.parts[it], round_.currency) for it, label in labels.items()}


def _bought(round_: contents.Round, labels: Mapping[str, str], result: council.Result) -> Iterator[str]:
    """Each gets what it costs or nothing."""
    elected, whole = result.elected or (), money(round_.budget, round_.currency)
    if elected:
        costs = sum(matter.cost for matter in round_.matters if matter.value in elected)
        yield _(SPENT, part=in_figures(costs), sum=whole, matters=_listed(labels, elected))
    if result.tied:
        yield _(TIED, matters=_listed(labels, result.tied))
    if not (elected or result.tied):
        yield _(NOTHING, sum=whole)


def _undecided(
    round_: contents.Round, labels: Mapping[str, str], parts: Mapping[str, int], tied: Sequence[str]
) -> Iterator[str]:
    """The units that largest remainders do not give to anybody."""
    if tied:
        left = money(round_.budget - sum(parts.values()), round_.currency)
        yield _(UNDECIDED, amount=left, matters=_listed(labels, tied))


def _listed(labels: Mapping[str, str], matters: Sequence[str]) -> str:
    return _("; ").join(labels[matter] for matter in matters)
