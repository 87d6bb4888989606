"""The texts that a platform has approved, or not yet, as it said when it was last asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from storage._ground.database import Session
from storage.broadcasts import Way, is_about, tries_first
from storage.tables import broadcast, delivery, person, template, waits_for_the_person

APPROVED = "approved"
REFUSED = "refused"
"""Our own word: the platform says that it is approved, and did not take it."""


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """One text in one language; `status` and `reason` are the platform's words."""

    name: str
    language: str
    provider_id: str
    status: str
    reason: str
    body: str = ""
    """The sentence around what is told; "" where it was kept before sentences were."""


async def keep(session: Session, channel: str, texts: Sequence[StoredTemplate], now: datetime) -> bool:
    """Keep a channel's texts in place of those from before. Whether one is approved that was not, or another by id."""
    before = await all_of(session, channel)
    there = [(text.name, text.language) for text in texts]
    gone = tuple_(template.c.name, template.c.language).not_in(there)
    await session.execute(delete(template).where(template.c.channel == channel, gone))
    # Two workers may do this at the same time: neither fails because the other was first.
    added = (sqlite if session.dialect.name == "sqlite" else postgresql).insert(template)
    learned = ("provider_id", "status", "reason", "body", "checked")
    kept = added.on_conflict_do_update(
        index_elements=["channel", "name", "language"], set_={name: added.excluded[name] for name in learned}
    )
    rows = [{"channel": channel, "checked": now, **asdict(text)} for text in sorted(texts, key=_name)]
    if rows:
        await session.execute(kept, rows)
    return bool(_approved(texts) - _approved(before))


def _name(text: StoredTemplate) -> tuple[str, str]:
    return text.name, text.language


def _approved(texts: Sequence[StoredTemplate]) -> set[tuple[str, str, str]]:
    return {(text.name, text.language, text.provider_id) for text in texts if text.status == APPROVED}


async def all_of(session: Session, channel: str) -> list[StoredTemplate]:
    """In the order of their names."""
    rows = await session.execute(
        select(*(template.c[part.name] for part in fields(StoredTemplate)))
        .where(template.c.channel == channel)
        .order_by(template.c.name, template.c.language)
    )
    return [StoredTemplate(*row) for row in rows]


async def approved(session: Session, channels: Sequence[str]) -> Mapping[str, Sequence[StoredTemplate]]:
    """The approved texts of each of these."""
    columns = (template.c[part.name] for part in fields(StoredTemplate))
    theirs = select(template.c.channel, *columns).where(template.c.channel.in_(channels))
    rows = await session.execute(theirs.where(template.c.status == APPROVED).order_by(template.c.name))
    found = defaultdict[str, list[StoredTemplate]](list)
    for channel, *text in rows:
        found[channel].append(StoredTemplate(*text))
    return found


async def refuse(session: Session, channel: str, delivery_id: str, common: str, code: str) -> None:
    """Keep that the platform refused the template of a delivery: it is not used until the platform says otherwise."""
    used = (
        select(template.c.name, template.c.language)
        .join(broadcast, is_about(template.c.name))
        .join(delivery, delivery.c.broadcast_id == broadcast.c.id)
        .join(person, person.c.id == delivery.c.person_id)
        .where(
            delivery.c.id == delivery_id,
            template.c.channel == channel,
            template.c.status == APPROVED,
            template.c.language.in_([person.c.language, common]),
        )
        .order_by((template.c.language == person.c.language).desc())
        .limit(1)
    )
    refused = (await session.execute(used)).one_or_none()
    if refused is not None:
        its = (template.c.channel == channel, template.c.name == refused.name, template.c.language == refused.language)
        await session.execute(update(template).where(*its).values(status=REFUSED, reason=code))


async def wake(session: Session, channel: str, common: str, due: datetime, most: int) -> int:
    """Let up to `most` deliveries to silent people leave at `due`, for which a template is approved; gives how many."""
    approved = exists().where(
        template.c.channel == channel,
        template.c.status == APPROVED,
        template.c.language.in_([person.c.language, common]),
        is_about(template.c.name),
    )
    waiting = (
        select(delivery.c.id)
        .join(broadcast, broadcast.c.id == delivery.c.broadcast_id)
        .join(person, person.c.id == delivery.c.person_id)
        .where(
            waits_for_the_person(delivery),
            delivery.c.channel == channel,
            delivery.c.due > due,
            # The sender tries a template only where it is what the broadcast tries first.
            tries_first(Way.TEMPLATE),
            approved,
        )
        .order_by(delivery.c.id)
        .limit(most)
        .with_for_update(of=[delivery], key_share=True)
        .cte("theirs")
    )
    woken = update(delivery).where(delivery.c.id.in_(select(waiting.c.id)), waits_for_the_person(delivery))
    return len((await session.execute(woken.values(due=due).returning(delivery.c.id))).all())
