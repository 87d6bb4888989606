"""What became of what people gave, and of what others raised, told to them from the beginning."""

from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter

import flows
from flows.others import LookedInto
from flows.status import LookedBack
from handlers import matters, responses, standings
from handlers.matters import Behind
from handlers.standings import Standing
from handlers.talk.visits import Visit
from handlers.writing import contents
from locales import _, in_words, ngettext
from storage import Keyring, Session, follows, results, timelines
from storage import matters as stored
from storage import responses as stored_responses
from storage.matters import StoredMatter
from storage.responses import NewResponse
from storage.results import StoredResult
from storage.timelines import Gave


async def tell_own(session: Session, _keys: Keyring, visit: Visit, effect: LookedBack) -> None:
    """Something that this person gave: where it was gathered, what was done with it, what followed."""
    process, name = visit.board.process, effect.contribution
    gave = await timelines.gave(session, process, visit.person, name)
    if gave is None:
        visit.texts.append(_("This is no longer there."))
        return
    about = await timelines.gathered_in(session, process, visit.person, name)
    names = [matter.id for matter in about]
    behind = await matters.behind(session, names) if names else {}
    answers = await timelines.responses_to(session, process, visit.person, name, names)
    steps = await _steps(session, visit, answers, names)
    gathered = (line for matter in about for line in _gathered(visit, matter, behind[matter.id]))
    promised = [day for day in (_promised(gave), *(matter.due for matter in about)) if day is not None]
    is_owed = any(matter.owed for matter in about)
    waits = () if answers and not is_owed else (_waits(min(promised, default=None)),)
    visit.texts.append("\n".join((_opening(visit, gave), *gathered, *steps, *waits)))


async def tell(session: Session, _keys: Keyring, visit: Visit, effect: LookedInto) -> None:
    """A matter that others raised: how many want it, what was done with it, what followed. None of their words."""
    process, name = visit.board.process, effect.matter
    matter = await stored.get(session, process, name)
    if matter is None or not await follows.may_read(session, process, visit.person, name):
        visit.texts.append(_("This is no longer there."))
        return
    behind = (await matters.behind(session, [name]))[name]
    answers = list(reversed(await stored_responses.to_matter(session, process, name)))
    steps = await _steps(session, visit, answers, [name])
    waits = () if answers and not matter.owed else (_waits(matter.due),)
    visit.texts.append("\n".join((_title(visit, matter), *_crowd(behind), *steps, *waits)))


def _opening(visit: Visit, gave: Gave) -> str:
    if gave.consultation is None:
        return _ended(flows.gave(gave.day, gave.topic))
    titles = contents.unpack(gave.consultation, contents.Consultation).title
    return _ended(flows.gave(gave.day, gave.topic, _text(visit, titles)))


def _ended(sentence: str) -> str:
    return f"{sentence}."


def _promised(gave: Gave) -> date | None:
    if gave.consultation is None:
        return None
    return contents.unpack(gave.consultation, contents.Consultation).promise.responds


def _gathered(visit: Visit, matter: StoredMatter, behind: Behind) -> Iterator[str]:
    yield _("We gathered it with what others said: {title}", title=_title(visit, matter))
    yield from _crowd(behind)


def _crowd(behind: Behind) -> Iterator[str]:
    """Nothing of a few: they could be known by it."""
    if behind.people is not None:
        yield ngettext("About {number} person said this.", "About {number} people said this.", behind.people)


def _waits(promised: date | None) -> str:
    if promised is None:
        return _("There is no response yet.")
    return _("There is no response yet. We promised one by {day}.", day=in_words(promised))


async def _steps(
    session: Session, visit: Visit, answers: Sequence[NewResponse], matter_ids: Sequence[str]
) -> Sequence[str]:
    """What rounds decided on these matters, and the responses, each with what followed it; the first first."""
    decided = await standings.of(session, visit.board.process, matter_ids)
    names = [response.id for response in answers]
    followed = await results.of_responses(session, visit.board.process, names) if names else ()
    steps = [(standing.day, _decided(standing)) for standing in decided]
    for response in answers:
        happened = [_happened(visit, result) for result in followed if result.response_id == response.id]
        steps.append((response.published.date(), "\n".join((_responded(visit, response), *happened))))
    return [step for _day, step in sorted(steps, key=itemgetter(0))]


def _decided(standing: Standing) -> str:
    return _("{day}: {what}", day=in_words(standing.day), what=standing.sentence())


def _responded(visit: Visit, response: NewResponse) -> str:
    became = responses.became(visit.board.content.languages, responses.read(response), departs=response.departs)
    # To translators: a day, and what happened on it: "May 1, 2026: It was taken up."
    return _("{day}: {what}", day=in_words(response.published.date()), what=_in_lines(became))


def _happened(visit: Visit, result: StoredResult) -> str:
    order = visit.board.content.languages
    text = flows.rendition(contents.unpack(result.text, dict[str, str]), visit.language, order)
    seen = responses.seen_at(order, contents.unpack(result.place, dict[str, str]), result.link)
    what = "\n".join((_(flows.RESULTS[result.state]), flows.with_notice(text, visit.language), *seen))
    return _("{day}: {what}", day=in_words(result.day), what=what)


def _in_lines(text: str) -> str:
    """In a timeline an empty line would cost and tell nothing."""
    return text.replace("\n\n", "\n")


def _title(visit: Visit, matter: StoredMatter) -> str:
    return _text(visit, contents.unpack(matter.title, dict[str, str]))


def _text(visit: Visit, renditions: flows.Renditions) -> str:
    return flows.rendition(renditions, visit.language, visit.board.content.languages).text
