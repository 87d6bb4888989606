"""A regional process and a national one under it, each with a sender of its own: neither reaches into the other."""

from dataclasses import replace

from handlers import bulletins, closing, processes, responses
from handlers.writing import contents
from tests.review import PROCESS
from tests.stories.town import Person, StoryTown

NATIONAL = replace(
    PROCESS, slug="national", under="regional-review", title={"en": "National review"}, senders=("telegram",)
)


async def both(square: StoryTown) -> tuple[Person, Person]:
    """Alice takes part in the national one, Bob in the regional one."""
    await square.organizer(lambda session, now: processes.begin(session, replace(PROCESS, senders=("sms",)), now))
    await square.organizer(lambda session, now: processes.begin(session, NATIONAL, now))
    alice, bob = square.on_telegram(), square.on_sms()
    await alice.joins()
    await bob.joins()
    return alice, bob


async def test_what_one_tells_the_other_does_not_hear(square: StoryTown) -> None:
    alice, bob = await both(square)
    news = contents.Bulletin({"en": "The hearing is on Friday."})
    await square.acts(lambda session, process, now: bulletins.publish(session, process, news, now), "national")
    await alice.hears("The hearing is on Friday.")
    await bob.hears_nothing(square)
    bob.says("news")
    assert "hearing" not in await bob.hears()
    alice.says("news")
    await alice.hears("The hearing is on Friday.")


async def test_what_is_given_is_answered_where_it_was_given(square: StoryTown) -> None:
    alice, bob = await both(square)
    for person, words in ((alice, "Interpreters."), (bob, "Buses.")):
        for text in ("share", words):
            person.says(text)
            await person.hears()
    [hers] = await square.received("national")
    [his] = await square.received("regional-review")
    assert (hers.words, his.words) == ("Interpreters.", "Buses.")
    response = contents.Response("taken_up", {"en": "It is point 4."}, (hers.id,))
    await square.acts(lambda session, process, now: responses.respond(session, process, response, now), "national")
    await alice.hears("It is point 4.")
    await bob.hears_nothing(square)


async def test_closing_one_leaves_the_other_as_it_is(square: StoryTown) -> None:
    alice, bob = await both(square)
    keys = square.parts.keys
    await square.acts(lambda session, process, now: closing.close(session, process, keys, now), "regional-review")
    await bob.hears("This review is over: Regional review.")
    await alice.hears_nothing(square)
    news = contents.Bulletin({"en": "The hearing is on Friday."})
    await square.acts(lambda session, process, now: bulletins.publish(session, process, news, now))
    await alice.hears("The hearing is on Friday.")
    await bob.hears_nothing(square)
