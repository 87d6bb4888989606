"""What stands open in a process is its own."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from storage import Database, Session, bulletins, consultations, processes
from storage.bulletins import NewBulletin
from storage.processes import NewProcess
from storage.states import ProcessState
from tests.storage.rows import CONTENT, NOW, PROCESS, another

HOUR = timedelta(hours=1)


async def fill(session: Session, process: str) -> None:
    """A consultation, a bulletin and one to come, each named after the process."""
    await consultations.add(session, f"asked in {process}", process, process, NOW)
    for when, published in (("now", NOW), ("soon", NOW + HOUR)):
        new = NewBulletin(f"{when} in {process}", process, process, for_all=True, not_after=None, published=published)
        await bulletins.add(session, new)


async def test_a_board_shows_what_stands_open_in_its_own_process(database: Database) -> None:
    async with database.writing() as session:
        national = await another(session)
        await fill(session, national)
        empty = await processes.board(session, PROCESS, NOW)
        full = await processes.board(session, national, NOW)
        assert await processes.board(session, "nowhere", NOW) is None
    assert empty is not None
    assert full is not None
    assert (empty.process, empty.consultation, empty.bulletin, empty.bulletin_next) == (PROCESS, None, None, None)
    assert (full.process, full.questions, full.bulletin, full.bulletin_next) == (
        national,
        national,
        national,
        NOW + HOUR,
    )


async def test_only_the_process_that_was_touched_or_edited_has_a_new_edition(database: Database) -> None:
    async with database.writing() as session:
        national = await another(session)
        await processes.touch(session, PROCESS)
        await processes.edit(session, PROCESS, '{"title": {}}', parent_id=national)
        boards = [await processes.board(session, name, NOW) for name in (PROCESS, national)]
        assert [board and (board.edition, board.content) for board in boards] == [(3, '{"title": {}}'), (1, CONTENT)]
        assert [(process.slug, process.parent_id) for process in await processes.every(session)] == [
            ("main", national),
            ("national", None),
        ]
        assert (await processes.get(session, PROCESS)).state is ProcessState.OPEN


async def test_two_processes_have_not_the_same_slug(database: Database) -> None:
    async with database.writing() as session:
        with pytest.raises(IntegrityError):
            await processes.add(session, NewProcess("other", "main", None, CONTENT, NOW))
        await session.rollback()
