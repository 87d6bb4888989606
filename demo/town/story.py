"""The town's past: what its people and its organizer did before a visitor comes, through the real front door."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import flows
from channels._tap import unpack
from demo.phones import Poster
from demo.platforms.chats import Chat
from demo.platforms.telegram import FakeTelegram
from demo.platforms.twilio import FakeTwilio
from demo.town import scenery
from demo.town.running import Office, Town
from demo.town.scenery import Recommendation, Resident, to_ask, to_vote
from handlers import (
    bulletins,
    consultations,
    doors,
    inputs,
    items,
    matters,
    people,
    processes,
    responses,
    rounds,
    staff,
)
from handlers.doors import NewDoor
from handlers.items import ItemDraft, Translation
from handlers.matters import Draft
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import speaking
from storage import Session, outbox
from storage import contributions as stored
from storage.states import RenditionState

LINKING_NUMBER = re.compile(r"\b\d{8}\b")
A_STEP = timedelta(seconds=25)
"""How long one thing takes that somebody does. Less than the lease of a send."""
LONG_ENOUGH = 20.0
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


async def play(town: Town) -> None:
    """Everything in its order; the clock is back at the real time when it ends."""
    for ago, slug, scene in SCENES:
        town.clock.set_back(ago)
        await scene(town.office(slug))
        await quiet(town)
    town.clock.set_back(timedelta(0))


@dataclass(frozen=True, slots=True)
class Chooses:
    """One of the choices that are offered: tapped where there are buttons, else typed."""

    value: str
    typed: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note."""


Line = str | Chooses | Voice


async def _meet(office: Office) -> None:
    """Somebody opens the process and puts up its doors, and people join."""
    await office.town.does(lambda session, now: processes.begin(session, office.content.process, now))
    await office.acts(lambda session, process, _now: _put_up(session, process, office.content.doors))
    await _together(office.town, {resident: list(_welcome(office, resident)) for resident in _joined(office)})


async def _put_up(session: Session, process: OpenProcess, new: Sequence[NewDoor]) -> None:
    for door in new:
        await doors.add(session, process, door)


async def _link(office: Office) -> None:
    """Who writes from two phones links them: the number that one was told is sent from the other."""
    people_here = _joined(office)
    for resident in [resident for resident in people_here if resident.linked_with]:
        first = next(
            other for other in people_here if (other.sender, other.name) == (resident.linked_with, resident.name)
        )
        await _together(office.town, {first: [_word(first, "link")]})
        number = LINKING_NUMBER.search(_chat(office.town, first).ours()[-1].text)
        if number is None:
            raise LookupError("no number was told that links two chats")
        await _together(office.town, {resident: [number[0], Chooses("yes", "1")]})


async def _brief(office: Office) -> None:
    bulletin = contents.Bulletin(office.content.bulletins[0].text)
    await _tells(office, lambda session, process, now: bulletins.publish(session, process, bulletin, now))


async def _recommend(office: Office) -> None:
    lines = {
        resident: [line for recommendation in resident.recommends for line in _recommendation(resident, recommendation)]
        for resident in _joined(office)
    }
    await _together(office.town, lines)


async def _ask(office: Office) -> None:
    asking = to_ask(office.content.consultation, office.town.clock())
    await _tells(office, lambda session, process, now: consultations.open_(session, process, asking, now))
    office.town.clock.pass_by(timedelta(hours=1))
    answers = {resident: list(_answers(resident, asking)) for resident in _joined(office) if resident.answers}
    await _together(office.town, answers)


async def _respond(office: Office) -> None:
    keys = office.town.parts.keys
    received = await office.acts(lambda session, process, _now: stored.newest(session, process.id, keys, 100))
    ids = {contribution.words: contribution.id for contribution in received}
    for response in office.content.answered:
        givers = [resident for resident in office.content.people if resident.name in response.to]
        named = tuple(ids[recommendation.words] for resident in givers for recommendation in resident.recommends)
        topic = next(recommendation.topic for resident in givers for recommendation in resident.recommends)
        draft = Draft(response.title, topic, is_public=True)
        matter = await office.acts(partial(_gathered, draft=draft, names=named, writer=await _first(office)))
        answer = contents.Response(response.state, response.reason, matters=(matter,))
        await _tells(office, lambda session, process, now, it=answer: responses.publish(session, process, it, now))


async def _gathered(
    session: Session, process: OpenProcess, now: datetime, draft: Draft, names: Sequence[str], writer: str
) -> str:
    return await matters.open_one(session, process, draft, names, writer, now)


async def _first(office: Office) -> str:
    """The id of the organizer who does all that."""
    return (await office.town.looks(staff.everybody))[0].id


async def _write(office: Office) -> None:
    """Bulletins that have not left yet, with their translations."""
    writer = await _first(office)
    for draft in office.content.bulletins[1:]:
        await office.acts(partial(_written, draft=draft, writer=writer))


async def _written(session: Session, process: OpenProcess, now: datetime, draft: scenery.Draft, writer: str) -> None:
    source, *others = draft.text
    item = await items.draft(session, process, ItemDraft(draft.name, source, draft.text[source]), writer, now)
    for language in others:
        text = Translation(draft.text[language], RenditionState.TRANSLATED, edited=0, source_edition=1)
        await items.translate(session, process, item, language, text, writer, now)


async def _seat(office: Office) -> None:
    """The council gets its members, and something to vote on."""
    keys = office.town.parts.keys
    for resident in [resident for resident in _joined(office) if resident.member]:
        code = await office.acts(lambda session, process, now: people.invite(session, keys, process, now))
        await _together(office.town, {resident: [code]})
    opened = _opened(office)
    await _tells(office, lambda session, process, now: rounds.open_(session, process, opened, now))


async def _vote(office: Office) -> None:
    matters = [matter.value for matter in _opened(office).matters]
    numbers = {
        resident: " ".join(str(matters.index(vote) + 1) for vote in resident.votes)
        for resident in _joined(office)
        if resident.votes
    }
    await _together(
        office.town, {resident: [_word(resident, "vote"), chosen, "1"] for resident, chosen in numbers.items()}
    )


def _opened(office: Office) -> contents.Round:
    """The round that is open when a visitor comes."""
    return to_vote(office.content.opened, office.town.clock())


async def _hand_up(office: Office) -> None:
    """The process above gets what this one has heard."""
    if (heard := office.content.handed_up) is not None:
        await office.acts(lambda session, process, now: inputs.publish(session, process, heard, now))


REGIONAL, NATIONAL = "regional", "national"

SCENES: Sequence[tuple[timedelta, str, Callable[[Office], Awaitable[None]]]] = (
    (timedelta(days=12, hours=8), REGIONAL, _meet),
    (timedelta(days=10, hours=7), REGIONAL, _brief),
    (timedelta(days=9, hours=6), REGIONAL, _recommend),
    (timedelta(days=8, hours=5, minutes=40), NATIONAL, _meet),
    (timedelta(days=8, hours=5, minutes=20), NATIONAL, _brief),
    (timedelta(days=6, hours=5), REGIONAL, _ask),
    (timedelta(days=5, hours=4, minutes=20), NATIONAL, _recommend),
    (timedelta(days=5, hours=4), NATIONAL, _ask),
    (timedelta(days=4, hours=3), REGIONAL, _respond),
    (timedelta(days=3, hours=2, minutes=30), NATIONAL, _respond),
    (timedelta(days=3, hours=2, minutes=10), NATIONAL, _hand_up),
    (timedelta(days=3, hours=1, minutes=40), REGIONAL, _write),
    (timedelta(days=3, hours=1, minutes=30), NATIONAL, _write),
    (timedelta(days=2, hours=2), REGIONAL, _seat),
    (timedelta(days=1, hours=1, minutes=20), REGIONAL, _link),
    (timedelta(days=1, hours=1), REGIONAL, _vote),
)
"""How long ago, in which process, and what happened then. Each is later in the day than the one before."""


def _welcome(office: Office, resident: Resident) -> Iterator[Line]:
    regions = [region.value for region in office.content.process.regions]
    with speaking(resident.language):
        yield Poster(resident.sender, resident.door).words if resident.door else flows.greeting().capitalize()
    yield Chooses("yes", "1")
    yield _word(resident, "menu")
    yield _word(resident, "region")
    yield Chooses(resident.region, str(regions.index(resident.region) + 1))


def _recommendation(resident: Resident, recommendation: Recommendation) -> Iterator[Line]:
    group = next(
        group for group in flows.GROUPS if any(objective.key == recommendation.topic for objective in group.objectives)
    )
    yield _word(resident, "share")
    yield Voice() if recommendation.voice else recommendation.words
    yield Chooses("topic", "1")
    yield Chooses(group.key, str(flows.GROUPS.index(group) + 1))


def _answers(resident: Resident, asking: contents.Consultation) -> Iterator[Line]:
    yield _word(resident, "answer")
    for question, answer in zip(asking.questions, resident.answers, strict=True):
        options = [option.value for option in question.options]
        yield Chooses(answer, str(options.index(answer) + 1)) if options else answer


def _word(resident: Resident, word: str) -> str:
    """A word that people send, as this one would."""
    with speaking(resident.language):
        return flows.to_send(word).capitalize()


def _joined(office: Office) -> list[Resident]:
    return [resident for resident in office.content.people if not resident.is_new]


async def _together(town: Town, lines: Mapping[Resident, Sequence[Line]]) -> None:
    """Everybody says their lines side by side, each line once the one before has been answered."""
    for place in range(max(map(len, lines.values()))):
        town.clock.pass_by(A_STEP)
        now = [(resident, own_lines[place]) for resident, own_lines in lines.items() if place < len(own_lines)]
        await asyncio.gather(*(_says(town, resident, line) for resident, line in now))
        # What is answered may take more than one message.
        await quiet(town)


async def _says(town: Town, resident: Resident, line: Line) -> None:
    platform, chat = town.platforms.of(resident.sender), _chat(town, resident)
    person = chat.person
    chat.catch_up()
    _act(platform, person, chat, line, resident.language)
    await chat.next(LONG_ENOUGH)


def _chat(town: Town, resident: Resident) -> Chat:
    person = town.platforms.chat_of(resident.sender, resident.phone.person)
    return town.platforms.of(resident.sender).chats.of(person)


def _act(platform: FakeTelegram | FakeTwilio, person: str, chat: Chat, line: Line, language: str) -> None:
    match line:
        case Voice():
            platform.sends_voice(person)
        case Chooses(value, typed):
            button = _button(chat, value)
            if button is not None:
                platform.taps(person, *button)
            else:
                platform.says(person, typed.translate(ARABIC_DIGITS) if language == "ar" else typed)
        case words:
            platform.says(person, words)


def _button(chat: Chat, value: str) -> tuple[str, int] | None:
    """The button of the newest message that gives this value."""
    for newest in chat.ours()[-1:]:
        for index, button in enumerate(newest.buttons):
            if (ours := unpack(button.value)) is not None and ours[1] == value:
                return newest.id, index
    return None


async def _tells(office: Office, work: Callable[..., Awaitable[object]]) -> None:
    """The organizer does something that goes out to people, and it leaves."""
    await office.acts(work)
    await office.town.parts.worker.expand()
    await quiet(office.town)


async def quiet(town: Town) -> None:
    """Wait until nothing waits to leave and no platform has anything left to tell us."""
    while True:
        await town.platforms.settled()
        if not await town.looks(lambda session: outbox.late(session, town.clock())):
            return
        await asyncio.sleep(0.005)
