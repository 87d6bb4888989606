"""How a text will look on a phone of each platform, before it leaves, in every language of its process."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import channels
import flows
from channels.messages import Outgoing, Template
from handlers import telling
from handlers.audiences import Cost
from handlers.processes import OpenProcess
from storage import Session, senders, templates
from storage.broadcasts import Subject
from storage.senders import StoredSender


@dataclass(frozen=True, slots=True)
class Screen:
    """What somebody gets on one platform."""

    kind: str
    texts: tuple[str, ...] = field(repr=False)
    """Message by message."""
    cost: Cost | None
    """Of one person; None: nothing is paid by segment there."""
    has_template: bool | None
    """Whether each sender has an approved text that carries it after a silence; None: none needs one."""
    is_here: bool
    """The process has a sender there."""


@dataclass(frozen=True, slots=True)
class Screens:
    """What the readers of one language get."""

    language: str
    written_in: str
    """The language that the text stands in for them."""
    phones: tuple[Screen, ...]

    @property
    def is_foreign(self) -> bool:
        """They read it in another language than theirs, after a sentence that says so."""
        return self.written_in != self.language


async def screens(
    session: Session, process: OpenProcess, text: flows.Renditions, purpose: str = "bulletin", price: str = ""
) -> Sequence[Screens]:
    """Three statements. `purpose`: the kind of its subject; `price`: of a segment, "0.05 EUR"."""
    carrying = [sender for sender in await senders.all_of(session) if sender.slug in (None, process.slug)]
    approved = await templates.approved(session, [sender.name for sender in carrying])
    composer = _Composer(
        announced=telling.Announcement(Subject(purpose, ""), text).told(process.content),
        purpose=purpose,
        carrying=carrying,
        beside_others=await senders.beside_others(session),
        approved={
            name: [Template(it.name, it.language, it.provider_id, it.status, it.reason, it.body) for it in texts]
            for name, texts in approved.items()
        },
        price=price,
    )
    return [composer.of(language) for language in dict.fromkeys((*process.content.languages, *text))]


@dataclass(frozen=True, slots=True)
class _Composer:
    """All that decides how the text leaves."""

    announced: flows.Told
    purpose: str
    carrying: Sequence[StoredSender]
    beside_others: Collection[str]
    approved: Mapping[str, Sequence[Template]]
    price: str

    def of(self, language: str) -> Screens:
        written_in = flows.rendition(self.announced.text, language, self.announced.order).language
        return Screens(language, written_in, tuple(self._screen(kind, language) for kind in channels.kinds()))

    def _screen(self, kind: str, language: str) -> Screen:
        ours = [sender for sender in self.carrying if sender.kind == kind]
        is_beside_others = any(sender.name in self.beside_others for sender in ours)
        outgoing = self.announced.outgoing(language, self.purpose, beside_others=is_beside_others)
        fits = [channels.fits_template(kind, outgoing, self.approved.get(sender.name, ())) for sender in ours]
        needed = [fit for fit in fits if fit is not None]
        return Screen(
            kind=kind,
            texts=tuple(filter(None, channels.texts_of(kind, outgoing))),
            cost=self._cost(kind, outgoing),
            has_template=all(needed) if needed else None,
            is_here=bool(ours),
        )

    def _cost(self, kind: str, outgoing: Outgoing) -> Cost | None:
        segments = channels.segments_of(kind, outgoing)
        each, _space, currency = self.price.partition(" ")
        return Cost(segments, Decimal(each) * segments if each else None, currency) if segments else None
