"""Consultations for tests of any room: as they are written, requested, approved and opened."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import flows
from flows import QuestionKind
from handlers import consultations, drafts, openings
from handlers.drafts import Draft, QuestionDraft
from handlers.writing import contents
from storage.consultations import BY_HAND, Dates
from storage.openings import StoredOpening
from tests.handlers.house import NOW, House
from tests.handlers.written import consultation, option

WRITER, SECOND, THIRD = "amina", "bilal", "chloe"
TITLE = "Seeing a doctor"
DRAFT = Draft(
    title={"en": TITLE, "fr": "Voir un médecin"},
    purpose={"en": "To know what keeps people away."},
    who_decides={"en": "The ministers."},
    what_can_change={"en": "The plan."},
    level="consultation",
    answer_by=(NOW + timedelta(days=20)).date().isoformat(),
    respond_by=(NOW + timedelta(days=50)).date().isoformat(),
    questions=(
        QuestionDraft("q1", QuestionKind.CHOICE, {"en": "Have you been?"}, {"en": "I have\nI have not"}),
        QuestionDraft("q2", QuestionKind.SEVERAL, {"en": "What kept you?"}, {"en": "Waiting\nCost\nLanguage\nFear"}),
        QuestionDraft(
            "q3", QuestionKind.SCALE, {"en": "How hard was it?"}, lowest={"en": "Easy"}, highest={"en": "Very hard"}
        ),
        QuestionDraft("q4", QuestionKind.OPEN, {"en": "What would make it easier?"}),
    ),
)
ALL_KINDS = replace(
    consultation(),
    questions=(
        flows.Question("been", {"en": "Have you been?"}, (option("yes", "I have"), option("no", "I have not"))),
        flows.Question(
            "kept",
            {"en": "What kept you?"},
            tuple(option(label.lower(), label) for label in ("Waiting", "Cost", "Language", "Fear")),
            several=True,
        ),
        flows.Question("hard", {"en": "How hard was it?"}, scale=flows.Scale({"en": "Easy"}, {"en": "Very hard"})),
        flows.Question("why", {"en": "What would make it easier?"}),
    ),
)


async def opens(house: House, asking: contents.Consultation = ALL_KINDS, dates: Dates = BY_HAND) -> str:
    """At once, without anybody's approval; gives its id."""
    name, _broadcast = await house.acts(
        lambda session, process, now: consultations.open_(session, process, asking, now, dates)
    )
    return name


async def drafted(house: House, **changes: Any) -> str:
    """A draft that is finished, unless the changes say otherwise; gives its id."""
    name = await house.acts(lambda session, process, now: drafts.begin(session, process, WRITER, now))
    await writes(house, name, replace(DRAFT, **changes))
    return name


async def writes(house: House, name: str, draft: Draft, edited: int = 1, staff_id: str = WRITER) -> int:
    return await house.acts(
        lambda session, process, now: drafts.write(session, process, name, draft, edited, staff_id, now)
    )


async def requests(house: House, name: str, edited: int = 2, staff_id: str = WRITER) -> StoredOpening:
    return await house.acts(
        lambda session, process, now: openings.request(session, process, name, edited, staff_id, now)
    )


async def approves(house: House, opening: StoredOpening, staff_id: str = SECOND, shown: str = "") -> StoredOpening:
    """Approve what was requested, or what is said to have been shown."""
    return await house.acts(
        lambda session, process, now: openings.approve(
            session, process, opening.id, staff_id, shown or opening.hash, now
        )
    )


async def how_it_is(house: House, opening: StoredOpening) -> StoredOpening:
    return await house.acts(lambda session, process, _now: openings.get(session, process, opening.id))
