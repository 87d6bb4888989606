"""A text is read part by part; other words are proposed, supported, decided on, and everybody concerned is told."""

import re
from datetime import timedelta
from typing import Any

import pytest

from handlers import closing, decisions, items, sendings, telling, texts
from handlers.items import Newer
from handlers.texts import TextDraft
from handlers.writing import contents
from storage import amendments
from storage.sendings import StoredSending
from storage.states import RenditionState, SendingState
from tests.handlers.house import House, Writer
from tests.handlers.items import ORGANIZER, SECOND, TRANSLATOR, WRITER

PHONE = ("+12025550123", "sms")
WHOLE = """# Meetings
Meetings are in the capital. They last a day.

# Languages
Everything is said in English."""
PLAN = TextDraft(
    {"en": "Participation plan", "fr": "Plan de participation"},
    {"en": "The rules of the review"},
    {"en": "The organizers, with the council"},
    language="en",
)
PROPOSED = "Meetings are in every region. They last a day."
BECAUSE = {"en": "Many people live far away.", "fr": "Beaucoup vivent loin."}


async def published(house: House, whole: str = WHOLE, draft: TextDraft = PLAN) -> tuple[str, list[str]]:
    """A text that people read; gives its id and those of its parts."""
    text = await house.acts(lambda session, process, now: texts.begin(session, process, draft, now))
    parts = await house.acts(lambda session, process, now: texts.write(session, process, text, whole, WRITER, now))
    await house.acts(lambda session, process, now: texts.publish(session, process, text, now))
    return text, list(parts)


async def proposes(house: House, who: Writer, words: str = PROPOSED, may: str = "Yes, they may") -> str:
    """Other words for the first part; gives the amendment's id."""
    before = await house.column("SELECT contribution_id FROM amendment")
    await who.says("read", "1", "Propose other words", words, may)
    [newest] = set(await house.column("SELECT contribution_id FROM amendment")) - set(before)
    return str(newest)


async def shows(house: House, amendment: str) -> None:
    await house.acts(lambda session, process, now: amendments.show(session, process.id, amendment, ORGANIZER, now))


async def requests(
    house: House, amendment: str, state: str = "taken_up", text: str = f"Meetings\n{PROPOSED}", edited: int = 1
) -> StoredSending:
    words = "" if state == "not_taken_up" else text
    decision = contents.Decision(amendment, state, BECAUSE, "council", edited, words)
    return await house.acts(
        lambda session, process, now: sendings.request_decision(session, process, decision, "Meetings", ORGANIZER, now)
    )


async def leaves(house: House, sending: StoredSending) -> StoredSending:
    """A second person approves it, and the hold ends."""
    await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, SECOND, sending.hash, now)
    )
    house.now += sendings.HOLD + timedelta(seconds=1)
    await house.does(sendings.leave_due)
    return await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))


async def test_a_text_is_read_part_by_part(house: House) -> None:
    alice = await house.meets().joins()
    assert "READ" not in await alice.says("help")
    await published(house)
    assert "READ: Read the common text" in await alice.says("help")
    shown = await alice.says("read")
    assert "Participation plan" in shown
    assert "The rules of the review" in shown
    assert "The organizers, with the council" in shown
    assert "Languages" in shown
    first = await alice.says("1")
    assert "Meetings are in the capital." in first
    assert "Everything is said in English." in await alice.says("Next part")
    assert "Languages" in await alice.says("All parts")


async def test_a_draft_is_read_by_nobody(house: House) -> None:
    alice = await house.meets().joins()
    text = await house.acts(lambda session, process, now: texts.begin(session, process, PLAN, now))
    await house.acts(lambda session, process, now: texts.write(session, process, text, WHOLE, WRITER, now))
    assert "There is no text to read here now." in await alice.says("read")


async def test_what_others_propose_is_read_and_supported_once_staff_have_looked_at_it(house: House) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice)
    assert "What others propose" not in await bob.says("read", "1")
    await shows(house, amendment)
    assert PROPOSED in await bob.says("read", "1", "What others propose")
    assert "We will tell you here what is decided." in await bob.says("I want this too")
    assert await house.column("SELECT count(*) FROM support") == [1]
    await bob.says("read", "1", "What others propose", "I do not want this")
    assert await house.column("SELECT count(*) FROM support") == [0]
    assert "What others propose" not in await alice.says("read", "1"), "it is their own"


async def test_who_does_not_agree_that_others_read_it_is_read_by_staff_alone(house: House) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice, may="No, they may not")
    await shows(house, amendment)
    assert "What others propose" not in await bob.says("read", "1")


async def test_what_is_taken_up_makes_the_next_edition_and_everybody_concerned_is_told(house: House) -> None:
    _text, [part, _languages] = await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice)
    await shows(house, amendment)
    await bob.says("read", "1", "What others propose", "I want this too")
    assert (await leaves(house, await requests(house, amendment))).state is SendingState.LEFT
    heard = await alice.hears()
    assert "you wrote to us about this part: Meetings" in heard
    assert "It was taken up." in heard
    assert "Many people live far away." in heard
    assert "Decided by: the council" in heard
    heard = await bob.hears()
    assert "Here is what was decided on words that you support for this part: Meetings" in heard
    assert "Many people live far away." in heard
    assert PROPOSED in await bob.says("read", "1")
    changed = await bob.says("What changed")
    assert "Taken out: the capital." in changed
    assert "New: every region." in changed
    async with house.database.reading() as session:
        [found] = await amendments.decided(session, (await house.column("SELECT id FROM process"))[0], [part])
    assert found.edition == 2


async def test_what_is_not_taken_up_is_told_with_its_reason_and_changes_nothing(house: House) -> None:
    await published(house)
    alice = await house.meets().joins()
    amendment = await proposes(house, alice)
    await leaves(house, await requests(house, amendment, "not_taken_up"))
    heard = await alice.hears()
    assert "It was not taken up." in heard
    assert "Many people live far away." in heard
    assert await house.column("SELECT edition FROM item") == [1, 1]


async def test_nobody_approves_what_they_asked_for(house: House) -> None:
    await published(house)
    sending = await requests(house, await proposes(house, await house.meets().joins()))
    with pytest.raises(contents.Unfit, match="somebody else has to approve it"):
        await house.acts(
            lambda session, process, now: sendings.approve(session, process, sending.id, ORGANIZER, sending.hash, now)
        )


async def test_it_is_decided_once(house: House) -> None:
    await published(house)
    alice = await house.meets().joins()
    amendment = await proposes(house, alice)
    sending = await requests(house, amendment)
    with pytest.raises(contents.Unfit, match="waits already"):
        await requests(house, amendment, "not_taken_up")
    await leaves(house, sending)
    with pytest.raises(contents.Unfit, match="has decided on this already"):
        await requests(house, amendment, "not_taken_up")
    await alice.hears()
    house.now += timedelta(days=1)
    await house.does(sendings.leave_due)
    assert await alice.hears() == ""


async def test_a_decision_on_an_edition_that_is_no_longer_the_newest_never_leaves(house: House) -> None:
    _text, [part, _languages] = await published(house)
    alice = await house.meets().joins()
    amendment = await proposes(house, alice)
    sending = await requests(house, amendment)
    await house.acts(
        lambda session, process, now: items.write(session, process, part, "Meetings\nAnother.", 1, WRITER, now)
    )
    assert (await leaves_nothing(house, sending)).state is SendingState.VOID
    with pytest.raises(Newer):
        await requests(house, amendment)
    await leaves(house, await requests(house, amendment, edited=2))
    assert "It was taken up." in await alice.hears()
    assert await house.column("SELECT edition FROM item ORDER BY edition") == [1, 3]


async def leaves_nothing(house: House, sending: StoredSending) -> StoredSending:
    return await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, SECOND, sending.hash, now)
    )


async def test_of_who_was_forgotten_no_word_is_left_but_those_of_the_text(house: House) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice)
    await shows(house, amendment)
    await bob.says("read", "1", "What others propose", "I want this too")
    await leaves(house, await requests(house, amendment))
    await alice.says("forget", "1")
    assert await house.column("SELECT words FROM contribution") == [None]
    assert PROPOSED in await bob.says("read", "1")
    await bob.says("forget", "1")
    assert await house.column("SELECT count(*) FROM support") == [0]


async def test_a_forgotten_proposal_is_read_by_nobody_and_can_still_be_decided_for_who_supports_it(
    house: House,
) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice)
    await shows(house, amendment)
    await bob.says("read", "1", "What others propose", "I want this too")
    await alice.says("forget", "1")
    assert "What others propose" not in await bob.says("read", "1")
    await leaves(house, await requests(house, amendment, "not_taken_up"))
    assert "It was not taken up." in await bob.hears()


@pytest.mark.parametrize("words", [("stop",), ("leave", "1")])
async def test_who_stopped_or_left_hears_nothing_of_what_they_support(house: House, words: tuple[str, ...]) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice)
    await shows(house, amendment)
    await bob.says("read", "1", "What others propose", "I want this too")
    await bob.says(*words)
    await leaves(house, await requests(house, amendment))
    assert "It was taken up." in await alice.hears()
    assert await bob.hears() == ""


async def test_nothing_is_proposed_for_a_text_that_is_closed_or_in_a_process_that_is_over(house: House) -> None:
    text, _parts = await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    await alice.says("read", "1", "Propose other words")
    await house.acts(lambda session, process, now: texts.close(session, process, text, now))
    assert "Nothing more can be proposed" in await alice.says(PROPOSED)
    assert "Propose other words" not in await bob.says("read", "1")
    await house.acts(lambda session, process, now: texts.publish(session, process, text, now))
    await bob.says("read", "1", "Propose other words")
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    assert "This review is over" in await bob.says(PROPOSED)
    assert await house.column("SELECT count(*) FROM amendment") == [0]
    assert "Meetings are in the capital." in await bob.says("read", "1")


async def test_after_its_day_nothing_is_proposed(house: House) -> None:
    until = TextDraft(PLAN.title, PLAN.becomes, PLAN.decides, house.now.date(), "en")
    await published(house, draft=until)
    alice = await house.meets().joins()
    assert "Propose other words" in await alice.says("read", "1")
    house.now += timedelta(days=1)
    assert "Propose other words" not in await alice.says("read", "1")


async def test_a_long_part_is_read_in_pieces_that_are_shorter_where_each_costs(house: House) -> None:
    sentences = " ".join(f"This is sentence number {number}." for number in range(40))
    await published(house, f"# Meetings\n{sentences}")
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    assert "sentence number 30." in await alice.says("read", "1")
    first = await bob.says("read", "1")
    assert "sentence number 3." in first
    assert "sentence number 20." not in first
    assert "Read on" in first
    on = await bob.says("1")
    assert "sentence number 3." not in on
    assert "sentence number 12." in on


async def test_a_part_without_a_translation_is_read_in_its_own_language(house: House) -> None:
    _text, [part, languages] = await published(house)
    new = items.Translation("Réunions\nLes réunions sont dans la capitale.", RenditionState.TRANSLATED, 0, 1)
    await house.acts(lambda session, process, now: items.translate(session, process, part, "fr", new, TRANSLATOR, now))
    alice = await house.meets().joins("Français")
    shown = await alice.says("texte", "1")
    assert "Les réunions sont dans la capitale." in shown
    assert languages
    shown = await alice.says("Partie suivante")
    assert "Everything is said in English." in shown
    assert "pas encore" in shown


async def test_hostile_words_hide_nothing(house: House) -> None:
    await published(house)
    alice, bob = await house.meets().joins(), await house.meets("70002").joins()
    amendment = await proposes(house, alice, "Good\u202edoog\u200b <b>words</b>")
    await shows(house, amendment)
    shown = await bob.says("read", "1", "What others propose")
    assert "\u202e" not in shown
    assert "\u200b" not in shown
    assert "<b>words</b>" in shown


async def test_a_text_that_is_too_long_is_refused(house: House) -> None:
    text = await house.acts(lambda session, process, now: texts.begin(session, process, PLAN, now))

    async def writes(whole: str) -> Any:
        return await house.acts(lambda session, process, now: texts.write(session, process, text, whole, WRITER, now))

    with pytest.raises(contents.Unfit, match="4001 characters"):
        await writes("x" * 4001)
    with pytest.raises(contents.Unfit, match="at most 60 parts"):
        await writes("\n".join(f"# Part {number}\nWords." for number in range(61)))
    assert decisions.STATES


async def test_killed_in_the_middle_of_deciding_nothing_has_happened_and_then_it_happens_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published(house)
    alice = await house.meets().joins()
    sending = await requests(house, await proposes(house, alice))
    await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, SECOND, sending.hash, now)
    )
    house.now += sendings.HOLD + timedelta(seconds=1)

    async def ends(*_parts: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(telling, "tell_back", ends)
        with pytest.raises(SystemExit):
            await house.does(sendings.leave_due)
    assert await house.column("SELECT edition FROM item") == [1, 1]
    assert await house.column("SELECT count(*) FROM decision") == [0]
    assert await house.column("SELECT count(*) FROM response") == [0]
    await house.does(sendings.leave_due)
    await house.does(sendings.leave_due)
    assert (await alice.hears()).count("It was taken up.") == 1
    assert await house.column("SELECT edition FROM item ORDER BY edition") == [1, 2]


async def test_of_two_chats_that_are_linked_one_support_stays_and_their_own_is_not_counted(house: House) -> None:
    await published(house)
    alice, bob, phone = (
        await house.meets().joins(), await house.meets("70002").joins(), await house.meets(*PHONE).joins(),
    )  # fmt: skip
    amendment = await proposes(house, alice)
    await shows(house, amendment)
    for who in (bob, phone):
        await who.says("read", "1", "What others propose", "I want this too")
    assert await house.column("SELECT count(*) FROM support") == [2]
    code = re.search(r"\d{8}", await bob.says("link"))
    assert code
    await phone.says(code.group(), "1")
    assert await house.column("SELECT count(*) FROM support") == [1]
    code = re.search(r"\d{8}", await alice.says("link"))
    assert code
    await bob.says(code.group(), "1")
    found = await house.acts(lambda session, process, _now: amendments.get(session, process.id, house.keys, amendment))
    assert found
    assert found.supporters == 0
