"""One draw in a program of its own, which says what it took: python -m bench._one_draw SEATS CANDIDATES."""

import json
import sys
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Any

from requests.structures import CaseInsensitiveDict
from sortition_algorithms.committee_generation import find_random_sample_legacy
from sortition_algorithms.features import FeatureValueMinMax
from sortition_algorithms.people import People
from sortition_algorithms.utils import set_random_provider

from council.lots import Limits, Pool, Quotas, draw
from tests.council.lots.pools import SEED, a_pool, quiet, wide_quotas

ATTEMPTS = 1_000


def main() -> None:
    seats, candidates = int(sys.argv[1]), int(sys.argv[2])
    pool, quotas = a_pool(candidates), wide_quotas(seats)
    began, cost = perf_counter(), process_time()
    drawn = draw(pool, quotas, seats, SEED, quiet)
    seconds, cpu = perf_counter() - began, process_time() - cost
    measured = {
        "seconds": seconds,
        "cpu": cpu,
        "legacy": _legacy(pool, quotas, seats),
        "memory": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        "least": float(min(drawn.chances.values())),
        "members": list(drawn.members),
    }
    print(json.dumps(measured))


def _legacy(pool: Pool, quotas: Quotas, seats: int) -> float:
    """Seconds. Its quotas are kept, or it is tried again."""
    features: Any = CaseInsensitiveDict()
    for category, limits in quotas.items():
        found = {facts[category] for facts in pool.candidates.values()} | set(limits)
        features[category] = CaseInsensitiveDict()
        for value in sorted(found):
            limit = limits.get(value, Limits(0, seats))
            features[category][value or "-"] = FeatureValueMinMax(min=limit.least, max=limit.most, max_flex=seats)
    people = People([])
    for number, (name, facts) in enumerate(sorted(pool.candidates.items())):
        people.add(name, {category: value or "-" for category, value in facts.items()}, features, number)
    set_random_provider(1)
    began = perf_counter()
    find_random_sample_legacy(people, features, seats, [], max_attempts=ATTEMPTS)
    return perf_counter() - began


if __name__ == "__main__":
    main()
