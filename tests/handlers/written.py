"""What organizers of these tests write."""

from datetime import timedelta

import flows
from handlers.writing import contents
from tests.handlers.house import NOW


def consultation() -> contents.Consultation:
    return contents.Consultation(
        title={"en": "Seeing a doctor"},
        promise=flows.Promise(
            purpose={"en": "To know what keeps people away."},
            who_decides={"en": "The ministers."},
            what_can_change={"en": "The plan."},
            level="consultation",
            answer_by=(NOW + timedelta(days=20)).date(),
            respond_by=(NOW + timedelta(days=50)).date(),
        ),
        questions=(
            flows.Question("been", {"en": "Have you been?"}, (option("yes", "I have"), option("no", "I have not"))),
            flows.Question("why", {"en": "What would make it easier?"}),
        ),
    )


def to_vote(title: str = "What comes first", days: int = 3, rule: str = "majority") -> contents.Round:
    return contents.Round(
        title={"en": title},
        matters=(matter("clinic", "Interpreters"), matter("fees", "Lower fees"), matter("school", "A place at school")),
        closes=(NOW + timedelta(days=days)).date(),
        rule=rule,
    )


def option(value: str, label: str) -> flows.Option:
    return flows.Option(value, {"en": label})


def matter(value: str, label: str, about: str = "") -> contents.Matter:
    return contents.Matter(value, {"en": label}, {"en": about} if about else {})
