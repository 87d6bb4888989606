"""Conditions on deliveries, in the words of the partial indexes."""

from sqlalchemy import ColumnElement, FromClause, and_

from storage._ground.members import numbered, written
from storage.codes import Code
from storage.lanes import Lane
from storage.states import State


def waits(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == written(State.QUEUED)


def waits_in_line(deliveries: FromClause) -> ColumnElement[bool]:
    """Of a lane in which what is due first leaves first; replies have a line of their own."""
    return and_(waits(deliveries), deliveries.c.lane != numbered(Lane.REPLY))


def waits_to_reply(deliveries: FromClause) -> ColumnElement[bool]:
    return and_(waits(deliveries), deliveries.c.lane == numbered(Lane.REPLY))


def is_under_way(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == written(State.SENDING)


def was_resent(deliveries: FromClause) -> ColumnElement[bool]:
    """It has left a second time, or may."""
    return deliveries.c.resent


def is_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state.in_([written(State.QUEUED), written(State.SENDING)])


def is_reply_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return _is_of_lane_to_come(deliveries, Lane.REPLY)


def is_notice_to_come(deliveries: FromClause) -> ColumnElement[bool]:
    return _is_of_lane_to_come(deliveries, Lane.NOTICE)


def _is_of_lane_to_come(deliveries: FromClause, lane: Lane) -> ColumnElement[bool]:
    """That it has not ended goes without saying. Said, it keeps a planner from reading what waits by these indexes.

    They are by address, so all that waits would be read and sorted, where the first thousand are wanted.
    """
    return and_(deliveries.c.lane == numbered(lane), is_to_come(deliveries), deliveries.c.ended.is_(None))


def is_unknown(deliveries: FromClause) -> ColumnElement[bool]:
    return deliveries.c.state == written(State.UNKNOWN)


def is_unnoticed(deliveries: FromClause) -> ColumnElement[bool]:
    """Of unknown fate, and nobody who operates this has said that they know."""
    return and_(is_unknown(deliveries), deliveries.c.acknowledged.is_(None))


def has_left_with_its_words(deliveries: FromClause) -> ColumnElement[bool]:
    """Sent, and its text is kept until the platform has said more: it may have to leave again."""
    return and_(deliveries.c.state == written(State.SENT), deliveries.c.body.is_not(None))


def waits_for_the_person(deliveries: FromClause) -> ColumnElement[bool]:
    """Queued, but nothing leaves before they write: they have been silent for too long."""
    return and_(waits(deliveries), deliveries.c.code == written(Code.SHUT))
