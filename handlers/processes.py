"""The process itself."""

from datetime import datetime

import flows
from flows.welcome import RATHER_NOT
from handlers import contents
from locales import languages
from storage import Session, processes
from storage.ids import fresh


async def begin(session: Session, process: flows.Process, now: datetime) -> str:
    """Open the process that this deployment runs, or change what is said of it. Raises `contents.Unfit`."""
    _check(process)
    before = await processes.the_one(session)
    if before is not None:
        await processes.edit(session, before[0], contents.pack(process))
        return before[0]
    name = fresh()
    await processes.add(session, name, contents.pack(process), now)
    return name


async def the_one(session: Session) -> tuple[str, flows.Process]:
    """The id of the process and what is said of it. Raises `contents.Unfit` when none was opened."""
    process = await processes.the_one(session)
    if process is None:
        raise contents.Unfit("Open a process first: hearback process open FILE")
    return process[0], contents.unpack(process[1], flows.Process)


def _check(process: flows.Process) -> None:
    contents.check_line(process.title, "title")
    contents.check_line(process.organizer, "organizer")
    if process.contact is not None:
        contents.check_rendered(process.contact, "contact", contents.LONGEST_TITLE)
    contents.check_options(process.regions, "regions", least=0, ours=RATHER_NOT)
    unknown = [code for code in process.languages if code not in languages()]
    if unknown or not process.languages:
        raise contents.Unfit(f"languages: choose from {', '.join(languages())}.")
