"""Pools to draw from."""

from random import Random

from council.lots import NOT_SAID, Limits, Pool, Quotas

GENDERS = {"woman": 45, "man": 45, "other": 5, NOT_SAID: 5}
AGES = {"16": 20, "25": 40, "40": 30, "60": 10}
REGIONS = {"north": 35, "coast": 30, "hills": 20, "abroad": 15}
PAPERS = {"yes": 60, "no": 25, NOT_SAID: 15}
CARERS = {"yes": 30, "no": 70}
FACTS = {"gender": GENDERS, "age": AGES, "region": REGIONS, "papers": PAPERS, "carer": CARERS}
SEED = "a value that nobody knew"


def quiet(_progress: int) -> None:
    """Takes how far a draw is, for who does not watch."""


def a_pool(candidates: int, seed: int = 1) -> Pool:
    """As many as that, by five facts."""
    chance = Random(seed)
    return Pool(
        {
            f"t{number:05}": {
                category: chance.choices(list(values), list(values.values()))[0] for category, values in FACTS.items()
            }
            for number in range(candidates)
        }
    )


def wide_quotas(seats: int) -> Quotas:
    """Nearer to each other than people come of themselves, and with room."""
    return {
        category: {
            value: Limits(
                int(seats * (share + 100 / len(values)) / 300), int(seats * (share + 100 / len(values)) / 150) + 1
            )
            for value, share in values.items()
            if value
        }
        for category, values in FACTS.items()
    }
