"""One question to one contributor, whom nobody of the staff knows by it, and its answer."""

from datetime import datetime

import flows
from handlers import matters, processes, telling
from handlers.contributions import recording
from handlers.processes import OpenProcess
from handlers.talk.visits import Visit
from handlers.telling import Announcement
from handlers.writing import contents
from locales import _, spoken, to_staff
from storage import Keyring, Session, contributions, fresh, inquiries
from storage.broadcasts import INQUIRY, Audience, Subject
from storage.inquiries import Asking, NewInquiry

LONGEST = 400


async def ask(
    session: Session,
    process: OpenProcess,
    matter_id: str,
    contribution_id: str,
    text: flows.Renditions,
    staff_id: str,
    now: datetime,
) -> str:
    """Ask whoever gave a contribution one thing, in the chat in which they gave it; gives the id of the question.

    Raises `contents.Unfit`: also where its person cannot be written to any more, or has not answered the last one.
    """
    processes.check_open(process)
    contents.check_rendered(text, to_staff("question"), LONGEST)
    await matters.get(session, process, matter_id)
    about = await inquiries.about(session, process.id, matter_id, contribution_id)
    if about is None:
        raise contents.Unfit(to_staff("Nobody can be asked about this any more."))
    if about.is_waiting:
        raise contents.Unfit(to_staff("A question about this waits for its answer already."))
    new = NewInquiry(fresh(), process.id, matter_id, contribution_id, contents.pack(text), staff_id)
    announcement = Announcement(
        Subject(INQUIRY, new.id),
        telling.in_every_language(process, lambda render: _asked(process, about, render(text))),
        Audience(contributions=(contribution_id,)),
    )
    telling.check_fits(announcement.renditions, to_staff("question"))
    await inquiries.add(session, new, now)
    await processes.touch(session, process)
    if not await telling.tell_now(session, process, announcement, now):
        raise contents.Unfit(to_staff("Whoever gave this cannot be written to now."))
    return new.id


async def reply(_session: Session, keys: Keyring, visit: Visit, effect: flows.Replied) -> None:
    """Keep the answer as a contribution to the same matter, sealed for its person. Too late, say so."""
    if visit.is_over:
        visit.break_off(flows.over(visit.facts().within(visit.surroundings)))
        return
    visit.gave = True
    new = contributions.NewContribution(
        process=visit.board.process,
        language=visit.language,
        day=visit.now.date(),
        text=effect.words.text,
        recording=recording(keys, visit, effect.words),
        address=visit.address,
    )
    contributions.add(visit.writes, visit.key, new, effect.contribution)
    inquiries.answer(visit.writes, effect.inquiry, effect.matter, effect.contribution, visit.now)


def _asked(process: OpenProcess, about: Asking, question: str) -> str:
    title = ""
    if about.consultation is not None:
        titles = contents.unpack(about.consultation, contents.Consultation).title
        title = flows.rendition(titles, spoken(), process.content.languages).text
    gave = flows.gave(about.day, about.topic, title)
    how = _("To answer, send {reply}. You do not have to.", reply=flows.to_send("reply"))
    return f"{gave}\n\n{question}\n\n{how}"
