"""The tables, one file a subject, each named as the file of `storage` that asks about it."""

from storage.tables._conditions import (
    has_left_with_its_words,
    is_notice_to_come,
    is_reply_to_come,
    is_to_come,
    is_under_way,
    is_unknown,
    is_unnoticed,
    waits,
    waits_for_the_person,
    waits_in_line,
    waits_to_reply,
    was_resent,
)
from storage.tables._metadata import STAYS, metadata
from storage.tables.addresses import address, is_in_lobby
from storage.tables.broadcasts import broadcast, standing
from storage.tables.bulletins import bulletin
from storage.tables.circuits import circuit
from storage.tables.consultations import consultation, is_still_open
from storage.tables.contributions import (
    MARKS,
    NEVER,
    contribution,
    is_hidden,
    is_in_words,
    is_shown,
    is_to_be_translated,
    is_unread,
    is_unrecognised,
    waits_for_a_response,
)
from storage.tables.corrections import correction
from storage.tables.councils import candidate, council, invitation, member_call, membership, seat, sits
from storage.tables.deliveries import delivery
from storage.tables.doors import door
from storage.tables.drafts import draft, opening
from storage.tables.draws import draw, ticket, ticket_holder
from storage.tables.events import event, parked
from storage.tables.exports import export, export_part
from storage.tables.inputs import input  # noqa: A004 the word of the field, never used bare
from storage.tables.items import edition, item, rendition
from storage.tables.journal import journal
from storage.tables.keychecks import keycheck
from storage.tables.links import link
from storage.tables.marks import mark
from storage.tables.matters import follow, gathered, is_public, is_unanswered, matter, waits_for_its_response
from storage.tables.participations import came_by_a_door, has_not_agreed, participation
from storage.tables.people import person
from storage.tables.processes import process
from storage.tables.programs import program
from storage.tables.public_counts import public_count
from storage.tables.recordings import recording
from storage.tables.remarks import remark, shown_remark
from storage.tables.reports import report
from storage.tables.responses import feedback, inquiry, response, response_matter, result
from storage.tables.rounds import (
    ballot,
    has_closed,
    read_back,
    roll,
    round,  # noqa: A004 the word of the field, never used bare
    round_key,
)
from storage.tables.schedules import schedule
from storage.tables.senders import sender
from storage.tables.sendings import sending
from storage.tables.staff import attempt, grant, recovery_code, sign_in, staff, staff_invitation
from storage.tables.staff_phones import staff_phone, staff_phone_code
from storage.tables.standings import round_matter, round_part
from storage.tables.statements import is_asked_now, opinion, proposal, sounding, statement
from storage.tables.templates import template
from storage.tables.texts import amendment, decision, support, text, text_part

__all__ = [
    "MARKS",
    "NEVER",
    "STAYS",
    "address",
    "amendment",
    "attempt",
    "ballot",
    "broadcast",
    "bulletin",
    "came_by_a_door",
    "candidate",
    "circuit",
    "consultation",
    "contribution",
    "correction",
    "council",
    "decision",
    "delivery",
    "door",
    "draft",
    "draw",
    "edition",
    "event",
    "export",
    "export_part",
    "feedback",
    "follow",
    "gathered",
    "grant",
    "has_closed",
    "has_left_with_its_words",
    "has_not_agreed",
    "input",
    "inquiry",
    "invitation",
    "is_asked_now",
    "is_hidden",
    "is_in_lobby",
    "is_in_words",
    "is_notice_to_come",
    "is_public",
    "is_reply_to_come",
    "is_shown",
    "is_still_open",
    "is_to_be_translated",
    "is_to_come",
    "is_unanswered",
    "is_under_way",
    "is_unknown",
    "is_unnoticed",
    "is_unread",
    "is_unrecognised",
    "item",
    "journal",
    "keycheck",
    "link",
    "mark",
    "matter",
    "member_call",
    "membership",
    "metadata",
    "opening",
    "opinion",
    "parked",
    "participation",
    "person",
    "process",
    "program",
    "proposal",
    "public_count",
    "read_back",
    "recording",
    "recovery_code",
    "remark",
    "rendition",
    "report",
    "response",
    "response_matter",
    "result",
    "roll",
    "round",
    "round_key",
    "round_matter",
    "round_part",
    "schedule",
    "seat",
    "sender",
    "sending",
    "shown_remark",
    "sign_in",
    "sits",
    "sounding",
    "staff",
    "staff_invitation",
    "staff_phone",
    "staff_phone_code",
    "standing",
    "statement",
    "support",
    "template",
    "text",
    "text_part",
    "ticket",
    "ticket_holder",
    "waits",
    "waits_for_a_response",
    "waits_for_its_response",
    "waits_for_the_person",
    "waits_in_line",
    "waits_to_reply",
    "was_resent",
]
