"""Whether a draft can be asked: what keeps it from that, field by field, and the consultation that it becomes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

import flows
from flows import QuestionKind, Renditions
from handlers import consultations
from handlers.drafts import Draft, QuestionDraft
from handlers.processes import OpenProcess
from handlers.writing import contents, moments
from handlers.writing.scripts import check_script
from locales import to_staff
from storage.consultations import Dates

REMINDED_AT = time(9)
"""By the clock of the process; where it has hours, by day where people live."""
PROMISED = ("purpose", "who_decides", "what_can_change")


@dataclass(frozen=True, slots=True)
class Slip:
    """What keeps a draft from being asked."""

    field: str
    """The id of the field of the form: its name, with the language behind it where it is written in several."""
    why: str = ""
    """"" where it is missing."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A consultation that can be asked, and when."""

    consultation: contents.Consultation
    opens: date | None
    """None: as soon as it is approved and its hold is over."""
    reminds: date | None
    """None: nobody is reminded."""

    def begins(self, process: OpenProcess) -> datetime | None:
        """When its day begins."""
        if self.opens is None:
            return None
        return moments.read(self.opens.isoformat(), moments.zone_of(process.content), "opens")

    def dates(self, process: OpenProcess, now: datetime) -> Dates:
        """What happens by itself once it has opened: it may open after the day on which people were to be reminded."""
        zone = moments.zone_of(process.content)
        closes = moments.end_of(self.consultation.promise.answer_by, zone, to_staff("answer_by"))
        if self.reminds is None:
            return Dates(closes)
        reminds = datetime.combine(self.reminds, REMINDED_AT, zone).astimezone(UTC)
        return Dates(closes, reminds if reminds > now else None)


def rehearsed(process: OpenProcess, draft: Draft) -> contents.Consultation | None:
    """What of it can be shown on phones already; None: the promise comes first, and is not whole."""
    try:
        whole = _consultation(draft)
    except contents.Unfit:
        return None
    if draft.level not in flows.LEVELS or any(_slips_of_promise(process.content.languages, draft)):
        return None
    return replace(whole, questions=tuple(question for question in whole.questions if _can_be_shown(question)))


def _can_be_shown(question: flows.Question) -> bool:
    try:
        contents.check_question(question, question.key)
    except contents.Unfit:
        return False
    return True


def finished(process: OpenProcess, draft: Draft, now: datetime) -> Asking:
    """What the draft becomes. Raises `contents.Unfit` with the first of its slips."""
    for slip in slips(process, draft, now):
        if slip.why:
            raise contents.Unfit(slip.why)
        raise contents.Unfit(to_staff("{what}: this is missing.", what=slip.field))
    asking = Asking(_consultation(draft), _day(draft.opens), _day(draft.reminds))
    consultations.check(process, asking.consultation, now)
    return asking


def slips(process: OpenProcess, draft: Draft, now: datetime) -> Sequence[Slip]:
    """In the order of the form. What they do not find, `finished` still may."""
    languages = process.content.languages
    found = [
        *_slips_of_promise(languages, draft),
        *([] if draft.level in flows.LEVELS else [Slip("level")]),
        *_slips_of_days(process, draft, now),
        *(slip for question in draft.questions for slip in _slips_of_question(languages, question)),
        *([] if draft.questions else [Slip("questions")]),
    ]
    return found or list(_slips_of_all(process, draft, now))


def _slips_of_all(process: OpenProcess, draft: Draft, now: datetime) -> Iterator[Slip]:
    try:
        consultations.check(process, _consultation(draft), now)
    except contents.Unfit as unfit:
        yield Slip("questions", str(unfit))


Check = Callable[[Renditions, str], None]


def _slips_of(
    languages: Sequence[str], name: str, text: Renditions, check: Check = contents.check_rendered
) -> Iterator[Slip]:
    """One language is enough: others read that, after a sentence that says so."""
    if not text:
        yield Slip(f"{name}-{languages[0]}")
    for language, rendition in text.items():
        try:
            check({language: rendition}, name)
            check_script(rendition, language, name)
        except contents.Unfit as unfit:
            yield Slip(f"{name}-{language}", str(unfit))


def _slips_of_promise(languages: Sequence[str], draft: Draft) -> Iterator[Slip]:
    yield from _slips_of(languages, "title", draft.title, contents.check_line)
    for name in PROMISED:
        yield from _slips_of(languages, name, getattr(draft, name))


def _slips_of_days(process: OpenProcess, draft: Draft, now: datetime) -> Iterator[Slip]:
    today = now.astimezone(moments.zone_of(process.content)).date()
    days: dict[str, date | None] = {}
    for name in ("answer_by", "respond_by", "opens", "reminds"):
        try:
            days[name] = _day(getattr(draft, name))
        except contents.Unfit as unfit:
            yield Slip(name, f"{name}: {unfit}")
            return
    ends, responds, begins, reminds = days["answer_by"], days["respond_by"], days["opens"], days["reminds"]
    if ends is None:
        yield Slip("answer_by")
    if responds is None:
        yield Slip("respond_by")
    if ends is None:
        return
    if ends <= max(today, begins or today):
        yield Slip("answer_by", "answer_by: this must be a day to come, and after the day on which it opens.")
    if responds is not None and responds < ends:
        yield Slip("respond_by", "respond_by: this must be the last day on which people can answer, or a later one.")
    if reminds is not None and not (begins or today) < reminds <= ends:
        yield Slip("reminds", "reminds: this must be a day while people can answer, and after the first.")


def _slips_of_question(languages: Sequence[str], question: QuestionDraft) -> Iterator[Slip]:
    key = question.key
    yield from _slips_of(languages, f"{key}-text", question.text)
    if question.kind is QuestionKind.SCALE:
        yield from _slips_of(languages, f"{key}-lowest", question.lowest, contents.check_to_tap)
        yield from _slips_of(languages, f"{key}-highest", question.highest, contents.check_to_tap)
        if not contents.FEWEST_STEPS <= question.steps <= contents.MOST_STEPS:
            limits = f"between {contents.FEWEST_STEPS} and {contents.MOST_STEPS}"
            yield Slip(f"{key}-steps", f"{key}: give {limits} steps.")
    elif question.kind is not QuestionKind.OPEN:
        yield from _slips_of_choices(languages, question)


def _slips_of_choices(languages: Sequence[str], question: QuestionDraft) -> Iterator[Slip]:
    name = f"{question.key}-choices"
    written = {language: _lines(text) for language, text in question.choices.items()}
    if not written:
        yield Slip(f"{name}-{languages[0]}")
        return
    first = next(iter(written))
    for language, lines in written.items():
        if len(lines) != len(written[first]):
            why = f"{name}: {len(written[first])} in {first}, {len(lines)} in {language}: the same in each language."
            yield Slip(f"{name}-{language}", why)
            return
    try:
        contents.check_question(_question(question), name)
        for language, text in question.choices.items():
            check_script(text, language, name)
    except contents.Unfit as unfit:
        yield Slip(f"{name}-{_meant(str(unfit), written)}", str(unfit))


def _meant(why: str, written: Mapping[str, object]) -> str:
    """The language that a sentence is about; the first where it is about none."""
    return next((language for language in written if f" in {language} " in why), next(iter(written)))


def _consultation(draft: Draft) -> contents.Consultation:
    answer_by = _day(draft.answer_by)
    if answer_by is None:
        raise contents.Unfit(to_staff("{what}: this is missing.", what=to_staff("answer_by")))
    return contents.Consultation(
        draft.title,
        flows.Promise(
            draft.purpose, draft.who_decides, draft.what_can_change, draft.level, answer_by, _day(draft.respond_by)
        ),
        tuple(map(_question, draft.questions)),
    )


def _question(draft: QuestionDraft) -> flows.Question:
    if draft.kind is QuestionKind.SCALE:
        return flows.Question(draft.key, draft.text, scale=flows.Scale(draft.lowest, draft.highest, draft.steps))
    if draft.kind is QuestionKind.OPEN:
        return flows.Question(draft.key, draft.text)
    return flows.Question(draft.key, draft.text, tuple(_options(draft)), draft.kind is QuestionKind.SEVERAL)


def _options(draft: QuestionDraft) -> Iterator[flows.Option]:
    written = {language: _lines(text) for language, text in draft.choices.items()}
    for place in range(max(map(len, written.values()), default=0)):
        label = {language: lines[place] for language, lines in written.items() if place < len(lines)}
        yield flows.Option(f"c{place + 1}", label)


def _lines(text: str) -> Sequence[str]:
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise contents.Unfit(
            to_staff("{written} is no day; write it like {example}.", written=repr(written), example="2027-06-30")
        ) from None
