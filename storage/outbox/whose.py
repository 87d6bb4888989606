"""Who said what a broadcast is about, and where: it goes back there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery, and_, false, func, select, true, union_all

from storage.broadcasts import Audience
from storage.tables import address, contribution, decision, follow, gathered, matter, proposal, response_matter, support

_Said = CompoundSelect[Any]
"""A row for each thing that a person of the process said or follows: person_id, address_id, follows, day, id.

`follows`: they did not say it themselves. `address_id` is null where nobody knows it, or where it is theirs no more.
"""


def newest(process: str, audience: Audience) -> Subquery:
    """Everybody whom the audience goes back to: person_id, and address_id, where they said the newest of it.

    It is made once for all of them: looked for person by person it would be made for each.
    """
    parts = _said_about(process, audience)
    rows = union_all(*(branch for part in parts for branch in part.selects)).subquery("said")
    place = func.row_number().over(
        partition_by=rows.c.person_id, order_by=(rows.c.follows, rows.c.day.desc(), rows.c.id.desc())
    )
    # All parts that ask must be met.
    in_all = [rows.c.person_id.in_(select(part.subquery().c.person_id)) for part in parts[1:]]
    in_all += [rows.c.person_id.in_(select(parts[0].subquery().c.person_id))] if len(parts) > 1 else []
    placed = select(rows.c.person_id, rows.c.address_id, place.label("place")).where(*in_all).subquery("placed")
    return select(placed.c.person_id, placed.c.address_id).where(placed.c.place == 1).subquery("concerned")


def _said_about(process: str, audience: Audience) -> Sequence[_Said]:
    """For each part of the audience that goes back to people: what they said."""
    found = []
    if audience.response:
        found.append(_of_response(process, audience.response))
    if audience.about:
        matters = audience.about
        found.append(_of_matters(process, gathered.c.matter_id.in_(matters), follow.c.matter_id.in_(matters)))
    if audience.contributions:
        found.append(union_all(_given(process).where(contribution.c.id.in_(audience.contributions))))
    if audience.proposals:
        found.append(union_all(_proposed(process).where(proposal.c.id.in_(audience.proposals))))
    return found


def _of_response(process: str, response: str) -> _Said:
    answered = select(response_matter.c.matter_id).where(response_matter.c.response_id == response)
    directly = _given(process).where(contribution.c.response_id == response)
    supported = _supported(process).where(decision.c.response_id == response)
    of_matters = _of_matters(process, gathered.c.matter_id.in_(answered), follow.c.matter_id.in_(answered))
    return union_all(directly, supported, *of_matters.selects)


def _of_matters(process: str, is_gathered: ColumnElement[bool], is_followed: ColumnElement[bool]) -> _Said:
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


def _proposed(process: str) -> Select[Any]:
    return select(
        proposal.c.person_id,
        proposal.c.address_id,
        false().label("follows"),
        proposal.c.proposed.label("day"),
        proposal.c.id,
    ).where(proposal.c.process_id == process)


def _supported(process: str) -> Select[Any]:
    """Who wants what somebody else proposed for a part of a text."""
    is_theirs = and_(address.c.id == support.c.address_id, address.c.person_id == support.c.person_id)
    return (
        select(support.c.person_id, address.c.id, true(), support.c.since, support.c.contribution_id)
        .join(contribution, contribution.c.id == support.c.contribution_id)
        .join(decision, decision.c.contribution_id == contribution.c.id)
        .outerjoin(address, is_theirs)
        .where(contribution.c.process_id == process)
    )
