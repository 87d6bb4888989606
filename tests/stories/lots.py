"""A council that is found by lot: called for, put forward for in the chat, drawn, and its seats taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import flows
from council.lots import Limits
from handlers import candidates, councils, draws, member_calls, processes
from handlers.councils import Places
from handlers.draws import Plan
from handlers.member_calls import Calling
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import _, speaking
from storage import Session
from storage.states import DrawState, SeatKind
from tests.stories.test_linking import hears
from tests.stories.town import Person, StoryTown
from tests.waiting import until

STAFF, COLLEAGUE = "staff-1", "staff-2"
NAME = {"en": "Health council", "fr": "Conseil de la santé", "es": "Consejo de salud", "ar": "مجلس الصحة"}
ASKS = {"en": "Two hours a month.", "fr": "Deux heures par mois.", "es": "Dos horas al mes.", "ar": "ساعتان في الشهر."}
GIVES = {"en": "Twenty francs.", "fr": "Vingt francs.", "es": "Veinte francos.", "ar": "عشرون فرنكا."}
GENDER = flows.QuotaFact(
    "gender",
    {"en": "Who are you?", "fr": "Qui parle?", "es": "¿Quién es usted?", "ar": "من أنتم؟"},
    {
        "en": "So that both sit there.",
        "fr": "Pour que les deux y soient.",
        "es": "Para que estén los dos.",
        "ar": "لكلاهما.",
    },
    (
        flows.Option("woman", {"en": "A woman", "fr": "Une femme", "es": "Una mujer", "ar": "امرأة"}),
        flows.Option("man", {"en": "A man", "fr": "Un homme", "es": "Un hombre", "ar": "رجل"}),
    ),
)


@dataclass(frozen=True, slots=True)
class Called:
    """A council whose members are called for."""

    council: str
    call: str


async def calls_for(square: StoryTown, seats: int) -> Called:
    """So many seats are to be drawn; one more is an organization's, which names nobody."""

    async def act(session: Session, process: OpenProcess, now: datetime) -> Called:
        made = await councils.open_(session, process, contents.Council(NAME), now)
        await councils.add_seats(session, process, made.id, Places(seats, SeatKind.DRAWN), now)
        await councils.add_seats(session, process, made.id, Places(1, SeatKind.ORGANIZATION, "A union"), now)
        closes = now.date() + timedelta(days=7)
        call = contents.MemberCall(seats, ASKS, GIVES, closes, (GENDER,))
        return Called(made.id, await member_calls.open_(session, process, Calling(made.id, call), now))

    return await square.acts(act)


async def stands(person: Person, language: str, gender: str) -> None:
    """They hear the call, and put themselves forward."""
    await hears(person, NAME[language], word("candidate", language))
    person.says(word("candidate", language))
    await person.hears_choices(ASKS[language], GIVES[language])
    person.says("1")
    await person.hears_choices(GENDER.label[language])
    person.says("1" if gender == "woman" else "2")
    await hears(person, word("candidate", language))


async def withdraws(person: Person, language: str) -> None:
    person.says(word("candidate", language))
    await person.hears_choices(NAME[language])
    person.says("1")
    with speaking(language):
        await person.hears(_("You have withdrawn. Nothing of it is left here."))


async def drawn(square: StoryTown, called: Called, seats: int, quotas: Mapping[str, Limits]) -> None:
    """Announced, drawn by the worker with a public value, and confirmed by a colleague."""
    parts = square.parts

    async def announced(session: Session, process: OpenProcess, now: datetime) -> str:
        before = now - timedelta(hours=3)
        source = "The numbers of the state lottery of this evening"
        plan = Plan(called.council, called.call, seats, {"gender": quotas}, source, now - timedelta(hours=1))
        name = (await draws.announce(session, parts.keys, process, plan, STAFF, before)).id
        await draws.enter(session, process, name, "3 17 21 40", STAFF, now)
        return name

    name = await square.acts(announced)

    async def is_drawn() -> bool:
        async with parts.database.reading() as session:
            its = await draws.get(session, await processes.named(session), name)
        return its.state is DrawState.DRAWN

    await until(is_drawn)
    await square.acts(lambda session, process, now: draws.confirm(session, parts.keys, process, name, COLLEAGUE, now))


async def takes_seats(square: StoryTown, people: Sequence[tuple[Person, str]]) -> list[tuple[Person, str]]:
    """All hear what the draw gave. The first who was drawn declines, so that the substitute follows; gives who sits."""
    offered: list[tuple[Person, str]] = []
    waiting: list[tuple[Person, str]] = []
    for person, language in people:
        heard = await hears(person, NAME[language], word("candidate", language))
        says_until_when = any(sign.isdigit() for sign in heard)
        (offered if says_until_when else waiting).append((person, language))
    assert (len(offered), len(waiting)) == (len(people) - 1, 1)
    (declining, language), *taking = offered
    await _answers(declining, language, "2")
    await square.organizer(lambda session, now: candidates.follow_due(session, square.parts.keys, now))
    for person, its_language in waiting:
        await hears(person, NAME[its_language], word("candidate", its_language))
    sitting = [*taking, *waiting]
    for person, its_language in sitting:
        await _answers(person, its_language, "1")
    return sitting


async def _answers(person: Person, language: str, number: str) -> None:
    person.says(word("candidate", language))
    await person.hears_choices(NAME[language])
    person.says(number)
    await person.hears()


def word(name: str, language: str) -> str:
    with speaking(language):
        return flows.to_send(name)
