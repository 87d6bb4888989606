"""Reading a text in a chat, saying something of a part, proposing other words, supporting what others proposed."""

from collections.abc import Iterator

import flows
from flows.amend import Amended, PartCompared, PartRead, Presented, ProposalRead, Supported, Turned
from handlers import counts, standings, texts
from handlers.contributions import recording
from handlers.shown import visible
from handlers.standings import Standing
from handlers.talk import passages
from handlers.talk.visits import Visit
from handlers.writing import contents
from handlers.writing.differences import changes
from locales import N_, _, in_words, ngettext
from storage import Keyring, Session, amendments, contributions
from storage import items as stored_items
from storage import texts as stored
from storage.amendments import NewAmendment, ReadableAmendment
from storage.contributions import NewContribution
from storage.texts import StoredText

CLOSED = N_("Nothing more can be proposed for this text.")
MOST_CHANGES = 6
LONGEST_CHANGE = 200
"""Of what was taken out or put in at one place, where it is told."""


async def turn(_session: Session, _keys: Keyring, visit: Visit, effect: Turned) -> None:
    """The talk that begins next reads on there."""
    visit.passage = effect.place


async def present(session: Session, _keys: Keyring, visit: Visit, effect: Presented) -> None:
    """What a text is called, what it is to become, who decides, until when something can be proposed."""
    text = await stored.get(session, visit.board.process, effect.text)
    if text is not None:
        visit.texts.append("\n".join(_presented(visit, text)))


def _presented(visit: Visit, text: StoredText) -> Iterator[str]:
    order = visit.board.content.languages
    title = flows.rendition(contents.unpack(text.title, dict[str, str]), visit.language, order)
    becomes = flows.rendition(contents.unpack(text.becomes, dict[str, str]), visit.language, order).text
    decides = flows.rendition(contents.unpack(text.decides, dict[str, str]), visit.language, order).text
    yield flows.with_notice(title, visit.language)
    yield _("What it is to become: {becomes}", becomes=becomes)
    yield _("Who decides: {who}", who=decides)
    if visit.is_over or not texts.takes(text, visit.now.date()):
        yield _(CLOSED)
    elif text.until is not None:
        yield _("You can propose something until {day}.", day=in_words(text.until))


async def read(session: Session, _keys: Keyring, visit: Visit, effect: PartRead) -> None:
    """A piece of a part as it stands now."""
    place, board = effect.place, visit.board
    part = await stored.part(session, board.process, place.text, place.part, texts.ready(board.content))
    cut = () if part is None else passages.in_pieces(visit, part)
    visit.texts.append(cut[place.piece] if place.piece < len(cut) else _("This is no longer there."))
    if part is not None and not place.piece:
        decided = await standings.of_parts(session, board.process, [part.part_id])
        visit.texts.extend(_decided(standing, part.edition) for standing in decided)


def _decided(standing: Standing, edition: int) -> str:
    what = _("{day}: {what}", day=in_words(standing.day), what=standing.sentence())
    if standing.edition == edition:
        return what
    # To translators: behind what was decided by vote on a part of a text, whose words have changed since.
    changed = _("It had other words then.")
    return f"{what} {changed}"


async def compare(session: Session, _keys: Keyring, visit: Visit, effect: PartCompared) -> None:
    """What its newest edition changed, in plain words: a phone shows nothing that is struck out."""
    part = await stored.part(session, visit.board.process, effect.text, effect.part)
    editions = [] if part is None else await stored_items.editions(session, part.part_id)
    if part is None or len(editions) < 2:
        visit.texts.append(_("Nothing has changed yet."))
        return
    changes = "\n".join(_changes(editions[1].text, editions[0].text))
    visit.texts.append(flows.with_notice(flows.Rendition(changes, part.language), visit.language))


def _changes(old: str, new: str) -> Iterator[str]:
    found = changes(old, new)
    for change in found[:MOST_CHANGES]:
        if change.removed:
            # To translators: {words} were taken out of a text.
            yield _("Taken out: {words}", words=_short(change.removed))
        if change.added:
            # To translators: {words} were put into a text.
            yield _("New: {words}", words=_short(change.added))
    if len(found) > MOST_CHANGES:
        yield _("There are more changes.")


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_CHANGE else f"{words[: LONGEST_CHANGE - 1].rstrip()}…"


async def read_proposal(session: Session, keys: Keyring, visit: Visit, effect: ProposalRead) -> None:
    """The words of somebody else, as everybody may read them: masked, and looked at by staff before."""
    found = await amendments.read(session, visit.board.process, keys, effect.proposal)
    visit.texts.append(_("This is no longer there.") if found is None else "\n".join(_proposed(visit, found)))


def _proposed(visit: Visit, found: ReadableAmendment) -> Iterator[str]:
    words = _("Somebody proposes: {words}", words=visible(found.words))
    yield flows.with_notice(flows.Rendition(words, found.language), visit.language)
    # Nothing of a few: they could be known by it.
    if (number := counts.rounded(found.supporters)) is not None:
        yield ngettext("About {number} person supports this.", "About {number} people support this.", number)


async def amend(session: Session, keys: Keyring, visit: Visit, effect: Amended) -> None:
    """Keep what this person says of a part, sealed for them; given again in the same talk, the later one counts.

    Too late, say so.
    """
    if not await _takes(session, visit, effect.text):
        return
    visit.gave = True
    new = NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        text=effect.words.text,
        recording=recording(keys, visit, effect.words),
        address=visit.address,
    )
    contributions.add(visit.writes, visit.key, new, effect.contribution)
    about = NewAmendment(effect.contribution, effect.text, effect.part.id, effect.part.edition, effect.proposes)
    amendments.add(visit.writes, about)


async def support(session: Session, _keys: Keyring, visit: Visit, effect: Supported) -> None:
    """Count this person with those who want it, and tell them here what is decided; or count them no more."""
    if not await _takes(session, visit, effect.text):
        return
    process, name = visit.board.process, effect.proposal
    if not effect.supports:
        await amendments.drop_support(session, name, visit.person)
    elif await amendments.may_support(session, process, name, visit.person):
        amendments.put_support(visit.writes, name, visit.person, visit.address, visit.now.date())
    else:
        visit.break_off(_("This is no longer there."))


async def _takes(session: Session, visit: Visit, text_id: str) -> bool:
    """Whether something can be proposed now; where it cannot, that is said."""
    if visit.is_over:
        visit.break_off(flows.over(visit.facts().within(visit.surroundings)))
        return False
    text = await stored.get(session, visit.board.process, text_id)
    if text is None or not texts.takes(text, visit.now.date()):
        visit.break_off(_(CLOSED))
        return False
    return True
