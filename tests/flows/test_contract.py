"""What every file in flows/ keeps, found by walking every way through it, in every language, on every channel."""

import re
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from msgspec import structs

import channels
from flows import (
    LEVELS,
    Answer,
    Answered,
    Ask,
    Consented,
    Effect,
    Facts,
    Flow,
    Kept,
    Moved,
    Say,
    Shared,
    ShownStatement,
    Spoke,
    Switched,
    Talk,
    Turn,
    Wants,
    advance,
    fits,
    flows,
    only,
    to_send,
)
from flows import help as help_
from flows._engine.folding import fold
from flows.amend import Amended, PartCompared, PartRead, Presented, ProposalRead
from flows.myvote import CodeSent
from flows.opine import Opined, Proposed
from flows.others import LookedInto
from flows.rate import Rated
from flows.status import LookedBack
from flows.switch import Entered
from flows.vote import ReadUp
from handlers.talk.deciding import WITHOUT_CONSENT
from locales import _, languages, speak, speaking
from storage.states import Opinion
from tests.every_channel import every_channel
from tests.flows.example import (
    CONSULTATION,
    ELSEWHERE,
    MATTERS,
    PART,
    PROCESS,
    SOUNDING,
    TEXT,
    bare,
    facts,
    in_lobby,
    named_in,
    paths,
    surroundings,
)

MAY_HAPPEN_TWICE = (
    Spoke, Consented, Moved, Answered, Shared, Rated, ReadUp, LookedBack, LookedInto, Opined, Proposed,
    Amended, PartCompared, PartRead, Presented, ProposalRead,
)  # fmt: skip
"""Going back replays them, so they are recorded as the latest word and not as one more; what is read is read again."""
IN_WRITING = ("rate", "ask", "reason", "myvote")
"""Where nobody would listen to a voice note."""
SAYS_SOMETHING = (Switched, Entered, LookedBack, CodeSent)
"""What follows them is said by another talk, or by who looks it up."""

everywhere = pytest.mark.parametrize("channel", channels.kinds())
in_every_language = pytest.mark.parametrize("language", languages())
every_flow = pytest.mark.parametrize("flow", flows().values(), ids=flows())


def circumstances(language: str, channel: str) -> Iterator[Facts]:
    full = facts(language, channel)
    yield full
    yield bare(language, channel)
    yield structs.replace(full, stopped=True)
    yield structs.replace(full, stopped=True, silent=True)
    yield structs.replace(full, silent=True, wanted="status")
    yield structs.replace(full, code="482913")
    yield structs.replace(full, answered=("q1", "q2", "q3"))
    assert full.round
    assert full.response
    voted = replace(full.round, voted=True, ballot='["m1"]')
    yield structs.replace(full, round=voted, place=replace(full.process, languages=("en",)))
    yield structs.replace(full, round=replace(full.round, explained=("m2",)))
    yield structs.replace(full, round=replace(full.round, explained=("m2",), pieces={"m2": 3}))
    yield structs.replace(full, topic="leaving", matters=MATTERS)
    yield structs.replace(full, topic="leaving", matters=MATTERS[:1], over=True)
    yield structs.replace(full, topic="leaving")
    yield structs.replace(full, opened=TEXT)
    yield structs.replace(full, opened=replace(TEXT, parts=(), more=False), texts=full.texts[:1])
    yield structs.replace(full, opened=replace(TEXT, part=PART))
    yield structs.replace(full, opened=replace(TEXT, takes=False, part=replace(PART, behind="", pieces=1)))
    yield structs.replace(full, response=replace(full.response, tapped="partly"))
    yield structs.replace(full, own_contributions=full.own_contributions[2:3], inquiry=None)
    yield structs.replace(full, own_ballots=(), past_rounds=full.past_rounds[:1])
    yield structs.replace(full, own_ballots=(), past_rounds=())
    yield structs.replace(full, elsewhere=ELSEWHERE)
    earlier = ShownStatement("st1", {"en": "Buses should be free."}, Opinion.AGREES, 2)
    yield structs.replace(full, sounding=replace(SOUNDING, statement=earlier, goes_on=True))
    yield structs.replace(full, sounding=replace(SOUNDING, statement=None, left=0, goes_on=True))
    yield structs.replace(full, sounding=replace(SOUNDING, statement=None, number=0, left=0, can_propose=False))
    yield structs.replace(full, silent=True, elsewhere=ELSEWHERE)


def circumstances_of(flow: Flow, language: str, channel: str) -> Iterator[Facts]:
    """Those, and before several processes what can be held there."""
    yield from circumstances(language, channel)
    if flow.name in WITHOUT_CONSENT and flow.name != "welcome":
        lobby = in_lobby(language, channel)
        yield lobby
        yield structs.replace(lobby, stopped=True)


@every_flow
@in_every_language
@everywhere
def test_every_talk_opens_and_ends(flow: Flow, language: str, channel: str) -> None:
    for known in circumstances_of(flow, language, channel):
        for path in paths(flow, known):
            last = path.turns[-1]
            assert last.texts or any(isinstance(effect, SAYS_SOMETHING) for effect in last.effects)


@every_flow
@in_every_language
def test_a_restart_at_any_answer_changes_nothing(flow: Flow, language: str) -> None:
    for path in paths(flow, facts(language)):
        texts, happened = uninterrupted(flow, facts(language), path.answers)
        assert list(path.texts) == texts
        assert [effect for turn in path.turns for effect in turn.effects] == happened


def uninterrupted(flow: Flow, known: Facts, answers: tuple[Answer, ...]) -> tuple[list[str], list[object]]:
    """What is said and what happens when the talk is held in one go, without a replay."""
    texts: list[str] = []
    happened: list[object] = []
    left = iter(answers)
    with speaking(known.language):
        talk = flow.talk(known)
        step = next(talk, None)
        while step is not None:
            if isinstance(step, (Ask, Say)):
                texts.append(step.text)
            else:
                happened.append(step)
            if isinstance(step, Spoke):
                speak(step.language)
            step = sent(talk, next(left)) if isinstance(step, Ask) else next(talk, None)
    return texts, happened


def sent(talk: Talk, answer: Answer) -> Ask | Say | Effect | None:
    try:
        return talk.send(answer)
    except StopIteration:
        return None


@every_flow
@in_every_language
def test_what_is_stored_comes_back_the_same(flow: Flow, language: str) -> None:
    kept = only(facts(language), flow.needs)
    assert msgspec.json.decode(msgspec.json.encode(kept), type=Kept) == kept
    for path in paths(flow, kept.within(surroundings("telegram"))):
        stored = msgspec.json.encode(path.answers)
        assert msgspec.json.decode(stored, type=tuple[Answer, ...]) == path.answers


@every_flow
def test_a_flow_reads_only_the_facts_it_needs(flow: Flow) -> None:
    for known in circumstances_of(flow, "en", "sms"):
        around = surroundings("sms", known.place, known.elsewhere)
        assert list(paths(flow, only(known, flow.needs).within(around))) == list(paths(flow, known))


@every_flow
@everywhere
def test_nothing_of_the_process_or_the_channel_is_kept_with_a_talk(flow: Flow, channel: str) -> None:
    kept = msgspec.json.encode(only(facts(channel=channel), flow.needs)).decode()
    assert all(text not in kept for text in (*PROCESS.title.values(), *PROCESS.organizer.values()))
    assert set(msgspec.json.decode(kept)) <= set(Kept.__struct_encode_fields__)


@every_flow
@in_every_language
@everywhere
def test_a_voice_note_is_asked_for_only_where_it_can_be_received(flow: Flow, language: str, channel: str) -> None:
    with speaking(language):
        offer = _("Answer in your own words, or send a voice note.")
    takes_voice = every_channel()[channel].takes_voice and flow.name not in IN_WRITING
    for path in paths(flow, facts(language, channel)):
        wants_words = [turn.question for turn in path.turns if turn.question and turn.question.wants is Wants.WORDS]
        assert all((offer in question.text) == takes_voice for question in wants_words)


@every_flow
@in_every_language
def test_every_question_can_be_answered_by_number_and_by_label(flow: Flow, language: str) -> None:
    for path in paths(flow, facts(language)):
        for question in (turn.question for turn in path.turns if turn.question and turn.question.choices):
            values = [choice.value for choice in question.choices]
            labels = [fold(choice.label) for choice in question.choices]
            assert len(set(values)) == len(values)
            assert len(set(labels)) == len(labels), f"two choices read alike: {labels}"
            assert all(re.fullmatch(r"[a-z0-9_.-]{1,40}", value) for value in values)
            assert all(re.search(r"[^\W\d]", label) for label in labels)


@every_flow
@in_every_language
@everywhere
def test_no_label_is_a_word_that_a_carrier_acts_on(flow: Flow, language: str, channel: str) -> None:
    reserved_words = every_channel()[channel].reserved_words
    for path in paths(flow, facts(language, channel)):
        for choice in (choice for turn in path.turns if turn.question for choice in turn.question.choices):
            reserved = reserved_words.get(fold(choice.label))
            assert reserved is None or reserved == choice.value


@every_flow
def test_what_can_be_taken_back_happens_last(flow: Flow) -> None:
    for path in paths(flow, facts()):
        for turn in path.turns[:-1]:
            assert all(isinstance(effect, MAY_HAPPEN_TWICE) for effect in turn.effects)


@every_flow
def test_taking_the_last_answer_back_asks_the_same_question_again(flow: Flow) -> None:
    for path in paths(flow, facts()):
        for number in range(len(path.answers)):
            known = structs.replace(facts(), language=spoken_before(path.turns[: number + 1]))
            assert advance(flow.talk, known, path.answers[:number]).question == path.turns[number].question
            question = path.turns[number].question
            assert question
            assert fits(question, path.answers[number])


def spoken_before(turns: tuple[Turn, ...]) -> str:
    spoke = [effect.language for turn in turns for effect in turn.effects if isinstance(effect, Spoke)]
    return spoke[-1] if spoke else "en"


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_of_participation_can_be_promised(level: str) -> None:
    promised = replace(CONSULTATION, promise=replace(CONSULTATION.promise, level=level))
    turn = advance(flows()["answer"].talk, structs.replace(facts(), consultation=promised), ())
    assert LEVELS[level] in turn.texts[0]


@every_flow
def test_a_flow_makes_happen_what_its_file_names(flow: Flow) -> None:
    """An effect that it imports, or has of its own, happens on some way through it; no other does."""
    ways = [path for known in circumstances_of(flow, "en", "sms") for path in paths(flow, known)]
    assert {type(effect) for path in ways for turn in path.turns for effect in turn.effects} == named_in(flow)


def offered() -> set[str]:
    """Where the menu can lead."""
    ways = paths(flows()["menu"], facts())
    return {effect.flow for way in ways for effect in way.turns[-1].effects if isinstance(effect, Switched)}


@every_flow
def test_its_words_can_be_learnt_from_help_or_the_menu(flow: Flow) -> None:
    """What is heard in the middle of any talk is told by HELP itself, which they have just sent."""
    assert not flow.words or flow.name in {*help_.ORDER, "help"}
    assert set(help_.ORDER) | {"help"} == {name for name, other in flows().items() if other.words}


@every_flow
@in_every_language
def test_what_cannot_be_done_now_is_offered_by_no_flow(flow: Flow, language: str) -> None:
    """And whoever offers something has words for it."""
    with speaking(language):
        for known in (*circumstances(language, "sms"), in_lobby(language)):
            assert not flow.offer(known) or flow.words
            help_text = "\n".join(advance(flows()["help"].talk, known, ()).texts)
            named_in_help = f"\n{to_send(flow.words[0])}:" in help_text.replace("\u00a0", "") if flow.words else False
            assert named_in_help == (bool(flow.offer(known)) and flow.name != "help")


def test_help_names_the_words_of_what_can_be_done_now() -> None:
    everything = {
        "share", "answer", "vote", "news", "status", "others", "region", "candidate", "seat", "unlink", "prefer",
        "myvote",
        "menu", "language", "leave", "stop", "forget",
    }  # fmt: skip
    assert told_by_help(facts()) == everything
    nothing_open = structs.replace(
        facts(),
        consulted=False,
        votes=False,
        informed=False,
        gave=False,
        raised=False,
        called=False,
        region_known=True,
        seated=False,
        linked=False,
        drafted=False,
    )
    assert told_by_help(nothing_open) == {"share", "link", "menu", "language", "leave", "stop", "forget"}
    assert told_by_help(structs.replace(facts(), consented=False)) == {"language", "stop", "forget"}
    assert told_by_help(structs.replace(facts(), stopped=True)) == {"start", "forget"}
    assert told_by_help(structs.replace(facts(), silent=True)) == {"stop"}
    assert told_by_help(structs.replace(facts(), elsewhere=ELSEWHERE)) == {*everything, "switch"}
    assert told_by_help(in_lobby()) == {"language", "stop", "forget"}


def told_by_help(known: Facts) -> set[str]:
    help_text = "\n".join(advance(flows()["help"].talk, known, ()).texts)
    return {name for name in help_.ORDER if f"\n{to_send(name)}: " in help_text}


def test_the_menu_leads_only_where_there_is_a_flow() -> None:
    assert offered() <= set(flows())
    assert offered() == {"share", "answer", "vote", "news", "status", "others", "opine", "amend", "help", "stop"}
