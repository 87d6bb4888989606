"""What stands readable in the tables stands there for a reason; everything else that people give is sealed."""

from sqlalchemy import JSON, Column, Integer, LargeBinary, MetaData, String, Table, Text

from storage._ground.columns import Sealed
from storage.tables import metadata

NAME = "a random name that tells nothing"
STAFF = "written by the organizers for everybody to read"
OF_STAFF = "a random name of a member of staff, who answers for what they do"

PLAIN = {
    "process.id": NAME,
    "process.slug": STAFF,
    "process.state": "one of the states of a process",
    "process.parent_id": NAME,
    "process.content": STAFF,
    "input.id": NAME,
    "input.process_id": NAME,
    "input.content": STAFF,
    "item.id": NAME,
    "item.process_id": NAME,
    "item.kind": "one of the kinds of items",
    "item.language": "the language of a text of the organizers",
    "item.title": "what staff call what everybody is to read",
    "item.plan": "whom the organizers address, and when",
    "item.planned_by": OF_STAFF,
    "edition.item_id": NAME,
    "edition.text": STAFF,
    "edition.staff_id": OF_STAFF,
    "rendition.item_id": NAME,
    "rendition.language": "the language of a text of the organizers",
    "rendition.text": STAFF,
    "rendition.state": "one of the states of a rendition",
    "rendition.staff_id": OF_STAFF,
    "rendition.approved_by": OF_STAFF,
    "sending.id": NAME,
    "sending.process_id": NAME,
    "sending.item_id": NAME,
    "sending.content": STAFF,
    "sending.hash": "a hash of what everybody is to read",
    "sending.requested_by": OF_STAFF,
    "sending.approved_by": OF_STAFF,
    "sending.reason": "why staff did something alone, in their words, for other staff to read",
    "sending.state": "one of the states of a sending",
    "sending.broadcast_id": NAME,
    "sending.schedule_id": NAME,
    "person.id": NAME,
    "person.language": "broadcasts are addressed by it, and it is shared by many",
    "person.prefers": NAME,
    "participation.process_id": NAME,
    "participation.person_id": NAME,
    "participation.region": "broadcasts are addressed by it; a list of coarse regions to choose from",
    "participation.source": "broadcasts are addressed by it; where the organizers put a word up, in their words",
    "address.id": NAME,
    "address.person_id": NAME,
    "address.process_id": NAME,
    "address.channel": "the name of a bot or number of ours",
    "address.index": "a keyed hash, looked up when a message comes; the key is not in the database",
    "address.reach": "one of the states of an address",
    "link.index": "a keyed hash of the number that is told in a chat, for ten minutes",
    "link.person_id": NAME,
    "link.address_id": NAME,
    "event.id": "the platform's number of a message, which is no number of a person",
    "parked.id": "the platform's number of a message, which is no number of a person",
    "parked.channel": "the name of a bot or number of ours",
    "parked.index": "a keyed hash, so that FORGET finds it",
    "parked.fault": "the name of a kind of error",
    "consultation.id": NAME,
    "consultation.process_id": NAME,
    "consultation.content": STAFF,
    "response.id": NAME,
    "response.process_id": NAME,
    "response.state": "one of the states of a response",
    "response.reason": STAFF,
    "contribution.id": NAME,
    "contribution.process_id": NAME,
    "contribution.person_id": NAME,
    "contribution.consultation_id": NAME,
    "contribution.address_id": NAME,
    "contribution.question": "the name of a question of the organizers",
    "contribution.option": "one of the choices of the organizers: it is counted",
    "contribution.topic": "one of the objectives of the Compact: it is counted",
    "contribution.response_id": NAME,
    "contribution.language": "the staff who read it are found by it",
    "member.person_id": NAME,
    "member.process_id": NAME,
    "member.seat": NAME,
    "invitation.id": "a keyed hash of the words that are handed out",
    "invitation.process_id": NAME,
    "round.id": NAME,
    "round.process_id": NAME,
    "round.content": STAFF,
    "round.rule": "the name of a voting rule",
    "round.result": "published to everybody",
    "ballot.round_id": NAME,
    "ballot.person_id": "who may vote; what they voted is sealed",
    "bulletin.id": NAME,
    "bulletin.process_id": NAME,
    "bulletin.content": STAFF,
    "broadcast.id": NAME,
    "broadcast.process_id": NAME,
    "broadcast.subject": NAME,
    "broadcast.renditions": STAFF,
    "broadcast.audience": "whom the organizers address: languages, regions, channels, roles, seats",
    "broadcast.hours": "the hours, time zones and quiet days that the organizers keep",
    "broadcast.outside": "names of what is tried after a silence",
    "broadcast.state": "one of the states of a broadcast",
    "broadcast.walked": NAME,
    "broadcast.reached": NAME,
    "standing.broadcast_id": NAME,
    "standing.channel": "the name of a bot or number of ours",
    "standing.language": "the language of many",
    "standing.state": "one of the states of a delivery",
    "standing.code": "the platform's code of an error",
    "schedule.id": NAME,
    "schedule.process_id": NAME,
    "schedule.content": STAFF,
    "schedule.rule": "on which days and at what hour the organizers publish something",
    "sender.name": "the name of a bot or number of ours, as the operator calls it",
    "sender.kind": "the name of a platform",
    "sender.process_id": NAME,
    "door.sender": "the name of a bot or number of ours",
    "door.word": "written by the organizers on posters and in links",
    "door.process_id": NAME,
    "door.language": "the language of a poster",
    "door.source": "where the organizers put a word up",
    "circuit.channel": "the name of a bot or number of ours",
    "circuit.code": "the platform's code of an error",
    "circuit.probe": "our id of a delivery",
    "correction.language": "the language of a text of ours",
    "correction.text": "a hash of a text of ours",
    "correction.wording": "what our own texts say in another language, for everybody to read",
    "correction.before": "what our own texts said in another language",
    "correction.staff_id": NAME,
    "template.channel": "the name of a bot or number of ours",
    "template.name": "what a text is for, as the organizers call it",
    "template.language": "the language of a text of the organizers",
    "template.provider_id": "the platform's number of a text of the organizers",
    "template.status": "one of the words of a platform",
    "template.body": "the sentence of ours around a text of the organizers",
    "template.reason": "why a platform refuses a text of the organizers",
    "journal.at": "when staff did something",
    "journal.staff_id": NAME,
    "journal.process_id": NAME,
    "journal.act": "one of the acts of staff",
    "journal.object": "a random name of what staff did something to, or a sender and the word of a door",
    "journal.facts": "words of our own and numbers: a role, a language, how many",
    "journal.previous": "a hash of what stands in the table",
    "journal.hash": "a hash of what stands in the table",
    "program.id": "the name of a running program: its machine and process",
    "program.place": "a keyed hash of where a key file lies",
    "keycheck.proof": "a keyed hash of nothing; the key is not in the database",
    "mark.name": "what we have done at a moment; of whom it says nothing",
    "delivery.id": NAME,
    "delivery.person_id": NAME,
    "delivery.address_id": NAME,
    "delivery.broadcast_id": NAME,
    "delivery.channel": "the name of a bot or number of ours",
    "delivery.language": "what leaves is counted by it, and it is shared by many",
    "delivery.state": "one of the states of a delivery",
    "delivery.owner": "the name of a worker process",
    "delivery.provider_id": "the platform's number of a message, to ask what became of it; gone with FORGET",
    "delivery.code": "the platform's code of an error",
    "report.delivery_id": NAME,
    "report.provider_id": "the platform's number of a message; gone with FORGET",
    "report.status": "one of the words of a platform",
    "report.code": "the platform's code of an error",
    "staff.id": NAME,
    "staff.login": "whoever invites somebody writes it down, and they are found by it when they sign in",
    "staff.name": "what a member of staff wants to be called by their colleagues",
    "staff.password": "a slow hash with a salt of its own",
    "staff.language": "one of the languages of the console",
    "staff.look": "one of the looks of the console",
    "recovery_code.id": "a keyed hash of what was shown once; the key is not in the database",
    "recovery_code.staff_id": NAME,
    "grant.id": NAME,
    "grant.staff_id": NAME,
    "grant.process_id": NAME,
    "grant.role": "one of the roles of staff",
    "grant.languages": "in which languages a member of staff works",
    "staff_invitation.id": "a hash of 256 random bits that only a link has",
    "staff_invitation.staff_id": NAME,
    "sign_in.id": "a hash of 256 random bits that only a browser has",
    "sign_in.staff_id": NAME,
    "sign_in.browser": "coarse, of a few: a member of staff tells their own by it",
    "attempt.id": NAME,
    "attempt.target": "a keyed hash of a login or of an address on the net; the key is not in the database",
}
WRAPPED = {"person.key": "wrapped by a key that is not in the database"}


def open_to_read(tables: MetaData) -> set[str]:
    """Columns that can hold what somebody wrote and are not sealed: any kind but the few that cannot."""
    return {
        f"{table.name}.{column.name}"
        for table in tables.tables.values()
        for column in table.columns
        if not isinstance(column.type, Sealed) and _holds_words(column)
    }


def _holds_words(column: Column[object]) -> bool:
    kind: object = column.type
    return isinstance(kind, String | LargeBinary | JSON) or type(kind).__name__ not in (
        "Integer", "Boolean", "Date", "Moment"
    )  # fmt: skip


def test_every_column_is_sealed_or_plain_for_a_reason() -> None:
    assert open_to_read(metadata) == PLAIN.keys() | WRAPPED.keys()


def test_every_reason_is_a_reason() -> None:
    assert all(len(reason) >= 20 for reason in (PLAIN | WRAPPED).values())


def test_a_new_readable_column_would_be_found() -> None:
    tables = MetaData()
    Table(
        "diary",
        tables,
        Column("id", Integer),
        Column("words", Text),
        Column("more", String(20)),
        Column("facts", JSON),
        Column("sound", LargeBinary),
        Column("secret", Sealed),
    )
    assert open_to_read(tables) == {"diary.words", "diary.more", "diary.facts", "diary.sound"}
