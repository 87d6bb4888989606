"""Something is asked to leave, and waits for somebody else to approve it."""

from handlers import processes
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Session, sendings
from storage.sendings import NewSending, StoredSending


async def once(session: Session, process: OpenProcess, new: NewSending) -> StoredSending:
    """Keep what is asked for. Raises `contents.Unfit` where the very same is on its way, or the process is over."""
    processes.check_open(process)
    if await sendings.alike(session, process.id, new.hash):
        raise contents.Unfit(to_staff("Somebody has requested this already: it waits to be approved, or to leave."))
    return await sendings.add(session, new)
