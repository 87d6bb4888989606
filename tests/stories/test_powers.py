"""A council of three on three channels decides what leaves, and which questions are asked; nothing goes round it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from bot.housekeeping import Housekeeping
from handlers import councils, drafts, items, openings, sendings
from handlers.items import ItemDraft, Translation
from handlers.processes import OpenProcess
from handlers.sendings import HOLD
from handlers.writing import contents
from storage import Keyring, Session
from storage.states import Power, RenditionState
from tests.handlers.asking import DRAFT
from tests.handlers.house import NOW
from tests.review import PROCESS
from tests.stories.test_council import seated
from tests.stories.test_hours import Dial
from tests.stories.town import Person, StoryTown, shown_in, town

WRITER, SECOND, TRANSLATOR = "amina", "bilal", "chloe"
YES, NO = "1", "2"
HEARING, AUDITION = "The hearing is on Friday.", "Audience vendredi."


@pytest.fixture
async def hall(database_url: str, keys: Keyring) -> AsyncIterator[StoryTown]:
    """A town whose clock is turned by hand."""
    async with town(database_url, keys, PROCESS, Dial(NOW)) as running:
        yield running


async def council_of_three(hall: StoryTown, power: Power) -> Sequence[Person]:
    new = contents.Council({"en": "Youth council", "fr": "Conseil des jeunes"}, powers=(power,))
    await hall.acts(lambda session, process, now: councils.open_(session, process, new, now))
    alice, bob, cosma = hall.on_telegram(), hall.on_whatsapp(), hall.on_sms()
    await seated(hall, alice)
    await seated(hall, bob)
    await seated(hall, cosma, "Français")
    return alice, bob, cosma


async def keeps_house(hall: StoryTown, times: int = 1) -> None:
    """As often as it takes until what has happened has led to what follows."""
    parts = hall.parts
    for _time in range(times):
        await Housekeeping(parts.database, parts.keys, parts.channels, parts.hints.waker).keep(hall.clock())
        await parts.worker.expand()


async def after_the_hold(hall: StoryTown) -> None:
    assert isinstance(hall.clock, Dial)
    await hall.quiet()
    hall.clock.at += HOLD
    await keeps_house(hall)


async def lets_leave(hall: StoryTown, text: str, french: str) -> None:
    """One writes it, another translates it, one requests that it leaves, and another approves."""

    async def write(session: Session, process: OpenProcess, now: object) -> str:
        new = ItemDraft("Hearing", "en", text)
        name = await items.draft(session, process, new, WRITER, hall.clock())
        translated = Translation(french, RenditionState.TRANSLATED, edited=0, source_edition=1)
        await items.translate(session, process, name, "fr", translated, TRANSLATOR, hall.clock())
        return name

    name = await hall.acts(write)
    made = await hall.acts(lambda session, process, now: sendings.request(session, process, name, WRITER, now))
    await hall.acts(lambda session, process, now: sendings.approve(session, process, made.id, SECOND, made.hash, now))
    await after_the_hold(hall)


@dataclass(frozen=True)
class Talk:
    """What is written and heard to vote, in one language."""

    vote: str
    read: str
    right: str
    kept: str
    over: str


ENGLISH = Talk("vote", "Read more", "Is this right?", "We have your vote.", "The vote is over")
FRENCH = Talk("voter", "En savoir plus", "Est-ce juste", "Votre vote est enregistr", "Le vote est termin")


async def comes_to_hear(person: Person, *words: str) -> None:
    """Some message that comes now holds all of these: some platforms part what others join."""
    while True:
        shown = shown_in(await person.chat.next())
        if all(word in shown for word in words):
            return


async def votes(person: Person, talk: Talk, answer: str, words: str) -> None:
    """They read the words before they choose."""
    person.says(talk.vote)
    await comes_to_hear(person, talk.read)
    person.says("2")
    await comes_to_hear(person, words)
    person.says(answer)
    await comes_to_hear(person, talk.right)
    person.says("1")
    await comes_to_hear(person, talk.kept)


async def test_a_bulletin_waits_for_the_council_and_leaves_when_most_say_yes(hall: StoryTown) -> None:
    alice, bob, cosma = await council_of_three(hall, Power.BULLETINS)
    outsider = hall.on_sms()
    await outsider.joins()
    await lets_leave(hall, HEARING, AUDITION)
    for person in (alice, bob):
        await person.hears("The council votes: News that we want to send", "ends sooner when everybody has voted")
    await cosma.hears("Le conseil vote : Une nouvelle que nous voulons envoyer")

    for person, talk, answer, words in (
        (alice, ENGLISH, YES, HEARING),
        (bob, ENGLISH, YES, HEARING),
        (cosma, FRENCH, NO, AUDITION),
    ):
        await outsider.hears_nothing(hall)
        await votes(person, talk, answer, words)
    await keeps_house(hall, 2)
    for person in (alice, bob):
        await comes_to_hear(person, "3 members of 3 voted.", "More said yes than no to: The hearing is on Friday.")
        await comes_to_hear(person, HEARING)
    await comes_to_hear(cosma, FRENCH.over)
    await comes_to_hear(cosma, AUDITION)
    await outsider.hears(HEARING)

    english, french = "Come to the old bridge.", "Venez au vieux pont."
    await lets_leave(hall, english, french)
    await votes(alice, ENGLISH, NO, english)
    await votes(bob, ENGLISH, YES, english)
    await votes(cosma, FRENCH, NO, french)
    await keeps_house(hall, 3)
    for person in (alice, bob):
        await comes_to_hear(person, "None of them has more yes than no.")
    await comes_to_hear(cosma, FRENCH.over)
    for person in (alice, bob, cosma, outsider):
        await person.hears_nothing(hall)


async def test_a_consultation_asks_only_what_the_council_adopted(hall: StoryTown) -> None:
    alice, bob, cosma = await council_of_three(hall, Power.QUESTIONS)
    outsider = hall.on_telegram()
    await outsider.joins()

    async def write(session: Session, process: OpenProcess, _now: object) -> str:
        name = await drafts.begin(session, process, WRITER, hall.clock())
        await drafts.write(session, process, name, DRAFT, 1, WRITER, hall.clock())
        return name

    name = await hall.acts(write)
    made = await hall.acts(lambda session, process, now: openings.request(session, process, name, 2, WRITER, now))
    await hall.acts(lambda session, process, now: openings.approve(session, process, made.id, SECOND, made.hash, now))
    await after_the_hold(hall)
    for person in (alice, bob):
        await person.hears("The council votes: Questions that we want to ask (Seeing a doctor)")
    await cosma.hears("Des questions que nous voulons poser (Voir un médecin)")
    await outsider.hears_nothing(hall)

    alice.says("vote")
    await comes_to_hear(alice, ENGLISH.read)
    alice.says("2")
    await comes_to_hear(alice, "About which one?")
    alice.says("2")
    await comes_to_hear(alice, "What kept you?", "1. Waiting", "4. Fear")
    for person, talk, chosen in ((alice, ENGLISH, "1 4"), (bob, ENGLISH, "1, 4"), (cosma, FRENCH, "4")):
        if person is not alice:
            person.says(talk.vote)
            await comes_to_hear(person, talk.read)
        person.says("1")
        await comes_to_hear(person, "Have you been?")
        person.says(chosen)
        await comes_to_hear(person, talk.right)
        person.says("1")
        await comes_to_hear(person, talk.kept)
    await keeps_house(hall, 2)
    adopted = "More than half of those who voted approve: Have you been?; What would make it easier?"
    for person in (alice, bob):
        await comes_to_hear(person, adopted)
        await comes_to_hear(person, "We have a new question for you: Seeing a doctor")
    await comes_to_hear(cosma, FRENCH.over)
    await comes_to_hear(cosma, "Voir un médecin")

    await outsider.hears("We have a new question for you: Seeing a doctor")
    outsider.says("answer")
    await outsider.hears_choices("The ministers.", "Have you been?")
    outsider.says("1")
    await outsider.hears("What would make it easier?")
    outsider.says("Shorter ways.")
    await outsider.hears("Thank you")
