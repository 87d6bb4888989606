"""Who said what a broadcast is about, and where: it goes back there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, false, select, true, union_all

from storage.broadcasts import Audience
from storage.tables import address, contribution, follow, gathered, matter, response_matter

Said = CompoundSelect[Any]
"""A row for each thing that a person of the process said or follows: person_id, address_id, follows, day, id.

`follows`: they did not say it themselves. `address_id` is null where nobody knows it, or where it is theirs no more.
"""


def said_about(process: str, audience: Audience) -> Sequence[Said]:
    """For each part of the audience that goes back to people: what they said."""
    found = []
    if audience.response:
        found.append(_of_response(process, audience.response))
    if audience.about:
        matters = audience.about
        found.append(_of_matters(process, gathered.c.matter_id.in_(matters), follow.c.matter_id.in_(matters)))
    if audience.contributions:
        found.append(union_all(_given(process).where(contribution.c.id.in_(audience.contributions))))
    return found


def _of_response(process: str, response: str) -> Said:
    answered = select(response_matter.c.matter_id).where(response_matter.c.response_id == response)
    directly = _given(process).where(contribution.c.response_id == response)
    return union_all(
        directly, *_of_matters(process, gathered.c.matter_id.in_(answered), follow.c.matter_id.in_(answered)).selects
    )


def _of_matters(process: str, is_gathered: ColumnElement[bool], is_followed: ColumnElement[bool]) -> Said:
    in_it = select(gathered.c.contribution_id).where(is_gathered)
    return union_all(_given(process).where(contribution.c.id.in_(in_it)), _followed(process).where(is_followed))


def _given(process: str) -> Select[Any]:
    return select(
        contribution.c.person_id,
        contribution.c.address_id,
        false().label("follows"),
        contribution.c.given.label("day"),
        contribution.c.id,
    ).where(contribution.c.process_id == process, contribution.c.person_id.is_not(None))


def _followed(process: str) -> Select[Any]:
    is_theirs = and_(address.c.id == follow.c.address_id, address.c.person_id == follow.c.person_id)
    return (
        select(follow.c.person_id, address.c.id, true(), follow.c.since, follow.c.matter_id)
        .join(matter, matter.c.id == follow.c.matter_id)
        .outerjoin(address, is_theirs)
        .where(matter.c.process_id == process)
    )
