"""Votes: opening, casting, closing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any

import council
import flows
from flows.vote import NONE_OF_THESE, ReadUp
from handlers import processes, telling
from handlers.processes import OpenProcess
from handlers.talk.visits import BALLOT_ROOM, Visit
from handlers.telling import Announcement
from handlers.writing import contents, naming
from locales import N_, _, in_words, ngettext, to_staff
from storage import Keyring, Session, fresh, people, rounds
from storage.broadcasts import ROUND, Audience, Subject
from storage.outbox import deliveries
from storage.rounds import NewRound, StoredRound

INVITED = N_("The council votes: {title}. To vote, send {word}. You can change your vote until {day}.")
CLOSED = N_("This vote has closed. What you chose before it closed counts.")
REMIND = N_("The vote ends soon: {title}. You have not voted yet. To vote, send {word}. You can vote until {day}.")
REMINDED_BEFORE = timedelta(hours=36)
"""How long before a round closes: whoever sleeps at that moment has a morning and a day left, wherever they are."""
SHORTEST_ROUND = timedelta(hours=12)
"""How long a round has been open before anybody is reminded of it."""
VOTED = "voted"
"""The code of what called somebody to a vote who had voted by then."""
NO_SEAT = N_("You do not sit on the council any more, so we did not count this vote.")
LEAST_TURNOUT = 3
"""With fewer votes than this a result would show who chose what: none is kept, and none is told."""
TOO_FEW = N_("Fewer than {number} members voted, so there is no result: it would show who chose what.")
OVER = N_("The vote is over: {title}.")
COUNTED: Mapping[council.BallotKind[Any], str] = {
    # To translators: the numbers stand behind what was voted on.
    council.APPROVALS: N_("In brackets: how many approve each."),
}
"""What the counts of a kind of ballot say; those of any other kind are not told."""


async def open_(session: Session, process: OpenProcess, round_: contents.Round, now: datetime) -> str:
    """Open a round for everyone who sits on the council now, and invite them; gives its id.

    It closes at the end of the day `closes`, in UTC. Raises `contents.Unfit`.
    """
    _check(round_, now)
    roll = await people.members(session, process.id)
    if not roll:
        raise contents.Unfit(to_staff("Nobody sits on the council yet: hearback council invite"))
    _check_announcement(process, round_, len(roll))
    await processes.touch(session, process)
    name = fresh()
    closes = datetime.combine(round_.closes, time.max, UTC)
    new = NewRound(name, process.id, contents.pack(round_), round_.rule, opened=now, closes=closes)
    await rounds.open_(session, new, roll)

    invited = telling.in_every_language(
        process,
        lambda render: _(INVITED, title=render(round_.title), word=flows.to_send("vote"), day=in_words(round_.closes)),
    )
    announcement = Announcement(Subject(ROUND, name), invited, Audience(roll=name))
    await telling.tell_now(session, process, announcement, now, closes)
    return name


async def opened_before(session: Session, process: OpenProcess, round_: contents.Round) -> datetime | None:
    """When this very round was opened, so that a slip calls nobody to vote twice; None: never."""
    return await rounds.opened(session, process.id, contents.pack(round_))


async def cast(session: Session, _keys: Keyring, visit: Visit, effect: flows.Voted) -> None:
    """Keep the person's ballot; too late, say so instead of what the conversation was about to say."""
    visit.room = BALLOT_ROOM
    if await rounds.cast(session, visit.key, effect.round, effect.ballot, visit.now):
        about = [Subject(ROUND, effect.round)]
        await deliveries.cancel_about(session, visit.board.process, visit.person, about, VOTED, visit.now)
        return
    may_vote = await rounds.is_on_roll(session, visit.person, effect.round)
    visit.texts[:] = [_(CLOSED if may_vote else NO_SEAT)]


async def remind(session: Session, now: datetime) -> int:
    """Write once, by day, to who has not voted in a round of any process that ends soon; gives how many are told.

    What waits for a morning is taken back from who votes meanwhile, and does not leave when the round is over.
    """
    number = 0
    for round_id in await rounds.to_remind(session, now + REMINDED_BEFORE, now - SHORTEST_ROUND, now):
        number += await _remind(session, round_id, now)
        await rounds.reminded(session, round_id, now)
    return number


async def _remind(session: Session, round_id: str, now: datetime) -> int:
    found = await rounds.get(session, round_id)
    if found is None:
        return 0
    process = await processes.get(session, found.process)
    title, day = contents.unpack(found.content, contents.Round).title, found.closes.date()
    reminder = telling.in_every_language(
        process, lambda render: _(REMIND, title=render(title), word=flows.to_send("vote"), day=in_words(day))
    )
    announcement = Announcement(Subject(ROUND, round_id), reminder, Audience(roll=round_id, has_not_voted=True))
    return await telling.tell_now(session, process, announcement, now, found.closes)


async def explain(session: Session, _keys: Keyring, visit: Visit, effect: ReadUp) -> None:
    """Say what stands behind a matter. It is long, so it is kept with the round and not with the talk."""
    visit.room = BALLOT_ROOM
    found = await rounds.get(session, effect.round)
    matters = () if found is None else contents.unpack(found.content, contents.Round).matters
    for matter in matters:
        if matter.value == effect.matter:
            about = flows.rendition(matter.about, visit.language, visit.board.content.languages)
            visit.texts.append(flows.with_notice(about, visit.language))


async def close_overdue(session: Session, keys: Keyring, overdue: StoredRound, now: datetime) -> None:
    """Close a round of any process whose time has passed."""
    await close(session, await processes.get(session, overdue.process), keys, overdue.id, now)


async def close(session: Session, process: OpenProcess, keys: Keyring, round_id: str, now: datetime) -> council.Result:
    """Count, keep the result, throw the single votes away and tell the roll, in this one transaction.

    The exact counts are given, and not kept: `counted` says what may be told of them.
    Raises `contents.Unfit` when the process has no such open round.
    """
    found = await rounds.get(session, round_id, lock=True)
    if found is None or found.process != process.id or found.closed is not None:
        raise contents.Unfit(to_staff("No round that is open has this id."))
    round_ = contents.unpack(found.content, contents.Round)
    rule = council.rules()[round_.rule]
    ballots = [rule.unpacked(text) for text in await rounds.ballots(session, keys, round_id)]
    result = rule.tally(ballots, [matter.value for matter in round_.matters])
    voters, voted = await rounds.turnout(session, round_id)
    if voted < LEAST_TURNOUT:
        result = council.Result(len(ballots), {}, ())
    await rounds.close(session, round_id, contents.pack(replace(result, counts={})), now)
    renditions = _announcement(process, round_, result, voted, voters)
    announcement = Announcement(Subject("result", round_id), renditions, Audience(roll=round_id))
    await telling.tell_now(session, process, announcement, now)
    return result


def counted(result: council.Result, matter: str) -> str:
    """How many chose this matter, as exactly as it can be told in the language being spoken; "" for not at all."""
    count = result.counts.get(matter)
    limits = None if count is None else council.tellable(count, result.voters)
    if limits is None:
        return ""
    if len(limits) == 1:
        return str(limits.start)
    if limits.start == 0:
        return _("{number} or fewer", number=limits.stop - 1)
    return _("{number} or more", number=limits.start)


def _announcement(
    process: OpenProcess, round_: contents.Round, result: council.Result, voted: int, voters: int
) -> flows.Renditions:
    explanation = COUNTED.get(council.rules()[round_.rule].kind)
    tellable = result if explanation is not None else replace(result, counts={})

    def compose(render: telling.Render) -> str:
        labels = {matter.value: render(matter.label) for matter in round_.matters} if tellable.order else {}
        lines = [
            _(OVER, title=render(round_.title)),
            ngettext("{number} member of {all} voted.", "{number} members of {all} voted.", voted, all=voters),
            *_ranking(labels, tellable),
        ]
        if explanation is not None and any(counted(tellable, matter) for matter in tellable.counts):
            lines.append(_(explanation))
        if tellable.adopted is not None:
            lines.append(_adopted([labels[matter] for matter in tellable.adopted]))
        return "\n".join(lines)

    return telling.in_every_language(process, compose)


def _ranking(labels: Mapping[str, str], result: council.Result) -> list[str]:
    if not result.order:
        return [_(TOO_FEW, number=LEAST_TURNOUT)]
    return [
        _place(place, [labels[matter] for matter in together], counted(result, together[0]))
        for place, together in _places(result)
    ]


def _places(result: council.Result) -> Iterator[tuple[int, tuple[str, ...]]]:
    place = 1
    for together in result.order:
        yield place, together
        place += len(together)


def _place(place: int, labels: Sequence[str], number: str) -> str:
    if len(labels) == 1:
        line = f"{place}. {labels[0]}"
    else:
        line = _("{place}. Equal: {matters}", place=place, matters=_("; ").join(labels))
    return f"{line} ({number})" if number else line


def _adopted(labels: Sequence[str]) -> str:
    if not labels:
        return _("None of them has more than half of the votes.")
    return _("More than half of those who voted approve: {matters}", matters=_("; ").join(labels))


def _check(round_: contents.Round, now: datetime) -> None:
    contents.check_line(round_.title, to_staff("title"))
    contents.check_options(round_.matters, to_staff("matters"), least=2, ours=NONE_OF_THESE)
    for matter in round_.matters:
        if matter.about:
            about = to_staff("matters: {matter}: about", matter=matter.value)
            contents.check_rendered(matter.about, about, contents.LONGEST_ABOUT)
    if round_.rule not in council.rules():
        raise contents.Unfit(to_staff("rule is one of: {choices}.", choices=naming.listed(council.rules())))
    if round_.closes < now.date():
        raise contents.Unfit(to_staff("closes must be today or a day to come."))


def _check_announcement(process: OpenProcess, round_: contents.Round, roll: int) -> None:
    """When the round closes it is too late to shorten anything: no result may take more words than fit.

    None takes more than these, in which everything stands alone or in pairs, all of it is approved, and all of it by
    nobody or by everybody.
    """
    matters = tuple(matter.value for matter in round_.matters)
    voters = max(roll, council.LEAST_COUNTED)
    for together, count in product((1, 2), (0, voters)):
        order = tuple(matters[place : place + together] for place in range(0, len(matters), together))
        longest = council.Result(voters, dict.fromkeys(matters, count), order, matters)
        telling.check_fits(_announcement(process, round_, longest, voters, voters), to_staff("title and matters"))
