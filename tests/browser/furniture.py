"""Something of everything that pages of the console are about."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import flows
from council.lots import Gave, Limits
from council.opinions import Cell, Group, Picture, Tally
from handlers import (
    bulletins,
    consultations,
    corrections,
    councils,
    doors,
    drafts,
    draws,
    exports,
    items,
    matters,
    member_calls,
    openings,
    responses,
    rounds,
    sendings,
    soundings,
    staff,
    statements,
    texts,
)
from handlers.councils import Places
from handlers.doors import NewDoor
from handlers.draws import Plan
from handlers.exports import Order
from handlers.items import ItemDraft, Translation
from handlers.matters import Draft
from handlers.member_calls import Calling
from handlers.processes import OpenProcess
from handlers.staff import Grant
from handlers.texts import TextDraft
from handlers.writing import contents
from storage import (
    Session,
    amendments,
    contributions,
    drawing,
    recordings,
    remarks,
    senders,
)
from storage import (
    soundings as stored_soundings,
)
from storage import (
    statements as stored_statements,
)
from storage.amendments import NewAmendment
from storage.remarks import NewRemark
from storage.roles import Role
from storage.states import ExportFormat, ExportKind, RemarkKind, RenditionState, Roll, SeatKind
from storage.together import Writes, write
from tests.handlers.asking import ALL_KINDS, DRAFT
from tests.handlers.standing import stand
from tests.storage.rows import give, meet, sit
from tests.stories.town import StoryTown
from tests.waiting import until

TEXT = "The hearing is on Friday."
FRENCH = "L’audition a lieu vendredi."
LONG = "The hearing is on Friday, in the town hall, and whoever speaks another language finds help there. " * 6
AMINA = "amina"


async def furnish(town: StoryTown) -> Mapping[str, str]:
    """Gives what stands in the addresses of pages, by the names of their parts."""
    await until(lambda: _has_senders(town))
    door = NewDoor("telegram", "market", "fr", "poster")
    await town.acts(lambda session, process, _now: doors.add(session, process, door))
    broadcast = await town.acts(
        lambda session, process, now: bulletins.publish(session, process, contents.Bulletin({"en": LONG}), now)
    )
    item = await town.acts(_written)
    waiting = await town.acts(lambda session, process, now: sendings.request(session, process, item, AMINA, now))
    await town.acts(_outdated)
    order = Order(ExportKind.CONTRIBUTIONS, ExportFormat.XLSX, "en")
    await town.acts(lambda session, process, now: exports.ask(session, process, order, AMINA, now))
    matter = await town.acts(_gathered)
    response = await town.acts(lambda session, process, now: responses.publish(session, process, _answer(matter), now))
    leaving = await town.acts(
        lambda session, process, now: sendings.request_response(
            session, process, _answer(matter, "considered"), "Interpreters", AMINA, now
        )
    )
    contribution = await spoken(town)
    draft, opening, consultation = await town.acts(_asked)
    round_id, coming = await voted(town, matter)
    correction = await corrected(town)
    await came_in(town, "Interpreters at the clinic.", "Plus de bus le soir, s’il vous plaît.")
    drawn = await town.acts(_drawn(town))
    return {
        "slug": "regional-review",
        "pool": "call-2",
        "draw": drawn,
        "language": "fr",
        "sender": door.sender,
        "word": door.word,
        "item": item,
        "sending": waiting.id,
        "matter": matter,
        "response": response.id,
        "leaving": leaving.id,
        "round": round_id,
        "coming": coming,
        "correction": correction,
        "broadcast": broadcast,
        "contribution": contribution,
        "draft": draft,
        "opening": opening,
        "consultation": consultation,
        **await town.acts(_sounded),
        **await town.acts(_council),
        "token": await town.organizer(_invited),
        "wording": await town.organizer(_own),
        **await town.acts(written_together(town)),
    }


async def _has_senders(town: StoryTown) -> bool:
    """Its worker, which has just started, keeps them; a door leads to one of them."""
    async with town.parts.database.reading() as session:
        return bool(await senders.all_of(session))


def written_together(town: StoryTown) -> Callable[[Session, OpenProcess, datetime], Awaitable[Mapping[str, str]]]:
    """A text whose second edition of a part follows from words of somebody, and a decision on others' that waits."""

    async def act(session: Session, process: OpenProcess, now: datetime) -> Mapping[str, str]:
        promise = {"en": "Participation plan"}, {"en": LONG[:200]}, {"fr": FRENCH}
        text = await texts.begin(session, process, TextDraft(*promise, language="en"), now)
        part, *_rest = await texts.write(
            session, process, text, f"# Meetings\n{LONG}\n\n# Languages\n{TEXT}", AMINA, now
        )
        await texts.publish(session, process, text, now)
        await items.write(session, process, part, f"Meetings\n{TEXT}", 1, AMINA, now)
        names = []
        for number, proposes in enumerate((True, True, False)):
            who = await meet(session, town.parts.keys, f"7000777{number}", consented=False, process=process.id)
            name = await give(session, who, LONG, process=process.id, moment=now, spoken=False)
            writes = Writes()
            amendments.add(writes, NewAmendment(name, text, part, 1, proposes))
            await write(session, writes)
            await contributions.allow(session, process.id, who.id, name, quotable=True)
            assert await amendments.show(session, process.id, name, AMINA, now) == proposes
            names.append(name)
        decision = contents.Decision(names[0], "taken_up", {"en": LONG[:200]}, "council", 2, f"Meetings\n{LONG}")
        waiting = await sendings.request_decision(session, process, decision, "Meetings", AMINA, now)
        return {"text": text, "part": part, "amendment": names[1], "decision": waiting.id}

    return act


async def _council(session: Session, process: OpenProcess, now: datetime) -> Mapping[str, str]:
    """One with seats of each kind and a call that is open, and one whose call waits to be approved."""
    closes = (now + timedelta(days=9)).date()
    call = contents.MemberCall(2, {"en": "Two hours a month"}, {"en": "20 euros an hour"}, closes)
    made = await councils.open_(session, process, contents.Council({"en": "Youth council"}, term=100), now)
    for places in (Places(2, SeatKind.DRAWN), Places(1, SeatKind.ORGANIZATION, "Harbour Nurses")):
        await councils.add_seats(session, process, made.id, places, now)
    name = await member_calls.open_(session, process, Calling(made.id, call), now)
    second = await councils.open_(session, process, contents.Council({"en": "Health council"}), now)
    waits = await sendings.request_call(session, process, Calling(second.id, call), "Health council", AMINA, now)
    return {"council": made.id, "call": name, "calling": waits.id}


def _drawn(town: StoryTown) -> Callable[[Session, OpenProcess, datetime], Awaitable[str]]:
    """People stand for two councils, and for one of them they were drawn, but nobody has confirmed it."""
    keys = town.parts.keys
    quotas = {"gender": {"woman": Limits(2, 2)}}

    async def draw(session: Session, process: OpenProcess, now: datetime) -> str:
        await stand(session, keys, process.id, ["woman", "man"] * 5)
        await stand(session, keys, process.id, ["woman", "man"] * 5, call="call-2")
        plan = Plan("council-1", "call-1", 4, quotas, "The numbers of the lottery of tomorrow", now + timedelta(days=1))
        name = (await draws.announce(session, keys, process, plan, AMINA, now)).id
        await draws.enter(session, process, name, "3 17 21 40", AMINA, now + timedelta(days=1))
        assert await drawing.claim(session, "worker", now, now + timedelta(days=1))
        tickets = [its.ticket for its in (await draws.record(session, keys, process, name)).candidates]
        gave = Gave(tuple(tickets[:4]), tuple(tickets[4:]), dict.fromkeys(tickets, 400_000), "")
        places = {ticket: place for place, ticket in enumerate(tickets, 1)}
        kept = drawing.Drawn(draws.summed_up(gave), places, gave.chances, ())
        assert await drawing.keep(session, name, "worker", kept, now)
        return name

    return draw


async def spoken(town: StoryTown) -> str:
    """Somebody has sent a voice note, and it has come; gives the id of its contribution."""
    amina = town.on_whatsapp()
    await amina.joins()
    amina.says("share")
    await amina.hears()
    amina.sends_voice()
    await amina.hears_choices("Thank you")
    await until(lambda: _has_come(town))
    return (await town.received())[0].id


async def voted(town: StoryTown, matter: str) -> tuple[str, str]:
    """A round in which somebody asks and says something, and one that waits to be approved; gives their ids."""

    async def act(session: Session, process: OpenProcess, now: datetime) -> tuple[str, str]:
        options = (
            contents.Matter("clinic", {"en": TEXT}, {"en": LONG}, matter),
            contents.Matter("fees", {"fr": FRENCH}),
        )
        vote = contents.Round({"en": "What comes first"}, options, now.date() + timedelta(days=3), roll=Roll.EVERYBODY)
        name = await rounds.open_(session, process, vote, now)
        who = await meet(session, town.parts.keys, "70008888", consented=False, process=process.id)
        for kind in RemarkKind:
            await remarks.add(session, who.key, NewRemark(name, "clinic", kind, "fr", FRENCH, True), now.date())
        coming = await sendings.request_round(
            session, process, replace(vote, title={"en": "What comes next"}), "What comes next", AMINA, now
        )
        return name, coming.id

    return await town.acts(act)


async def corrected(town: StoryTown) -> str:
    """Somebody took a seat after a vote of the council had opened; gives the correction of the roll that waits."""

    async def act(session: Session, process: OpenProcess, now: datetime) -> str:
        people = [await meet(session, town.parts.keys, f"7000666{number}", process=process.id) for number in range(2)]
        await sit(session, people[0], process.id)
        options = tuple(contents.Matter(value, {"en": TEXT}) for value in ("clinic", "fees"))
        vote = contents.Round({"en": "What the council wants"}, options, now.date() + timedelta(days=3))
        name = await rounds.open_(session, process, vote, now)
        await sit(session, people[1], process.id, name="late")
        late = contents.RollCorrection(name, ("late",))
        return (await sendings.request_correction(session, process, late, "The council", AMINA, now)).id

    return await town.acts(act)


async def _has_come(town: StoryTown) -> bool:
    async with town.parts.database.reading() as session:
        waiting = await recordings.waiting(session)
    return not waiting


async def came_in(town: StoryTown, *texts: str) -> list[str]:
    """Given by somebody to whom nothing is sent, the first the longest ago; gives the ids."""

    async def give_all(session: Session, process: OpenProcess, now: datetime) -> list[str]:
        who = await meet(session, town.parts.keys, "70009999", consented=False, process=process.id)
        moments = [now - timedelta(days=len(texts) - number) for number in range(len(texts))]
        return [
            await give(session, who, words, process=process.id, moment=moment, spoken=False)
            for words, moment in zip(texts, moments, strict=True)
        ]

    return await town.acts(give_all)


async def _invited(session: Session, now: datetime) -> str:
    return await staff.invite(session, None, "linda", Grant(None, Role.MODERATOR, ("fr", "ar")), "en", now)


async def _own(session: Session, _now: datetime) -> str:
    """A text of ours, as it is said in French."""
    return (await corrections.listed(session, "fr"))[0].id


async def _written(session: Session, process: OpenProcess, now: datetime) -> str:
    """An item with a translation."""
    item = await items.draft(session, process, ItemDraft("Hearing", "en", TEXT), AMINA, now)
    french = Translation(FRENCH, RenditionState.TRANSLATED, edited=0, source_edition=1)
    await items.translate(session, process, item, "fr", french, "lucie", now)
    return item


async def _gathered(session: Session, process: OpenProcess, now: datetime) -> str:
    draft = Draft({"en": "Interpreters at clinics"}, "services", due=now.date(), note={"en": LONG[:300]})
    return await matters.open_one(session, process, draft, (), AMINA, now)


def _answer(matter: str, state: str = "taken_up") -> contents.Response:
    return contents.Response(
        state,
        {"en": LONG},
        (),
        (matter,),
        {"en": "The ministry"},
        {"en": "Draft, paragraph 4"},
        "https://example.org/d",
    )


async def _outdated(session: Session, process: OpenProcess, now: datetime) -> None:
    """Another, whose text has changed since it was translated."""
    item = await _written(session, process, now)
    await items.write(session, process, item, LONG, 1, AMINA, now)


async def _asked(session: Session, process: OpenProcess, now: datetime) -> tuple[str, str, str]:
    """A draft with questions of every kind, one that waits to be approved, and a consultation that is open."""
    answer_by = (now + timedelta(days=20)).date()
    names = []
    for _draft in range(2):
        draft = await drafts.begin(session, process, AMINA, now)
        content = replace(DRAFT, answer_by=answer_by.isoformat(), respond_by=answer_by.isoformat())
        await drafts.write(session, process, draft, content, 1, AMINA, now)
        names.append(draft)
    waiting = await openings.request(session, process, names[1], 2, AMINA, now)
    asking = replace(ALL_KINDS, promise=replace(ALL_KINDS.promise, answer_by=answer_by, respond_by=None))
    opened, _broadcast = await consultations.open_(session, process, asking, now)
    return names[0], waiting.id, opened


async def _sounded(session: Session, process: OpenProcess, now: datetime) -> Mapping[str, str]:
    """Statements with a picture of groups, and one that waits to be decided on."""
    day = (now + timedelta(days=20)).date()
    promise = flows.Promise({"en": "To know."}, {"en": "The ministers."}, {"en": "The list."}, "consultation", day)
    texts = [{"en": "Clinics need interpreters."}, {"fr": "Les bus doivent être gratuits."}]
    name = await statements.open_(session, process, contents.Sounding({"en": "Life here"}, promise), texts, now)
    clinics, buses = [its.id for its in await stored_statements.of_sounding(session, process.id, name)]
    parts = (Tally(50, 4, 2), Tally(3, 40, 5)), (Tally(40, 6, 1), Tally(41, 3, 4))
    groups = tuple(Group(56, its, 0.3 + place / 3, 0.5, 0.1, 0.2) for place, its in enumerate(parts))
    picture = Picture(112, groups, (Cell(4, 8, 12), Cell(9, 8, 30)), 16, (0.2, 2.0), 0.6)
    tallies = {clinics: Tally(90, 10, 3), buses: Tally(44, 43, 9)}
    came = contents.pack(soundings.Came(112, tallies, True, (clinics, buses), picture))
    await stored_soundings.claim(session, name, "worker", now, now + timedelta(minutes=1))
    await stored_soundings.put(session, name, "worker", 112, came, "112 300", now)
    return {"sounding": name, "statement": buses}
