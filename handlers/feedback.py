"""Whether a response answers those whom it was told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flows.rate import Rated
from handlers import counts
from handlers.talk.visits import Visit
from storage import Keyring, Session, feedback
from storage.states import Helped


async def rate(_session: Session, _keys: Keyring, visit: Visit, effect: Rated) -> None:
    """Keep what a person says of a response; why it does not answer them is sealed for them."""
    today = visit.now.date()
    feedback.put(visit.writes, visit.key, effect.response, Helped(effect.helped), today, effect.why)


@dataclass(frozen=True, slots=True)
class Counts:
    """About how many said what of a response; each None where too few did to be told."""

    people: int | None
    """Who said anything of it: where this is None, nobody is shown any of the others."""
    yes: int | None
    partly: int | None
    no: int | None


NOBODY = Counts(None, None, None, None)


async def counted(session: Session, process_id: str, responses: Collection[str]) -> Mapping[str, Counts]:
    """Of each of these responses of the process. One statement."""
    found = await feedback.counted(session, process_id, responses)
    return {name: rounded(found.get(name, {})) for name in responses}


def rounded(numbers: Mapping[Helped, int]) -> Counts:
    """As it may be shown, of how many said what."""
    people = counts.rounded(sum(numbers.values()))
    if people is None:
        return NOBODY
    yes, partly, no = (counts.rounded(numbers.get(helped, 0)) for helped in Helped)
    return Counts(people, yes, partly, no)
