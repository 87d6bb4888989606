"""What a message means, wherever the conversation stands."""

import dataclasses
from datetime import timedelta

import pytest
from msgspec import structs
from sqlalchemy import update

import flows
import storage
from channels.messages import Kind
from handlers import bulletins, consultations, conversations, processes
from handlers.talk import standing as standings
from handlers.talk.boards import NoProcess
from handlers.writing import contents
from storage import turns
from storage.tables import delivery
from storage.turns import Incoming
from tests.flows.example import named_in
from tests.handlers.house import PROCESS, House, Writer
from tests.handlers.written import consultation
from tests.storage.rows import statements


async def standing(writer: Writer) -> standings.Standing:
    keys = writer.house.keys
    async with writer.house.database.writing() as session:
        index = keys.index(writer.channel, writer.sender)
        [found] = await turns.find(session, keys, [Incoming("look", index, "telegram")], writer.house.now)
    assert found.known is not None
    return standings.unpacked(found.known.talk)


async def under_way(writer: Writer) -> list[str]:
    return [talk.flow for talk in (await standing(writer)).talks]


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Makes a flow newer than every conversation in it."""

    def make(name: str) -> None:
        changed = {**flows.flows(), name: dataclasses.replace(flows.flows()[name], edition=99)}
        monkeypatch.setattr(flows, "flows", lambda: changed)

    return make


async def test_fifty_helps_leave_the_conversation_as_small_as_it_was(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share", "1")
    before = await standing(alice)
    for word in ("help", "language", "forget", "language", "forget") * 10:
        await alice.says(word)
    assert await under_way(alice) == ["share", "language", "forget"]
    assert (await standing(alice)).talks[0] == before.talks[0]


async def test_talks_inside_each_other_go_on_one_after_the_other(house: House) -> None:
    alice = await house.meets().joins()
    question = await alice.says("share")
    await alice.says("language", "forget")
    heard = await alice.says("help")
    assert "You can send these words" in heard
    assert "This cannot be undone" in heard
    heard = await alice.says("2")
    assert "Nothing was erased." in heard
    assert "Français" in heard
    heard = await alice.says("English")
    assert heard.endswith(question)


async def test_back_out_of_an_inner_talk_asks_the_outer_question(house: House) -> None:
    alice = await house.meets().joins()
    question = await alice.says("share")
    assert await alice.says("forget", "0") == question
    assert await alice.says("language", "0") == question
    assert "What would you like to do?" in await alice.says("0")
    assert "What would you like to do?" in await alice.says("0")


async def test_a_word_that_answers_nothing_asks_to_forget_again(house: House) -> None:
    alice = await house.meets().joins()
    heard = await alice.says("forget", "perhaps")
    assert "We did not understand" in heard
    assert "This cannot be undone" in heard


async def test_back_before_the_yes_and_then_a_no_is_a_no(house: House) -> None:
    alice = house.meets()
    await alice.says("hello")
    assert "Do you want to take part?" in await alice.says("0")
    assert "Do you want to take part?" in await alice.says("language", "0")
    assert "We keep nothing" in await alice.says("2")
    assert await house.column('SELECT id FROM address WHERE "index" IS NOT NULL') == []


async def test_a_flow_that_changed_begins_again_with_a_kind_sentence(house: House, older) -> None:  # type: ignore[no-untyped-def]
    alice = await house.meets().joins()
    question = await alice.says("share")
    await alice.says("1")
    older("share")
    heard = await alice.says("1")
    assert heard.startswith("This part of our conversation has changed")
    assert heard.endswith(question)
    assert await under_way(alice) == ["share"]


async def test_a_flow_that_changed_beneath_another_begins_again_when_it_is_reached(house: House, older) -> None:  # type: ignore[no-untyped-def]
    alice = await house.meets().joins()
    question = await alice.says("share")
    older("share")
    heard = await alice.says("help")
    assert "You can send these words" in heard
    assert "has changed since we last wrote" in heard
    assert heard.endswith(question)


async def edits(house: House, **changes: object) -> None:
    edited = dataclasses.replace(PROCESS, **changes)  # type: ignore[arg-type]
    await house.does(lambda session, now: processes.begin(session, edited, now))


async def test_a_talk_under_way_speaks_of_the_process_as_it_is_now(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    await edits(house, organizer={"en": "The Forum of the South"})
    assert "The Forum of the South will read it." in await alice.says("Interpreters at the clinic.")


async def test_a_number_does_not_choose_from_a_list_that_was_not_shown(house: House) -> None:
    alice = house.meets()
    await alice.says("hello", "1", "menu")
    assert "The north\nThe south" in await alice.says("region")
    await edits(house, regions=PROCESS.regions[::-1])
    heard = await alice.says("1")
    assert heard.startswith("This is not one of the choices.")
    assert "The south\nThe north" in heard
    assert await house.column("SELECT region FROM participation") == [""]
    await alice.says("1")
    assert await house.column("SELECT region FROM participation") == ["south"]


async def test_a_button_chooses_what_it_says_wherever_that_stands_now(house: House) -> None:
    alice = house.meets()
    await alice.says("hello", "1", "menu", "region")
    await edits(house, regions=PROCESS.regions[::-1])
    token = (await standing(alice)).token
    await alice.does(alice.message(kind=Kind.CHOICE, choice="north", token=token))
    assert await house.column("SELECT region FROM participation") == ["north"]


@pytest.mark.parametrize("kept", ['{"talks": [{"flow": 7}]}', "{", '{"talks": [{"flow": "gone", "edition": 1}]}'])
async def test_a_conversation_that_cannot_be_read_begins_again(
    house: House, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    unpacked = standings.unpacked
    monkeypatch.setattr(conversations, "unpacked", lambda _text: unpacked(kept))
    heard = await alice.says("1")
    assert "has changed since we last wrote" in heard
    assert "What would you like to do?" in heard


@pytest.mark.parametrize(("word", "heard"), [("STOP", "We will not write to you"), ("forget", "This cannot be undone")])
async def test_stop_and_forget_are_heard_in_a_conversation_that_cannot_be_read(
    house: House, word: str, heard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await house.meets().joins()
    unpacked = standings.unpacked
    monkeypatch.setattr(conversations, "unpacked", lambda _text: unpacked('{"talks": 7}'))
    reply = await alice.says(word)
    assert heard in reply
    assert "has changed" not in reply


async def test_a_command_is_a_command_even_where_words_are_asked_for(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    assert "You have not told us anything yet" in await alice.says("/status")


async def test_what_the_platform_answered_itself_is_not_answered_again(house: House) -> None:
    bob = await house.meets("+12025550123", "sms").joins()
    question = await bob.says("share")
    before = await standing(bob)
    assert await bob.does(bob.message("HELP", answered=True)) == ""
    assert structs.replace(await standing(bob), heard=before.heard) == before
    assert await bob.does(bob.message("STOP", answered=True)) == ""
    assert question in await bob.does(bob.message("START", answered=True))


async def test_an_edit_by_someone_forgotten_is_not_a_first_contact(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("forget", "1")
    assert await alice.does(alice.message("hidden", Kind.EDITED)) == ""
    assert "Français" in await alice.says("hello")


async def test_an_edit_by_someone_who_left_is_not_answered(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("stop")
    assert await alice.does(alice.message("hidden", Kind.EDITED)) == ""


async def test_a_block_ends_with_the_next_word_and_stop_does_not(house: House) -> None:
    alice = await house.meets().joins()
    await alice.does(alice.message(kind=Kind.BLOCKED))
    assert await house.column("SELECT reach FROM address") == ["blocked"]
    assert await alice.says("menu") != ""
    assert await house.column("SELECT reach FROM address") == ["active"]
    await alice.does(alice.message(kind=Kind.BLOCKED))
    await alice.does(alice.message(kind=Kind.UNBLOCKED))
    assert await house.column("SELECT reach FROM address") == ["active"]
    await alice.says("stop")
    for kind in (Kind.BLOCKED, Kind.UNBLOCKED):
        await alice.does(alice.message(kind=kind))
    assert await house.column("SELECT reach FROM address") == ["opted_out"]


@pytest.mark.parametrize("reach", ["invalid", "not_on_channel", "blocked"])
async def test_who_writes_again_is_reached_again(house: House, reach: str) -> None:
    alice = await house.meets().joins()
    async with house.database.writing() as session:
        await session.exec_driver_sql(f"UPDATE address SET reach = '{reach}'")  # noqa: S608
    assert await alice.says("menu") != ""
    assert await house.column("SELECT reach FROM address") == ["active"]


async def test_a_block_by_a_stranger_is_no_first_contact(house: House) -> None:
    stranger = house.meets()
    await stranger.does(stranger.message(kind=Kind.BLOCKED))
    assert await house.column("SELECT id FROM person") == []


async def test_two_processes_of_ours_see_what_the_other_published(house: House) -> None:
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    other = House(house.database, house.keys, house.process)
    assert "no open question" in await alice.says("answer")
    assert "no open question" in await Writer(other, "2", "telegram").says("answer")
    name, _broadcast = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    await bob.hears()
    assert "Seeing a doctor" in await Writer(other, "2", "telegram").says("answer")
    await other.acts(lambda session, process, now: consultations.close(session, process, name, now))
    await alice.hears()
    assert "no open question" in await alice.says("answer")


async def test_who_has_begun_to_answer_when_the_consultation_closes_keeps_what_was_given(house: House) -> None:
    alice = await house.meets().joins()
    name, _broadcast = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    await alice.says("answer", "1")
    await house.acts(lambda session, process, now: consultations.close(session, process, name, now))
    assert "These questions have closed." in await alice.says("Longer hours.")
    assert await house.column("SELECT question FROM contribution") == ["been"]


async def test_news_end_with_their_last_day(house: House) -> None:
    alice = await house.meets().joins()
    news = contents.Bulletin({"en": "Come today."}, not_after=house.now.date())
    await house.acts(lambda session, process, now: bulletins.publish(session, process, news, now))
    assert "Come today." in await alice.says("news")
    house.now += timedelta(days=1)
    assert "Come today." not in await alice.says("news")


async def test_who_spoke_a_language_that_the_process_no_longer_has_goes_on(house: House) -> None:
    amal = await house.meets().joins("Français")
    async with house.database.writing() as session:
        await session.exec_driver_sql("UPDATE person SET language = 'xx'")
    assert "What would you like to do?" in await amal.says("menu")


async def test_without_a_process_nothing_is_taken(database_url: str, keys) -> None:  # type: ignore[no-untyped-def]
    database = storage.open(database_url)
    try:
        empty = House(database, keys, "")
        with pytest.raises(NoProcess):
            await empty.takes(empty.meets().message("hello"))
        assert await empty.column("SELECT id FROM event") == []
    finally:
        await database.close()


async def test_a_fault_in_the_middle_leaves_nothing_of_the_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await house.meets().joins()
    before = await house.column("SELECT id FROM delivery")
    monkeypatch.setattr(conversations, "keep", lambda *_arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await house.takes(alice.message("stop"))
    assert await house.column("SELECT reach FROM address") == ["active"]
    assert await house.column("SELECT id FROM delivery") == before


async def test_a_long_reply_leaves_in_parts_in_order_and_only_the_last_asks(house: House) -> None:
    alice = await house.meets().joins()
    long = dataclasses.replace(
        consultation().promise,
        purpose={"en": "purpose " * 170},
        who_decides={"en": "decides " * 170},
        what_can_change={"en": "changes " * 170},
    )
    await house.acts(
        lambda session, process, now: consultations.open_(
            session, process, dataclasses.replace(consultation(), promise=long), now
        )
    )
    await alice.hears()
    await house.takes(alice.message("answer"))
    await house.sends()
    first, *_between, last = house.left.pop("70001")
    assert (first.choices, bool(last.choices)) == ((), True)
    assert first.text.startswith("Seeing a doctor")


async def test_the_same_batch_twice_has_one_effect(house: House) -> None:
    alice, bob = house.meets("1"), house.meets("2")
    batch = (alice.message("hello"), bob.message("hello"))
    await house.takes(*batch)
    await house.takes(*batch)
    await house.sends()
    assert [len(house.left[sender]) for sender in ("1", "2")] == [1, 1]


async def test_hearing_many_is_one_reading_and_one_writing(postgresql_house: House) -> None:
    house = postgresql_house
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    batch = (alice.message("share"), bob.message("help"), house.meets("3").message("hello"))
    with statements(house.database) as counted:
        await house.takes(*batch)
    assert len(counted) == 2


async def loses(writer: Writer, turn: int = 0) -> int:
    """Nobody knows what became of the reply of that turn, or else of the last; gives the turn."""
    house = writer.house
    turn = turn or max(await house.column("SELECT turn FROM delivery"))
    async with house.database.writing() as session:
        await session.execute(update(delivery).where(delivery.c.turn == turn).values(state="unknown", code="crash"))
    return turn


async def became(house: House, turn: int) -> list[str]:
    return await house.column(f"SELECT state FROM delivery WHERE turn = {turn:d}")  # noqa: S608 a number


async def test_a_tap_on_our_keyboard_proves_that_the_message_arrived(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("menu")
    turn = await loses(alice)
    await alice.does(alice.message(kind=Kind.CHOICE, choice="1", token=str(turn)))
    assert await became(house, turn) == ["delivered"]


async def test_so_does_a_tap_on_an_old_keyboard(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("menu")
    turn = await loses(alice)
    await alice.says("help")
    assert await became(house, turn) == ["unknown"]
    assert "This button belongs to an earlier question" in await alice.does(
        alice.message(kind=Kind.CHOICE, choice="1", token=str(turn))
    )
    assert await became(house, turn) == ["delivered"]


@pytest.mark.parametrize("channel", ["telegram", "sms", "whatsapp"])
async def test_so_does_a_choice_that_is_typed(house: House, channel: str) -> None:
    alice = await house.meets("70001", channel).joins()
    await alice.says("menu")
    turn = await loses(alice)
    await alice.says("1")
    assert await became(house, turn) == ["delivered"]


@pytest.mark.parametrize("words", ["Is anybody there?", "help", "99"])
async def test_other_words_prove_nothing(house: House, words: str) -> None:
    alice = await house.meets().joins()
    await alice.says("menu")
    turn = await loses(alice)
    await alice.says(words)
    assert await became(house, turn) == ["unknown"]


async def test_words_of_their_own_may_be_written_without_having_read_the_question(house: House) -> None:
    alice = await house.meets().joins()
    await alice.says("share")
    turn = await loses(alice)
    assert "Thank you." in await alice.says("Interpreters at the clinic.")
    assert await became(house, turn) == ["unknown"]


@pytest.mark.parametrize("token", ["", "x", "0", "999999999999", "-1"])
async def test_a_forged_token_proves_nothing(house: House, token: str) -> None:
    alice = await house.meets().joins()
    turn = await loses(alice)
    await alice.does(alice.message(kind=Kind.CHOICE, choice="1", token=token))
    assert await became(house, turn) == ["unknown"]


async def test_a_tap_of_somebody_elses_proves_nothing_about_mine(house: House) -> None:
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    turn = await loses(alice)
    await bob.does(bob.message(kind=Kind.CHOICE, choice="share", token=str(turn)))
    assert sorted(await became(house, turn)) == ["delivered", "unknown"]


async def test_only_an_answer_where_something_is_unknown_costs_a_statement_more(postgresql_house: House) -> None:
    house = postgresql_house
    alice, bob = await house.meets("1").joins(), await house.meets("2").joins()
    await alice.says("menu")
    await bob.says("menu")
    with statements(house.database) as ordinary:
        await house.takes(alice.message("1"), bob.message("1"))
    await alice.hears()
    turn = await loses(alice)
    with statements(house.database) as command:
        await house.takes(alice.message("help"))
    await alice.hears()
    with statements(house.database) as answered:
        await house.takes(alice.message(kind=Kind.CHOICE, choice="1", token=str(turn)))
    assert [len(ordinary), len(command), len(answered)] == [2, 2, 3]


def test_everything_that_a_flow_makes_happen_is_written_down() -> None:
    """`Switched` alone is followed, not written down."""
    named = {effect for flow in flows.flows().values() for effect in named_in(flow)}
    assert named == {*conversations.EFFECTS, flows.Switched, flows.Meant}
