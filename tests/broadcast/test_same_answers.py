"""Schedules in Redis answer any requests as those of one process do."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from broadcast.pace import LocalPace, Schedules
from broadcast.pace.afar import connected
from broadcast.pace.rule import TWO_WITHIN, GrantedPlaces, PaceRule
from broadcast.pace.shared import SharedPace
from tests.broadcast.dialed import dialed

A_MILLISECOND = 0.001
ADDRESSES = ("alice", "bob", "carol")


@dataclass(frozen=True, slots=True)
class Wait:
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Take:
    sender: int
    most: int


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Of what that sender took last all but so many, unless it was given back already."""

    sender: int
    used: int


@dataclass(frozen=True, slots=True)
class Charge:
    sender: int
    places: int


@dataclass(frozen=True, slots=True)
class People:
    sender: int
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hold:
    sender: int
    seconds: float


@dataclass(frozen=True, slots=True)
class HoldPerson:
    sender: int
    address: str
    seconds: float
    bulletins: bool


Request = Wait | Take | GiveBack | Charge | People | Hold | HoldPerson

senders = st.integers(0, 1)
milliseconds = st.one_of(st.integers(1, 20), st.integers(1, 1500), st.integers(1, 60_000))
# Instants are whole milliseconds and holds end between two of them: none ends at the instant of a request.
held = milliseconds.map(lambda milliseconds: (milliseconds + 0.5) / 1000)
requests: st.SearchStrategy[list[Request]] = st.lists(
    st.one_of(
        st.builds(Wait, milliseconds),
        st.builds(Take, senders, st.integers(0, 200)),
        st.builds(GiveBack, senders, st.integers(0, 10)),
        st.builds(Charge, senders, st.integers(-20, 20)),
        st.builds(People, senders, st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=5)),
        st.builds(Hold, senders, held),
        st.builds(HoldPerson, senders, st.sampled_from(ADDRESSES), held, st.booleans()),
    ),
    max_size=40,
)


def rule(name: str) -> st.SearchStrategy[PaceRule]:
    return st.builds(
        PaceRule,
        st.just(name),
        every=st.integers(1, 2000).map(lambda milliseconds: milliseconds / 1000),
        burst=st.integers(1, 20),
        gap=st.integers(0, 5000).map(lambda milliseconds: milliseconds / 1000),
        person_burst=st.integers(1, 4),
    )


@dataclass(slots=True)
class Asked:
    """Schedules, and what was taken from them last."""

    schedules: Schedules
    taken: dict[str, GrantedPlaces] = field(default_factory=dict)

    async def answer(self, rule: PaceRule, request: Request) -> list[float]:
        """In seconds by our clock, and in places."""
        match request:
            case Take(_, most):
                self.taken[rule.name] = places = await self.schedules.take(rule, most)
                first = places.at(0) - self.schedules.clock()
                return [places.number, first, places.every, places.wait, places.held, places.bulletins, places.slow]
            case GiveBack(_, used) if rule.name in self.taken:
                places = self.taken.pop(rule.name)
                await self.schedules.give_back(rule, places, min(used, places.number))
            case Charge(_, more):
                await self.schedules.charge(rule, more)
            case People(_, addresses):
                return await self.schedules.people(rule, addresses)
            case Hold(_, seconds):
                await self.schedules.hold(rule, seconds)
            case HoldPerson(_, address, seconds, bulletins):
                await self.schedules.hold_person(rule, address, seconds, bulletins)
        return list(self.schedules.held(rule))


class Clock:
    """Goes on by whole milliseconds."""

    def __init__(self) -> None:
        self.milliseconds = 1_000_000

    def __call__(self) -> float:
        return self.milliseconds / 1000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=st.tuples(rule("telegram"), rule("sms")), requests=requests)
async def test_the_same_requests_get_the_same_answers(
    one_redis_url: str, rules: tuple[PaceRule, PaceRule], requests: Sequence[Request]
) -> None:
    clock, last_held = Clock(), dict[int, int]()
    redis = connected(one_redis_url)
    try:
        await redis.flushall()
        model, shared = Asked(LocalPace(clock)), Asked(SharedPace(dialed(redis, clock), clock))
        for request in requests:
            if isinstance(request, Wait):
                clock.milliseconds += request.milliseconds
                continue
            if isinstance(request, HoldPerson):
                before = last_held.get(request.sender, 0)
                # Whether two are together at the last instant of it is a matter of rounding.
                assume(clock.milliseconds - before != TWO_WITHIN * 1000)
                last_held[request.sender] = clock.milliseconds
            rule = rules[request.sender]
            expected = await model.answer(rule, request)
            answer = await shared.answer(rule, request)
            assert len(answer) == len(expected)
            apart = [abs(instant - other) for instant, other in zip(answer, expected, strict=True)]
            assert max(apart) < A_MILLISECOND, f"{request}: {answer} where {expected} was expected"
    finally:
        await redis.aclose()
