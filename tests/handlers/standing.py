"""People who put themselves forward for a council."""

import json
import secrets
from collections.abc import Sequence

from sqlalchemy import insert

from storage import Keyring, Session
from storage.tables import candidate, council, member_call, seat
from tests.storage.rows import NOW, Somebody, meet

COUNCIL, CALL = "council-1", "call-1"
SEATS = 12
CONTENT = {
    "seats": SEATS,
    "asks": {"en": "Two hours a month"},
    "gives": {"en": "20 euros an hour"},
    "closes": NOW.date().isoformat(),
    "facts": [
        {
            "value": "gender",
            "label": {"en": "Gender", "fr": "Genre"},
            "why": {"en": "So that women and men are heard."},
            "options": [
                {"value": "woman", "label": {"en": "Woman", "fr": "Femme"}},
                {"value": "man", "label": {"en": "Man", "fr": "Homme"}},
            ],
        }
    ],
}


async def stand(
    session: Session, keys: Keyring, process: str, genders: Sequence[str | None], call: str = CALL
) -> list[Somebody]:
    """A council, a call for its members, and somebody who answered it for each gender; None: it is not told."""
    named = json.dumps({"name": {"en": "Council"}, "rest": 30})
    its = call.replace("call", "council")
    await session.execute(insert(council).values(id=its, process_id=process, content=named, made=NOW))
    await session.execute(
        insert(member_call).values(
            id=call, process_id=process, council_id=its, content=json.dumps(CONTENT), opened=NOW, closes=NOW,
        )
    )  # fmt: skip
    places = [
        {"id": secrets.token_hex(8), "process_id": process, "council_id": its, "kind": "drawn", "made": NOW.date()}
        for _place in range(SEATS)
    ]
    await session.execute(insert(seat), places)
    people = []
    for number, gender in enumerate(genders, 1000 * int(call[-1])):
        who = await meet(session, keys, f"7{number:04}", process=process)
        people.append(who)
        name = secrets.token_hex(8)
        facts = json.dumps({} if gender is None else {"gender": gender})
        await session.execute(
            insert(candidate).values(
                id=name, process_id=process, call_id=call, person_id=who.id, stood=NOW.date(), state="standing",
                facts=who.key.seal(facts, candidate.c.facts, name),
            )
        )  # fmt: skip
    return people
