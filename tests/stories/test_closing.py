"""A review is over: its people are told once, nothing else leaves for it, and they still read what they gave."""

from datetime import timedelta

import pytest

from bot.housekeeping import Housekeeping
from handlers import bulletins, closing, consultations, processes, responses, rounds
from handlers.writing import contents
from storage import schedules
from tests.stories.test_consultation import consultation
from tests.stories.test_council import opens, seated, to_vote
from tests.stories.town import StoryTown, now


async def closes(square: StoryTown) -> str:
    keys = square.parts.keys
    return await square.acts(lambda session, process, moment: closing.close(session, process, keys, moment))


async def keeps_house(square: StoryTown, later: timedelta) -> None:
    parts = square.parts
    await Housekeeping(parts.database, parts.keys, parts.channels, parts.hints.waker).keep(now() + later)
    await parts.worker.expand()


async def test_everybody_is_told_in_their_language_and_reads_on_what_they_gave(square: StoryTown) -> None:
    alice, amal = square.on_telegram(), square.on_sms()
    await alice.joins()
    await amal.joins("العربية")
    for words in ("share", "Interpreters at the clinic.", "no"):
        alice.says(words)
        await alice.hears()
    await square.quiet()
    alice.chat.catch_up()
    await closes(square)
    await alice.hears("This review is over: Regional review.", "send STATUS", "until you send FORGET")
    await amal.hears("انتهى هذا الاستعراض: الاستعراض الإقليمي", "«متابعة»")
    alice.says("status")
    await alice.hears("you told us what should change.", "There is no response yet.")
    alice.says("forget")
    await alice.hears("erase")
    alice.says("1")
    await alice.hears("It is done. Goodbye.")


async def test_nothing_else_leaves_any_more(square: StoryTown) -> None:
    """What waits for tomorrow, what repeats, what is asked and voted on: all of it ends."""
    alice = square.on_telegram()
    await seated(square, alice)
    tomorrow = contents.Bulletin({"en": "A hearing"}, not_before=f"{now() + timedelta(days=1):%Y-%m-%d}")
    await square.acts(lambda session, process, moment: bulletins.publish(session, process, tomorrow, moment))
    daily = contents.Bulletin({"en": "Every day"}, not_before=tomorrow.not_before, repeat="daily")
    await square.acts(lambda session, process, moment: bulletins.publish(session, process, daily, moment))
    await square.acts(lambda session, process, moment: consultations.open_(session, process, consultation(), moment))
    await alice.hears("Seeing a doctor")
    await opens(square, to_vote())
    await alice.hears("The council votes")
    await closes(square)
    texts = [await alice.hears(), await alice.hears()]
    assert any("The vote is over" in text for text in texts)
    assert any("This review is over" in text for text in texts)
    await keeps_house(square, timedelta(days=2))
    await alice.hears_nothing(square)
    alice.says("answer")
    await alice.hears("no open question")
    alice.says("news")
    await alice.hears("This review is over")


async def test_what_an_organizer_does_in_it_is_refused(square: StoryTown) -> None:
    alice = square.on_telegram()
    await seated(square, alice)
    process = await square.acts(lambda session, its, _moment: processes.get(session, its.id))
    for words in ("share", "Interpreters at the clinic.", "no"):
        alice.says(words)
        await alice.hears()
    [contribution] = await square.received()
    response = contents.Response("taken_up", {"en": "It is point 4."}, (contribution.id,))
    await closes(square)
    await alice.hears("This review is over")
    keys = square.parts.keys
    for act in (
        lambda session, _moment: processes.named(session),
        lambda session, _moment: processes.named(session, process.slug),
        lambda session, moment: processes.begin(session, process.content, moment),
        lambda session, moment: bulletins.publish(session, process, contents.Bulletin({"en": "More"}), moment),
        lambda session, moment: consultations.open_(session, process, consultation(), moment),
        lambda session, moment: rounds.open_(session, process, to_vote(), moment),
        lambda session, moment: responses.respond(session, process, response, moment),
        lambda session, moment: closing.close(session, process, keys, moment),
    ):
        with pytest.raises(contents.Unfit, match="is closed"):
            await square.organizer(act)
    await alice.hears_nothing(square)


async def test_a_bulletin_that_was_due_when_the_process_closed_is_not_published(square: StoryTown) -> None:
    """A worker held it at that moment, so that closing passed over it."""
    alice = square.on_telegram()
    await alice.joins()
    daily = contents.Bulletin({"en": "Every day"}, repeat="daily")
    await square.acts(lambda session, process, moment: bulletins.publish(session, process, daily, moment))
    [held] = await square.acts(lambda session, process, _moment: schedules.waiting(session, process.id))
    await closes(square)
    await alice.hears("This review is over")
    await square.organizer(lambda session, _moment: schedules.add(session, held))
    await keeps_house(square, timedelta(days=1))
    await alice.hears_nothing(square)
    assert await square.organizer(lambda session, _moment: schedules.waiting(session, held.process_id)) == []
