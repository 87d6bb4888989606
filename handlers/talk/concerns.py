"""Looking up what others said, which response a person can rate, and what they are asked back."""

from collections.abc import Collection, Mapping

import flows
from flows.others import FOLLOWED
from handlers.talk.visits import Visit
from handlers.writing import contents
from storage import Session, candidates, feedback, follows, inquiries
from storage.candidates import Facing
from storage.follows import ReadableMatter
from storage.states import CandidateState

MOST = 20
"""So many matters of one topic can be looked through; the newest are more likely to be new to somebody."""
GROUP_OF: Mapping[str, str] = {
    topic: group.key for group in flows.GROUPS for topic in (group.key, *(it.key for it in group.objectives))
}

WAIT = (CandidateState.STANDING, CandidateState.OFFERED, CandidateState.SUBSTITUTE)
"""Those who stand, and have not come to an end."""
MOST_CALLS = 3
"""So many calls are looked at in one talk."""


async def topics(session: Session, visit: Visit) -> tuple[str, ...]:
    """What they can look through, each a group of the Compact's objectives, in the order of these."""
    found = await follows.topics(session, visit.board.process, visit.person, FOLLOWED)
    groups = {GROUP_OF.get(topic, flows.SOMETHING_ELSE) for topic in found if topic != FOLLOWED}
    order = (*(group.key for group in flows.GROUPS), flows.SOMETHING_ELSE)
    first = (FOLLOWED,) if FOLLOWED in found else ()
    return (*first, *(key for key in order if key in groups))


async def matters(session: Session, visit: Visit, topic: str) -> tuple[flows.PublicMatter, ...]:
    """Those of a topic, or those that they follow."""
    wanted = None if topic == FOLLOWED else _topics_of(topic)
    found = await follows.readable(session, visit.board.process, visit.person, wanted, MOST)
    return tuple(_readable(visit, matter) for matter in found)


def _readable(visit: Visit, matter: ReadableMatter) -> flows.PublicMatter:
    """Its title in one language alone: what is kept with a talk stays small."""
    titles = contents.unpack(matter.title, dict[str, str])
    title = flows.rendition(titles, visit.language, visit.board.content.languages)
    return flows.PublicMatter(matter.id, {title.language: title.text}, matter.state, matter.follows, matter.supports)


def _topics_of(group: str) -> Collection[str]:
    if group == flows.SOMETHING_ELSE:
        return (flows.SOMETHING_ELSE, "")
    return [topic for topic, its_group in GROUP_OF.items() if its_group == group]


async def rated(session: Session, visit: Visit) -> flows.RatedResponse | None:
    """The response under which this person has tapped; else the newest one to them. None: there is none."""
    helped, name = flows.tapped(visit.message)
    if name:
        found = await feedback.heard(session, name, visit.person)
    else:
        found = await feedback.newest(session, visit.board.process, visit.person)
    return None if found is None else flows.RatedResponse(found.id, found.published.date(), found.state, helped)


async def calls(session: Session, visit: Visit) -> tuple[flows.MemberCall, ...]:
    """A seat that waits for their answer comes first. Of those that are over, only where they still wait for one."""
    facing = [
        call
        for call in await candidates.facing(session, visit.board.process, visit.person, visit.now)
        if call.is_open or call.state in WAIT
    ]
    facing.sort(key=lambda call: call.state is not CandidateState.OFFERED)
    # Who still stands in an older call of a council is asked about one of the two: both have its name.
    by_council = {call.council: call for call in reversed(facing)}
    return tuple(_call(call) for call in facing if by_council[call.council] is call)[:MOST_CALLS]


def _call(facing: Facing) -> flows.MemberCall:
    call = contents.unpack(facing.content, contents.MemberCall)
    council = contents.unpack(facing.council_content, contents.Council)
    return flows.MemberCall(
        id=facing.call,
        council=council.name,
        about=council.about,
        asks=call.asks,
        gives=call.gives,
        closes=call.closes,
        facts=call.facts,
        state=facing.state or "",
    )


async def inquiry(session: Session, visit: Visit) -> flows.OpenInquiry | None:
    """The oldest question that waits for this person's answer. No statement where the process has asked nobody."""
    if not visit.board.asks_back:
        return None
    found = await inquiries.waiting(session, visit.board.process, visit.person)
    if found is None:
        return None
    return flows.OpenInquiry(found.id, found.matter_id, contents.unpack(found.text, dict[str, str]))
