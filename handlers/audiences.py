"""Whom a text would reach if it left now, in numbers that point at nobody, and what it would be for them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import channels
import flows
from channels.messages import Outgoing, Template
from handlers import counts, telling
from handlers.memory import Memory
from handlers.processes import OpenProcess
from storage import Session, senders, templates
from storage.broadcasts import EVERYBODY, Audience, Subject
from storage.outbox import expansion
from storage.outbox.expansion import AudiencePart
from storage.senders import StoredSender


@dataclass(frozen=True, slots=True)
class Cost:
    """What text messages would cost, about."""

    segments: int
    amount: Decimal | None
    """None: nobody said what a segment costs."""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class LanguageReach:
    """What the text would be for the people of one language."""

    language: str
    number: int | None
    """About how many read it; None: too few to be told, or nobody."""
    written_in: str
    """The language that the text stands in for them."""
    segments: int
    """Of one text message; 0: nothing that may carry it is paid by segment."""
    has_template: bool | None
    """Whether each sender that needs one has an approved text that carries it after a silence; None: none needs one."""
    cost: Cost | None
    """None: too few get it as a text message to be told."""

    @property
    def is_foreign(self) -> bool:
        """They read it in another language than theirs, after a sentence that says so."""
        return self.written_in != self.language


@dataclass(frozen=True, slots=True)
class Reach:
    """About how many an audience has. Each total is rounded from what was counted, never summed from rounded ones."""

    number: int | None
    foreign: int | None
    """How many would read it in another language than theirs."""
    languages: Sequence[LanguageReach]
    """Those of the process and of the text, and others in which enough people read to be told."""
    regions: Mapping[str, int | None]
    """By each region of the process; "" for who has named none."""
    senders: Mapping[str, int | None]
    """By each sender that may carry it."""
    cost: Cost | None


class Crowds:
    """Remembers for a while how many people have what in common: who chooses among them asks again at every choice."""

    def __init__(self, lasts: timedelta = timedelta(minutes=2)) -> None:
        self._memory = Memory[tuple[str, Audience], Sequence[AudiencePart]](lasts)

    async def of(self, session: Session, process_id: str, audience: Audience, now: datetime) -> Sequence[AudiencePart]:
        """Those of an audience. What each part says of them needs no query: only the rest of the audience does."""
        rest = replace(audience, languages=(), regions=(), channels=(), sources=())
        count = partial(expansion.audience_parts, session, process_id, rest)
        return [part for part in await self._memory.of((process_id, rest), now, count) if _is_in(part, audience)]


def _is_in(part: AudiencePart, audience: Audience) -> bool:
    wanted = (
        (audience.languages, {part.language}),
        (audience.regions, {part.region}),
        (audience.channels, {part.channel, channels.kind_of(part.channel)}),
        (audience.sources, {part.source}),
    )
    return all(not values or not its.isdisjoint(values) for values, its in wanted)


@dataclass(frozen=True, slots=True)
class Draft:
    """What may be told, as far as it is written."""

    text: flows.Renditions
    audience: Audience = EVERYBODY
    """Found fit, with whole ids: `bulletins.fit_audience`."""
    purpose: str = "bulletin"
    """The kind of its subject."""


async def reach(
    session: Session, crowds: Crowds, process: OpenProcess, draft: Draft, now: datetime, price: str = ""
) -> Reach:
    """What an organizer sees while they write. `price`: of a segment, a number and its currency, "0.05 EUR"."""
    carrying = [sender for sender in await senders.all_of(session) if sender.slug in (None, process.slug)]
    approved = await templates.approved(session, [sender.name for sender in carrying])
    outlook = _Outlook(
        announced=telling.Announcement(Subject(draft.purpose, ""), draft.text).told(process.content),
        purpose=draft.purpose,
        carrying=carrying,
        beside_others=await senders.beside_others(session),
        approved={name: [_template(stored) for stored in texts] for name, texts in approved.items()},
        price=price,
    )
    return _reach(outlook, process.content, await crowds.of(session, process.id, draft.audience, now))


@dataclass(frozen=True, slots=True)
class _Outlook:
    """How the text would leave."""

    announced: flows.Told
    purpose: str
    carrying: Sequence[StoredSender]
    beside_others: Collection[str]
    approved: Mapping[str, Sequence[Template]]
    price: str

    def written_in(self, language: str) -> str:
        return flows.rendition(self.announced.text, language, self.announced.order).language

    def segments(self, language: str, sender: StoredSender) -> int:
        return channels.segments_of(sender.kind, self._outgoing(language, sender))

    def most_segments(self, language: str) -> int:
        return max((self.segments(language, sender) for sender in self.carrying), default=0)

    def has_template(self, language: str) -> bool | None:
        fits = [
            channels.fits_template(sender.kind, self._outgoing(language, sender), self.approved.get(sender.name, ()))
            for sender in self.carrying
        ]
        needed = [fit for fit in fits if fit is not None]
        return all(needed) if needed else None

    def _outgoing(self, language: str, sender: StoredSender) -> Outgoing:
        return self.announced.outgoing(language, self.purpose, beside_others=sender.name in self.beside_others)

    def cost(self, people: Counter[tuple[str, str]]) -> Cost | None:
        """Of so many people, by language and sender. Counted exactly and then rounded, as a total is."""
        by_name = {sender.name: sender for sender in self.carrying}
        paid = Counter(
            {
                (language, name): self.segments(language, by_name[name])
                for language, name in people
                if name in by_name and self.segments(language, by_name[name])
            }
        )
        if counts.rounded(sum(people[place] for place in paid)) is None:
            return None
        segments = counts.rounded(sum(people[place] * each for place, each in paid.items())) or 0
        each, _space, currency = self.price.partition(" ")
        return Cost(segments, Decimal(each) * segments if each else None, currency)


def _reach(outlook: _Outlook, process: flows.Process, parts: Sequence[AudiencePart]) -> Reach:
    places = Counter[tuple[str, str]]()
    languages, regions, names = Counter[str](), Counter[str](), Counter[str]()
    for part in parts:
        places[part.language, part.channel] += part.number
        languages[part.language] += part.number
        regions[part.region] += part.number
        names[part.channel] += part.number
    foreign = sum(number for language, number in languages.items() if outlook.written_in(language) != language)
    enough = [language for language, number in languages.most_common() if counts.rounded(number) is not None]
    shown = dict.fromkeys((*process.languages, *outlook.announced.text, *enough))
    return Reach(
        number=counts.rounded(languages.total()),
        foreign=counts.rounded(foreign),
        languages=[_language(outlook, language, places) for language in shown],
        regions={name: counts.rounded(regions[name]) for name in (*(it.value for it in process.regions), "")},
        senders={sender.name: counts.rounded(names[sender.name]) for sender in outlook.carrying},
        cost=outlook.cost(places),
    )


def _language(outlook: _Outlook, language: str, places: Counter[tuple[str, str]]) -> LanguageReach:
    theirs = Counter({place: number for place, number in places.items() if place[0] == language})
    return LanguageReach(
        language=language,
        number=counts.rounded(theirs.total()),
        written_in=outlook.written_in(language),
        segments=outlook.most_segments(language),
        has_template=outlook.has_template(language),
        cost=outlook.cost(theirs),
    )


def _template(stored: templates.StoredTemplate) -> Template:
    return Template(stored.name, stored.language, stored.provider_id, stored.status, stored.reason, stored.body)
