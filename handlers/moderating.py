"""What waits to be put where many agree or disagree with it: who reads it, and what says nearly the same."""

from collections.abc import Collection, Sequence

from handlers import likeness
from handlers.processes import OpenProcess
from handlers.writing import contents
from locales import to_staff
from storage import Keyring, Session, proposals, statements
from storage.proposals import WaitingProposal
from storage.statements import StoredStatement


async def number_waiting(session: Session, process: OpenProcess, languages: Collection[str] | None) -> int:
    """How many somebody who reads these languages can decide on; None: all."""
    return await proposals.number_waiting(session, process.id, languages)


async def waiting(
    session: Session, keys: Keyring, process: OpenProcess, languages: Collection[str] | None, most: int
) -> Sequence[WaitingProposal]:
    """What they can decide on, the oldest first."""
    return await proposals.waiting(session, keys, process.id, languages, most)


async def one_waiting(
    session: Session, keys: Keyring, process: OpenProcess, proposal_id: str, languages: Collection[str] | None
) -> WaitingProposal:
    """Raises `contents.Unfit` when it waits no more, or they do not read its language."""
    found = await proposals.find(session, keys, process.id, proposal_id)
    if found is None or (languages is not None and found.language not in languages):
        raise contents.Unfit(to_staff("Somebody has decided on this already, or its person is not here any more."))
    return found


async def alike(session: Session, process: OpenProcess, proposal: WaitingProposal) -> list[StoredStatement]:
    """Everything that is shown beside it, what is most alike in the same language first."""
    each = [it for it in await statements.of_sounding(session, process.id, proposal.sounding_id) if it.is_shown]
    texts = {it.id: contents.unpack(it.texts, dict[str, str]).get(proposal.language, "") for it in each}
    near = likeness.alike({proposal.id: proposal.words}, texts, len(each))
    places = {name: place for place, name in enumerate(near)}
    return sorted(each, key=lambda it: places.get(it.id, len(near)))
