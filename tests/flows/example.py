"""A process with everything in it, and every way through a talk about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module

from msgspec import structs

from flows import (
    LISTED,
    Answer,
    Ask,
    Effect,
    Facts,
    Flow,
    Kept,
    Lobby,
    MemberCall,
    OpenConsultation,
    OpenInquiry,
    OpenPart,
    OpenRound,
    OpenSounding,
    OpenText,
    Option,
    OwnBallot,
    OwnContribution,
    PastRound,
    PlaceInText,
    Process,
    Promise,
    Proposal,
    PublicMatter,
    Question,
    QuotaFact,
    RatedResponse,
    Region,
    Scale,
    ShownStatement,
    Spoke,
    Surroundings,
    Turn,
    Wants,
    Words,
    advance,
)
from storage.states import ResponseState
from tests.every_channel import every_channel

LONGEST_TALK = 12

PROCESS = Process(
    title={"en": "Regional review", "fr": "Examen régional"},
    organizer={"en": "Harbour Migration Forum"},
    languages=("en", "fr", "es", "ar"),
    regions=(Region("north", {"en": "The north", "ar": "الشمال"}), Region("south", {"en": "The south"})),
    contact={"en": "help@forum.example"},
)
CONSULTATION = OpenConsultation(
    id="c1",
    title={"en": "Finding work", "es": "Encontrar trabajo"},
    promise=Promise(
        purpose={"en": "We want to know what helps people find work."},
        who_decides={"en": "The ministers of the region."},
        what_can_change={"en": "The list of priorities."},
        level="consultation",
        answer_by=date(2026, 4, 30),
    ),
    questions=(
        Question("q1", {"en": "What stops people from finding work?"}),
        Question("q2", {"en": "What helps most?"}, (Option("a", {"en": "Classes"}), Option("b", {"en": "A permit"}))),
        Question(
            "q3",
            {"en": "Whom have you asked?"},
            (Option("c", {"en": "An office"}), Option("d", {"en": "Friends"})),
            several=True,
        ),
        Question("q4", {"en": "How hard is it?"}, scale=Scale({"en": "Easy", "fr": "Facile"}, {"en": "Very hard"}, 3)),
    ),
)
ROUND = OpenRound(
    id="r1",
    title={"en": "Priorities of the council"},
    matters=(Option("m1", {"en": "Classes"}), Option("m2", {"en": "Cheaper transfers"}), Option("m3", {"en": "Visas"})),
    closes=date(2026, 5, 10),
)
GIVEN = (
    OwnContribution(date(2026, 3, 1), "pathways", None, ResponseState.RECEIVED, "o1", has_words=True),
    OwnContribution(
        date(2026, 3, 4), "", None, ResponseState.TAKEN_UP, "o2", {"en": "Clinics", "fr": "Cliniques"}, True, True
    ),
    OwnContribution(date(2026, 3, 3), "", {"en": "Finding work"}, ResponseState.CONSIDERED, "c1"),
    OwnContribution(date(2026, 3, 2), "data", None, ResponseState.NOT_TAKEN_UP, "o3", has_words=True),
    OwnContribution(date(2026, 3, 1), "data", None, ResponseState.READ, "o4", has_words=True),
)
MATTERS = (
    PublicMatter("m1", {"en": "Interpreters at all clinics of the region", "fr": "Interprètes"}, ResponseState.READ),
    PublicMatter("m2", {"en": "Visas"}, follows=True),
    PublicMatter("m3", {"ar": "مدارس"}, ResponseState.TAKEN_UP, follows=True, supports=True),
)
SOUNDING = OpenSounding(
    id="s1",
    title={"en": "Life in the region", "fr": "La vie dans la région"},
    promise=CONSULTATION.promise,
    number=12,
    left=4,
    statement=ShownStatement("st1", {"es": "Faltan buses en la noche."}),
)
TOPICS = ("followed", "leaving", "working", "else")
TEXTS = (Option("t1", {"en": "Participation plan", "fr": "Plan"}), Option("t2", {"en": "Rules", "ar": "قواعد"}))
TEXT = OpenText(
    PlaceInText("t1"),
    True,
    (Option("p1", {"en": "Meetings"}), Option("p2", {"en": "Languages", "fr": "Langues"})),
    more=True,
)
PART = OpenPart("p1", 2, 3, "p2", (Proposal("a1"), Proposal("a2", supports=True)))


ELSEWHERE = (Option("p2", {"en": "National review", "fr": "Examen national"}), Option("p3", {"en": "Hills"}))
LOBBY = Lobby(languages=PROCESS.languages)


def surroundings(channel: str, place: Process | Lobby = PROCESS, elsewhere: tuple[Option, ...] = ()) -> Surroundings:
    held_on = every_channel()[channel]
    return Surroundings(
        place,
        held_on.costs_by_length,
        held_on.takes_voice,
        held_on.reserved_words,
        held_on.carrier,
        held_on.shows_numbers,
        held_on.most_buttons,
        elsewhere,
    )


AGE = QuotaFact("age", {"en": "How old are you?"}, {"en": "So that all are drawn."}, (Option("a", {"en": "Under 30"}),))
CALLS = tuple(
    MemberCall(
        f"call{place}",
        {"en": name, "es": f"El {name}"},
        {},
        {"en": "Two hours a month"},
        {"en": "20 euros an hour"},
        date(2026, 5, 1),
        (AGE,),
        state,
    )
    for place, (state, name) in enumerate((("", "Youth"), ("offered", "Elders"), ("standing", "Health")))
)


def facts(language: str = "en", channel: str = "telegram") -> Facts:
    known = Kept(
        language=language,
        channel=channel,
        consented=True,
        consulted=True,
        votes=True,
        informed=True,
        gave=True,
        bulletin={"en": "The meeting is in May."},
        consultation=CONSULTATION,
        round=ROUND,
        own_ballots=(OwnBallot(replace(ROUND, voted=True, ballot='["m1"]'), "7K3QM2X9RD"),),
        past_rounds=(PastRound("r0", {"en": "What comes first"}, True), PastRound("r9", {"en": "Who speaks"}, False)),
        own_contributions=GIVEN,
        seated=True,
        linked=True,
        linking_code="48213977",
        link="l1",
        raised=True,
        topics=TOPICS,
        response=RatedResponse("response1", date(2026, 3, 8), ResponseState.TAKEN_UP),
        councils=(Option("c1", {"en": "Council", "es": "Consejo"}), Option("c2", {"en": "Youth council"})),
        called=True,
        calls=CALLS,
        inquiry=OpenInquiry("i1", "m1", {"en": "Which clinic?", "es": "¿Qué clínica?"}),
        sounds=True,
        sounding=SOUNDING,
        drafted=True,
        texts=TEXTS,
    )
    return known.within(surroundings(channel))


def bare(language: str = "en", channel: str = "sms") -> Facts:
    """The same process with nothing going on in it, to a person who just came."""
    process = replace(PROCESS, regions=(), contact=None)
    return Kept(language=language, channel=channel).within(surroundings(channel, process))


def in_lobby(language: str = "en", channel: str = "sms") -> Facts:
    """Somebody new, before several processes."""
    return Kept(language=language, channel=channel).within(surroundings(channel, LOBBY, ELSEWHERE))


@dataclass(frozen=True)
class Path:
    """One way through a talk: the answers, and the turn that each of them brought (first the one before any)."""

    answers: tuple[Answer, ...]
    turns: tuple[Turn, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(
            text for turn in self.turns for text in (*turn.texts, *([turn.question.text] if turn.question else []))
        )


def paths(flow: Flow, known: Facts) -> Iterator[Path]:
    """Every way to the end of a talk; of several choices a few combinations. The facts learn the language spoken."""
    yield from _paths(flow, known, (), ())


def _paths(flow: Flow, known: Facts, answers: tuple[Answer, ...], before: tuple[Turn, ...]) -> Iterator[Path]:
    turn = advance(flow.talk, known, answers)
    spoke = [effect.language for effect in turn.effects if isinstance(effect, Spoke)]
    known = structs.replace(known, language=spoke[-1]) if spoke else known
    turns = (*before, turn)
    if turn.question is None:
        yield Path(answers, turns)
        return
    assert len(answers) < LONGEST_TALK, f"{flow.name} does not end"
    for answer in possible(turn.question, len(answers)):
        yield from _paths(flow, known, (*answers, answer), turns)


def named_in(flow: Flow) -> set[type[Effect]]:
    """The effects that a flow's file imports, or has of its own."""
    names = vars(import_module(f"flows.{flow.name}")).values()
    return {name for name in names if isinstance(name, type) and issubclass(name, Effect) and name is not Effect}


def possible(question: Ask, depth: int = 0) -> Sequence[Answer]:
    values = [choice.value for choice in question.choices]
    if question.wants is Wants.WORDS:
        return [Words("Visas for my family"), Words(voice="file-1")]
    if question.wants in LISTED:
        together = [value for value in values if value not in question.alone]
        apart = [(value,) for value in question.alone]
        if question.wants is Wants.SEVERAL:
            return [(together[0],), tuple(together[:2]), tuple(together), *(apart or [(values[-1],)])]
        marks = {Wants.RANKS: "", Wants.MARKS: "=1", Wants.SIDES: "=no"}[question.wants]
        return [(f"{together[0]}{marks}",), tuple(f"{value}{marks}" for value in together), *apart]
    return values
