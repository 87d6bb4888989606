"""Our own texts as a deployment says them: reviewed text by text, corrected, and used at once."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import flows
import locales
from exports.units import Sheet, Unit
from handlers.writing import returned, wordings
from handlers.writing.contents import Unfit
from handlers.writing.returned import Change
from handlers.writing.wordings import OwnText, Use, Wording
from locales import ENGLISH, Corrections, _, to_staff
from locales.catalogs import places
from storage import Session, doors
from storage import corrections as stored
from storage.corrections import Correction
from storage.states import RenditionState

OURS = "hearback"
"""The subject of a file with our own texts."""


async def listed(session: Session, language: str) -> list[OwnText]:
    """Every text in this language, in the order of the code. Raises `Unfit`."""
    _check_language(language)
    kept = {(row.text, row.form): row for row in await stored.of(session, language)}
    # The first time all of our code is read.
    files = await asyncio.to_thread(places)
    return [_as_it_stands(text, kept, files.get(text.english, ())) for text in wordings.texts(language)]


async def find(session: Session, language: str, name: str) -> OwnText:
    """The text of this id. Raises `Unfit`."""
    found = next((text for text in await listed(session, language) if text.id == name), None)
    if found is None:
        raise Unfit(to_staff("There is no such text here, or no more."))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Which wording is meant: of a text in a language, and of its plurals."""

    language: str
    text: str
    """Its id."""
    form: int = 0


async def correct(session: Session, place: Place, wording: str, staff_id: str, edition: int, now: datetime) -> OwnText:
    """Say it in these words from now on; running programs take it up within seconds. Raises `Unfit`.

    `edition`: of the wording that the member of staff saw. What our catalog has takes the correction back.
    """
    texts = await listed(session, place.language)
    return await _correct(session, texts, place, wording, _Author(staff_id, now), edition)


async def take_back(session: Session, place: Place, staff_id: str, edition: int, now: datetime) -> OwnText:
    """Say again what our catalog has. Raises `Unfit`."""
    texts = await listed(session, place.language)
    ours = _found(texts, place)[1].ours
    return await _correct(session, texts, place, ours, _Author(staff_id, now), edition)


async def load(session: Session) -> Corrections:
    """All that are to be said: for `locales.correct`. What the code does not say, or could not fill in, is left out."""
    loaded: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
    for row in await stored.every(session):
        text = wordings.text(row.language, row.text)
        if text is not None and row.wording is not None and not wordings.misfit(text, row.form, row.wording):
            loaded[row.language][text.english, row.form] = row.wording
    return loaded


def sheet(texts: Iterable[OwnText], language: str) -> Sheet:
    """The texts for translators, as a file has them."""
    return Sheet(OURS, ENGLISH, language, tuple(map(_unit, texts)))


def changes(texts: Sequence[OwnText], language: str, incoming: Sheet) -> list[Change]:
    """What a file that came back would change."""
    by_id = {text.id: text for text in texts}

    def why_not(_before: Unit, after: Unit) -> str:
        text = by_id[after.id]
        if len(after.targets) != len(text.wordings):
            return to_staff("It needs as many plurals as the language has: {number}.", number=len(text.wordings))
        pairs = enumerate(zip(after.targets, text.wordings, strict=True))
        changed = ((form, target) for form, (target, wording) in pairs if target != wording.now)
        return next(filter(None, (wordings.unfit(text, form, target, texts) for form, target in changed)), "")

    units = (_tidied(unit, by_id[unit.id]) if unit.id in by_id else unit for unit in incoming.units)
    return returned.compare(sheet(texts, language).units, units, why_not)


def _tidied(unit: Unit, text: OwnText) -> Unit:
    first, *others = (wordings.tidied(text, target) for target in unit.targets)
    return replace(unit, target=first, others=tuple(others))


async def take(
    session: Session, language: str, incoming: Sheet, wanted: Sequence[str] | None, staff_id: str, now: datetime
) -> int:
    """Correct what the file says otherwise, of the texts with these ids, or of all; gives how many. Raises `Unfit`."""
    texts = await listed(session, language)
    units = returned.taken(changes(texts, language, incoming), wanted)
    for unit in units:
        text = next(text for text in texts if text.id == unit.id)
        for form, wording in enumerate(unit.targets):
            known = text.wordings[form]
            if wording != known.now:
                place = Place(language, unit.id, form)
                await _correct(session, texts, place, wording, _Author(staff_id, now), known.edition)
    return len(units)


@dataclass(frozen=True, slots=True)
class _Author:
    """Who corrects, and when."""

    staff_id: str
    now: datetime


async def _correct(
    session: Session, texts: list[OwnText], place: Place, wording: str, author: _Author, edition: int
) -> OwnText:
    """The texts learn of it."""
    text, known = _found(texts, place)
    wording = wordings.tidied(text, wording)
    if wording != known.now:
        await _check(session, text, place, wording, texts)
    new = Correction(
        language=place.language,
        text=text.id,
        form=place.form,
        wording=None if wording == known.ours else wording,
        before=known.ours,
        staff_id=author.staff_id,
        edition=edition + 1,
        at=author.now,
    )
    if edition != known.edition or not await stored.keep(session, new):
        raise Unfit(to_staff("Somebody else has corrected this meanwhile. Look at it again."))
    now = tuple(replace(its, correction=new) if its is known else its for its in text.wordings)
    corrected = texts[texts.index(text)] = replace(text, wordings=now)
    return corrected


async def _check(session: Session, text: OwnText, place: Place, wording: str, texts: Sequence[OwnText]) -> None:
    if why := wordings.unfit(text, place.form, wording, texts):
        raise Unfit(why)
    typed = [variant.lower() for variant in wording.split("|")] if text.is_word else []
    if typed and await doors.are_there(session, typed):
        raise Unfit(to_staff("A door has this word: people who send it come in by that."))


def _found(texts: Iterable[OwnText], place: Place) -> tuple[OwnText, Wording]:
    text = next((text for text in texts if text.id == place.text), None)
    if text is None or not 0 <= place.form < len(text.wordings):
        raise Unfit(to_staff("There is no such text here, or no more."))
    return text, text.wordings[place.form]


def _unit(text: OwnText) -> Unit:
    first, *others = (wording.now for wording in text.wordings)
    stale = RenditionState.NEEDS_EDITING if text.is_stale else RenditionState.TRANSLATED
    return Unit(
        id=text.id,
        source=text.english,
        target=first,
        note=text.note,
        state=stale,
        context=" ".join(use.file for use in text.uses),
        plural=text.plural,
        others=tuple(others),
    )


def _check_language(language: str) -> None:
    if language not in locales.languages() or language == ENGLISH:
        raise Unfit(to_staff("There is no catalog in this language: only what is translated can be corrected."))


def _as_it_stands(text: OwnText, kept: Mapping[tuple[str, int], Correction], files: Iterable[str]) -> OwnText:
    uses = tuple(map(_use, files))
    if not any((text.id, form) in kept for form in range(len(text.wordings))):
        return replace(text, uses=uses)
    now = (replace(its, correction=kept.get((text.id, form))) for form, its in enumerate(text.wordings))
    return replace(text, wordings=tuple(now), uses=uses)


def _use(file: str) -> Use:
    room, _slash, name = file.partition("/")
    flow = flows.flows().get(name) if room == "flows" else None
    return Use(file, _(flow.label) if flow is not None and flow.label else "")
