"""What the next draw is to give so that those who stay and those who come keep the quotas together."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from council.lots._limits import NOT_SAID, Facts, Limits, Pool, Quotas, met
from council.lots._seats import Requirement, all_sit


@dataclass(frozen=True, slots=True)
class Vacant:
    """The seats that a draw fills, and the quotas for them alone."""

    seats: int
    quotas: Quotas


def remaining(quotas: Quotas, members: Collection[Facts], seats: int) -> Vacant:
    """Of a council with so many seats in all, and quotas for all of them, what is left when these members stay.

    Where more of a value stay than may, none of it is drawn, and the others give way.
    """
    vacant = max(seats - len(members), 0)
    stay = {category: Counter(facts.get(category, NOT_SAID) for facts in members) for category in quotas}
    left = {
        category: {
            value: Limits(
                min(max(limit.least - stay[category][value], 0), vacant),
                min(max(limit.most - stay[category][value], 0), vacant),
            )
            for value, limit in limits.items()
        }
        for category, limits in quotas.items()
    }
    return Vacant(vacant, left)


def replacement(
    pool: Pool,
    quotas: Quotas,
    seated: Sequence[str],
    substitutes: Sequence[str],
    requirements: Sequence[Requirement] | None = None,
) -> str | None:
    """Who takes a seat that became empty: the first with whom the quotas are kept, or else the first. None: nobody.

    `requirements`: what each of all the seats requires; None: nothing. Nobody follows on a seat that they do not fit.
    """
    sitting: list[Mapping[str, str]] = [pool.candidates[name] for name in seated]

    def can_sit(name: str) -> bool:
        return requirements is None or all_sit(requirements, [*sitting, pool.candidates[name]])

    there = [name for name in substitutes if name in pool.candidates and name not in seated and can_sit(name)]
    fitting = (name for name in there if met(quotas, [*sitting, pool.candidates[name]]))
    return next(fitting, there[0] if there else None)
