"""Whoever writes in words of their own is understood, and nothing that they tell us disappears unsaid."""

from datetime import timedelta

import pytest

import flows
from channels.messages import Kind
from handlers import consultations, processes
from storage import contributions
from tests.handlers.house import PROCESS, House, Writer
from tests.handlers.written import consultation

LANDLORD = "My landlord keeps my documents and nobody listens"
DANGER = "they lock us in the house and keep the key"
EMERGENCY = "112"


async def words(house: House) -> list[str]:
    async with house.database.reading() as session:
        return [
            contribution.words for contribution in await contributions.newest(session, house.process, house.keys, 50)
        ]


async def joined(house: House) -> Writer:
    return await house.meets().joins()


async def test_what_nobody_asked_for_is_kept_and_offered(house: House) -> None:
    alice = await joined(house)
    assert "We have what you wrote. Shall we pass it on" in await alice.says(LANDLORD)
    assert "Thank you." in await alice.says("yes please")
    assert await words(house) == [LANDLORD]


async def test_what_is_not_passed_on_is_not_kept(house: House) -> None:
    alice = await joined(house)
    assert "did not keep it" in await alice.says(LANDLORD, "no thank you")
    assert await words(house) == []
    assert "landlord" not in "".join(map(str, await house.column("SELECT talk FROM address")))


async def test_several_messages_in_a_row_are_one_contribution(house: House) -> None:
    alice = await joined(house)
    await alice.says(LANDLORD, "He says I must pay for them first", "It has been three months now", "ok")
    assert await words(house) == [f"{LANDLORD}\nHe says I must pay for them first\nIt has been three months now"]


async def test_in_share_too_people_write_on_and_add_a_voice_note(house: House) -> None:
    alice = await joined(house)
    await alice.says("share", "Interpreters at the clinic.", "And at the town hall on Mondays.")
    await alice.does(alice.message(kind=Kind.VOICE, voice="note-1"))
    await alice.says("yes")
    async with house.database.reading() as session:
        [contribution] = await contributions.newest(session, house.process, house.keys, 50)
    assert contribution.words == "Interpreters at the clinic.\nAnd at the town hall on Mondays."
    assert await house.column("SELECT count(*) FROM contribution WHERE recording_id IS NOT NULL") == [1]


async def test_what_is_written_much_later_is_a_contribution_of_its_own(house: House) -> None:
    alice = await joined(house)
    await alice.says("share", "Interpreters at the clinic.")
    house.now += timedelta(hours=3)
    await alice.says("And we need a bus to the town on Mondays.", "yes")
    assert sorted(await words(house)) == ["And we need a bus to the town on Mondays.", "Interpreters at the clinic."]


async def test_nobody_is_led_to_agree(house: House) -> None:
    alice = house.meets()
    heard = [await alice.says(words) for words in ("hello", "xyzzy", "plugh", "qwerty")]
    assert "We still do not understand you." in heard[-1]
    assert 'means "Yes' not in heard[-1]
    assert 'example "Yes' not in heard[-1]


async def test_more_than_we_can_keep_is_said_and_what_came_before_stays(house: House) -> None:
    alice = await joined(house)
    many = "word " * 700
    await alice.says(*[many] * 3)
    assert "too long" in await alice.says(many)
    await alice.says("yes")
    assert await words(house) == ["\n".join([many.strip()] * 3)]


async def test_a_picture_with_words_is_read_as_far_as_we_can(house: House) -> None:
    alice = await joined(house)
    heard = await alice.does(alice.message(LANDLORD, kind=Kind.OTHER))
    assert heard.index("We cannot open pictures") < heard.index("Shall we pass it on")
    await alice.says("yes")
    assert await words(house) == [LANDLORD]


@pytest.mark.parametrize("says", ["stop please", "Stop sending me this!!", "arrêtez de m'écrire", "وقفوا الرسائل"])
async def test_who_asks_us_to_stop_in_other_words_is_asked(house: House, says: str) -> None:
    alice = await joined(house)
    for before in ([], ["share"]):
        assert "Shall we stop writing to you?" in await alice.says(*before, says)
        assert "We go on." in await alice.says("no")
        await alice.says("menu")
    assert "We will not write to you any more." in await alice.says(says, "yes")
    assert await house.column("SELECT reach FROM address WHERE reach = 'opted_out'") == ["opted_out"]


async def test_who_says_it_twice_is_believed(house: House) -> None:
    alice = await joined(house)
    assert "We will not write to you any more." in await alice.says("stop please", "please stop it")


async def test_who_was_asked_by_mistake_loses_no_words(house: House) -> None:
    alice = await joined(house)
    assert "Shall we stop" in await alice.says("share", "Stop this please")
    assert "Thank you." in await alice.says("no")
    assert await words(house) == ["Stop this please"]


async def test_in_danger_comes_first_whom_to_reach(house: House) -> None:
    content = flows.Process(
        PROCESS.title,
        PROCESS.organizer,
        PROCESS.languages,
        PROCESS.regions,
        contact={"en": "help@forum.example"},
        safety=flows.Safety(emergency={"en": EMERGENCY}),
    )
    await house.does(lambda session, now: processes.begin(session, content, now))
    alice = await joined(house)
    heard = await alice.says(DANGER)
    assert heard.startswith("If you are in danger")
    assert heard.index(EMERGENCY) < heard.index("help@forum.example") < heard.index("Shall we pass it on")
    assert "If you are in danger" not in await alice.says("they beat me too and nobody comes"), "it was said just now"
    house.now += timedelta(hours=2)
    assert "If you are in danger" in await alice.says("share", DANGER)


async def test_in_danger_is_told_whom_to_reach_also_who_answers_what_has_closed(house: House) -> None:
    alice = await joined(house)
    name, _broadcast = await house.acts(
        lambda session, process, now: consultations.open_(session, process, consultation(), now)
    )
    await alice.says("answer", "1")
    await house.acts(lambda session, process, now: consultations.close(session, process, name, now))
    heard = await alice.says(DANGER)
    assert heard.startswith("If you are in danger")
    assert "These questions have closed." in heard


async def test_in_danger_is_answered_even_who_got_nowhere_before(house: House) -> None:
    alice = await joined(house)
    assert await alice.says(*(f"xyzzy {number}" for number in range(20))) == ""
    assert "If you are in danger" in await alice.says(DANGER)


async def test_the_third_time_something_else_is_said(house: House) -> None:
    alice = await joined(house)
    first, second, third = [await alice.says(says) for says in ("xyzzy", "plugh", "qwerty")]
    assert "We did not understand." in first
    assert "We did not understand." in second
    assert 'Send only the number: 1 means "' in third or "tap a button" in third


async def test_a_command_acts_where_words_are_asked_and_the_question_comes_again(house: House) -> None:
    alice = await joined(house)
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    assert "open question" not in await alice.says("share", "answer")
    assert await words(house) == []


@pytest.mark.parametrize("at", [[], ["share"], ["share", "Longer hours."], ["language"], ["forget"]])
async def test_what_stands_in_the_menu_is_asked_for_anywhere_and_then_the_question_comes_again(
    house: House, at: list[str]
) -> None:
    alice = await joined(house)
    await alice.gives("Interpreters at the clinic.")
    await alice.says("menu")
    question = await alice.says(*at) if at else ""
    kept = await words(house)
    heard = await alice.says("See what was done")
    if "About which one" in heard:
        heard = await alice.says("1")
    assert "There is no response yet." in heard
    assert question.rpartition("\n\n")[2] in heard
    assert await words(house) == kept


async def test_what_the_menu_calls_stopping_is_asked_about_where_it_is_no_choice(house: House) -> None:
    alice = await joined(house)
    assert "Shall we stop writing to you?" in await alice.says("share", "Stop messages")


async def test_an_answer_is_read_back_and_can_be_changed(house: House) -> None:
    alice = await joined(house)
    await house.acts(lambda session, process, now: consultations.open_(session, process, consultation(), now))
    assert "Send 0 to change it." in await alice.says("answer", "1")
    await alice.says("0", "2", "Longer hours.")
    chosen = await house.column("SELECT option FROM contribution WHERE option IS NOT NULL")
    assert len(chosen) == 1


@pytest.mark.parametrize("at", [[], ["share"], ["share", "A bus"], ["language"], ["forget"], ["help"]])
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.OTHER])
async def test_no_words_disappear_without_a_word_of_ours(house: House, at: list[str], kind: Kind) -> None:
    """They are kept for the person to decide, or it is said that they are not."""
    alice = await joined(house)
    await alice.says(*at)
    heard = await alice.does(alice.message(LANDLORD, kind=kind))
    assert "pass it on" in heard or "will read it" in heard or "did not" in heard
