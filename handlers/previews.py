"""What a broadcast will be before it leaves: to how many, in which languages, over which channels, how long."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import channels
import flows
from channels.messages import Outgoing
from storage import Session, senders
from storage.broadcasts import Broadcast
from storage.outbox import expansion


@dataclass(frozen=True, slots=True)
class Share:
    """The people of one language at one sender."""

    channel: str
    language: str
    written_in: str
    """The language that the organizer's text stands in for them."""
    number: int
    segments: int
    """That one message is paid for as; 0 where nothing is paid by segment."""

    @property
    def is_foreign(self) -> bool:
        """They read it in another language than theirs, after a sentence that says so."""
        return self.written_in != self.language


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave if it left now."""

    broadcast: Broadcast
    shares: Sequence[Share]
    regions: Mapping[str, int]
    """How many people live in each region; "" for who named none."""

    @property
    def number(self) -> int:
        return sum(share.number for share in self.shares)

    @property
    def foreign(self) -> int:
        return sum(share.number for share in self.shares if share.is_foreign)

    @property
    def segments(self) -> int:
        return sum(share.number * share.segments for share in self.shares)


async def of(session: Session, broadcast: Broadcast, text: flows.Renditions) -> Preview:
    """`text` is what an organizer wrote, which the broadcast's own sentences stand around."""
    composed = flows.told(broadcast.renditions)
    beside_others = await senders.beside_others(session)
    people: Counter[tuple[str, str]] = Counter()
    regions: Counter[str] = Counter()
    for part in await expansion.audience_parts(session, broadcast.process_id, broadcast.audience):
        people[part.channel, part.language] += part.number
        regions[part.region] += part.number
    shares = [
        Share(
            channel,
            language,
            flows.rendition(text, language, composed.order).language,
            number,
            _segments(
                channel, composed.outgoing(language, broadcast.subject.kind, beside_others=channel in beside_others)
            ),
        )
        for (channel, language), number in sorted(people.items())
    ]
    return Preview(broadcast, shares, regions)


def _segments(sender: str, outgoing: Outgoing) -> int:
    kind = channels.kind_of(sender)
    return 0 if kind is None else channels.segments_of(kind, outgoing)
