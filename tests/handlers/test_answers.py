"""What came of a consultation is told in numbers that point at nobody."""

from datetime import timedelta

import pytest

from handlers import answers, consultations
from handlers.answers import QuestionResult, Tallies
from storage import Keyring
from storage import answers as stored
from storage.answers import CountedAnswers
from tests.handlers.asking import ALL_KINDS, opens
from tests.handlers.house import House
from tests.storage.rows import statements

CHOICE, SEVERAL, SCALE, OPEN = ALL_KINDS.questions


def came(counted: list[CountedAnswers]) -> dict[str, QuestionResult]:
    return {question.key: answers._result(question, counted) for question in ALL_KINDS.questions}


def numbers(result: QuestionResult) -> list[tuple[int | None, int | None]]:
    return [(chosen.number, chosen.share) for chosen in result.chosen]


def test_small_numbers_are_hidden_and_others_rounded() -> None:
    found = came([CountedAnswers("been", ("yes",), 43), CountedAnswers("been", ("no",), 7)])
    assert found["been"].number == 50
    assert numbers(found["been"]) == [(45, 90), (None, None)]
    assert found["why"].number is None


def test_each_who_chose_several_counts_once_for_each_and_once_for_all() -> None:
    found = came([CountedAnswers("kept", ("waiting", "cost"), 10), CountedAnswers("kept", ("cost",), 10)])
    assert found["kept"].number == 20
    assert numbers(found["kept"]) == [(10, 50), (20, 100), (None, None), (None, None)]


def test_a_share_is_one_of_rounded_numbers_and_never_more_than_all() -> None:
    """Eight of twelve are shown as ten of ten: what is shown tells no more than the rounded numbers do."""
    found = came([CountedAnswers("hard", ("5",), 8), CountedAnswers("hard", ("1",), 4)])
    assert (found["hard"].number, numbers(found["hard"])[4]) == (10, (10, 100))
    assert [chosen.label for chosen in found["hard"].chosen] == [{"en": "Easy"}, {}, {}, {}, {"en": "Very hard"}]


def test_what_is_no_choice_of_the_question_is_not_counted_among_them() -> None:
    found = came([CountedAnswers("been", ("gone",), 20)])
    assert numbers(found["been"]) == [(None, None), (None, None)]


async def test_answers_are_counted_by_what_was_chosen_and_those_of_the_forgotten_stay(house: House) -> None:
    name = await opens(house)
    for number in range(3):
        writer = await house.meets(str(number)).joins()
        await writer.says("/answer", "1", "1 4", "5", "Longer hours.")
    await house.meets("0").says("/forget", "1")
    async with house.database.reading() as session:
        counted = await stored.counted(session, name)
        assert await stored.numbers(session, [name, "another"]) == {name: 3}
    assert {(answer.question, answer.chosen, answer.number) for answer in counted} == {
        ("been", ("yes",), 3), ("kept", ("waiting", "fear"), 3), ("hard", ("5",), 3), ("why", (), 3),
    }  # fmt: skip


async def test_words_are_read_one_language_and_one_page_at_a_time(house: House, keys: Keyring) -> None:
    name = await opens(house)
    for number, language in enumerate(("English", "English", "français")):
        writer = await house.meets(str(number)).joins(language)
        await writer.says("/answer", "1", "1", "5", f"Words {number}.")
    async with house.database.reading() as session:
        english = await stored.words(session, keys, name, "why", "en", 50)
        assert {answer.words for answer in english} == {"Words 0.", "Words 1."}
        assert [answer.words for answer in await stored.words(session, keys, name, "why", "fr", 50)] == ["Words 2."]
        pages = [await stored.words(session, keys, name, "why", "en", 1, after) for after in (0, 1, 2)]
    assert [len(page) for page in pages] == [1, 1, 0]
    assert [page[0].words for page in pages[:2]] == [answer.words for answer in english]
    assert "Words 0" not in repr(english)


async def test_what_was_counted_is_remembered_for_a_while(house: House) -> None:
    name = await opens(house)
    tallies = Tallies(timedelta(minutes=2))
    kept = await house.acts(lambda session, process, _now: consultations.get(session, process, name))
    async with house.database.reading() as session:
        with statements(house.database, reading=True) as seen:
            for _time in range(2):
                await answers.results(session, tallies, kept, house.now)
                await answers.numbers(session, tallies, [kept], house.now)
            assert len(seen) == 2
            await answers.results(session, tallies, kept, house.now + timedelta(minutes=2))
            assert len(seen) == 3


@pytest.mark.parametrize("number", [0, 7])
async def test_nobody_is_told_from_too_few(house: House, number: int) -> None:
    assert answers._result(CHOICE, [CountedAnswers("been", ("yes",), number)]).number is None
    assert [SEVERAL.several, SCALE.values[0], OPEN.values] == [True, "1", ()]
