"""Votes: opening, casting, closing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time

import council
import flows
from flows.vote import NONE_OF_THESE
from handlers import telling
from handlers.processes import OpenProcess, the_one
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import N_, _, in_words, ngettext
from storage import Keyring, Session, fresh, people, rounds
from storage.broadcasts import Audience, Subject
from storage.rounds import NewRound

INVITED = N_("The council votes: {title}. To vote, send {word}. You can change your vote until {day}.")
CLOSED = N_("This vote has closed. What you chose before it closed counts.")
LEAST_TURNOUT = 3
"""With fewer votes than this a result would show who chose what: none is kept, and none is told."""
TOO_FEW = N_("Fewer than {number} members voted, so there is no result: it would show who chose what.")
ROOM = 6 * 1024
"""What is said to a ballot takes so many bytes when it is kept, however much was approved."""
OVER = N_("The vote is over: {title}.")


async def open_(session: Session, asked: contents.Round, now: datetime) -> str:
    """Open a round for everyone who sits on the council now, and invite them; gives its id.

    It closes at the end of the day `closes`, in UTC. Raises `contents.Unfit`.
    """
    process = await the_one(session)
    _check(asked, now)
    roll = await people.members(session)
    if not roll:
        raise contents.Unfit("Nobody sits on the council yet: hearback council invite")
    _check_announcement(process, asked, len(roll))
    name = fresh()
    closes = datetime.combine(asked.closes, time.max, UTC)
    new = NewRound(name, process.id, contents.pack(asked), asked.rule, opened=now, closes=closes)
    await rounds.open_(session, new, roll)

    invited = telling.in_every_language(
        process,
        lambda said: _(INVITED, title=said(asked.title), word=flows.to_send("vote"), day=in_words(asked.closes)),
    )
    announcement = Announcement(Subject("round", name), invited, Audience(roll=name))
    await telling.tell_now(session, process, announcement, now, closes)
    return name


async def cast(session: Session, _keys: Keyring, visit: Visit, effect: flows.Voted) -> None:
    """Keep the person's ballot; too late, say so instead of what the conversation was about to say."""
    visit.room = ROOM
    if not await rounds.cast(session, visit.key, effect.round, effect.ballot, visit.now):
        visit.said[:] = [_(CLOSED)]


async def close(session: Session, keys: Keyring, round_id: str, now: datetime) -> council.Result:
    """Count, keep the result, throw the single votes away and tell the roll, in this one transaction.

    Raises `contents.Unfit` when there is no such open round.
    """
    process = await the_one(session)
    found = await rounds.get(session, round_id, lock=True)
    if found is None or found.closed is not None:
        raise contents.Unfit("No round that is open has this id.")
    asked = contents.unpack(found.content, contents.Round)
    rule = council.rules()[asked.rule]
    ballots = [rule.unpacked(text) for text in await rounds.ballots(session, keys, round_id)]
    result = rule.tally(ballots, [matter.value for matter in asked.matters])
    voters, voted = await rounds.turnout(session, round_id)
    if voted < LEAST_TURNOUT:
        result = council.Result(len(ballots), {}, ())
    await rounds.close(session, round_id, contents.pack(result), now)
    told = _announcement(process, asked, result, voted, voters)
    announcement = Announcement(Subject("result", round_id), told, Audience(roll=round_id))
    await telling.tell_now(session, process, announcement, now)
    return result


def _announcement(
    process: OpenProcess, asked: contents.Round, result: council.Result, voted: int, voters: int
) -> flows.Renditions:
    def compose(said: telling.Said) -> str:
        labels = {matter.value: said(matter.label) for matter in asked.matters} if result.order else {}
        return _announced(said(asked.title), labels, result, voted, voters)

    return telling.in_every_language(process, compose)


def _announced(title: str, labels: Mapping[str, str], result: council.Result, voted: int, voters: int) -> str:
    lines = [
        _(OVER, title=title),
        ngettext("{number} member of {all} voted.", "{number} members of {all} voted.", voted, all=voters),
        *(_place(place, [labels[one] for one in together]) for place, together in _places(result)),
    ]
    if not result.order:
        lines.append(_(TOO_FEW, number=LEAST_TURNOUT))
    if result.adopted is not None:
        lines.append(_adopted([labels[one] for one in result.adopted]))
    return "\n".join(lines)


def _places(result: council.Result) -> Iterator[tuple[int, tuple[str, ...]]]:
    place = 1
    for together in result.order:
        yield place, together
        place += len(together)


def _place(place: int, labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"{place}. {labels[0]}"
    return _("{place}. Equal: {matters}", place=place, matters=_("; ").join(labels))


def _adopted(labels: Sequence[str]) -> str:
    if not labels:
        return _("None of them has more than half of the votes.")
    return _("More than half of those who voted approve: {matters}", matters=_("; ").join(labels))


def _check(asked: contents.Round, now: datetime) -> None:
    contents.check_line(asked.title, "title")
    contents.check_options(asked.matters, "matters", least=2, ours=NONE_OF_THESE)
    if asked.rule not in council.rules():
        raise contents.Unfit(f"rule is one of: {', '.join(council.rules())}.")
    if asked.closes < now.date():
        raise contents.Unfit("closes must be today or a day to come.")


def _check_announcement(process: OpenProcess, asked: contents.Round, voters: int) -> None:
    """When the round closes it is too late to shorten anything: no result may take more words than fit.

    None takes more than this one, in which everything stands in pairs and all of it is approved.
    """
    matters = tuple(matter.value for matter in asked.matters)
    pairs = tuple(matters[place : place + 2] for place in range(0, len(matters), 2))
    longest = council.Result(voters, {}, pairs, matters)
    telling.check_fits(_announcement(process, asked, longest, voters, voters), "title and matters")
