"""What was answered to a consultation is found without reading what was answered to others."""

from collections.abc import Sequence

from storage import Database, Keyring, answers, consultations
from tests.storage.rows import NOW, PROCESS, plan, statements

PEOPLE = """
    INSERT INTO person (id, key, key_epoch, language, met)
    SELECT md5('p' || n), ''::bytea, 1, 'en', '2026-01-01' FROM generate_series(1, 2000) n
"""
ANSWERED = """
    INSERT INTO contribution (id, process_id, person_id, consultation_id, question, option,
                              topic, language, voice, given)
    SELECT md5('c' || asking || question || n), '{process}', md5('p' || n), asking, question,
           CASE question WHEN 'been' THEN CASE mod(n, 3) WHEN 0 THEN 'no' ELSE 'yes' END END,
           '', CASE mod(n, 2) WHEN 0 THEN 'en' ELSE 'fr' END,
           CASE question WHEN 'why' THEN ''::bytea END, '2026-11-23'::date - mod(n, 30)
    FROM generate_series(1, 2000) n, unnest(array['first', 'second', 'third', 'fourth', 'fifth']) asking,
         unnest(array['been', 'why']) question;
"""


async def test_nothing_of_other_consultations_is_read(postgresql: Database, keys: Keyring) -> None:
    async with postgresql.writing() as session:
        for name in ("first", "second", "third", "fourth", "fifth"):
            await consultations.add(session, name, PROCESS, "{}", NOW)
        await session.exec_driver_sql(PEOPLE)
        await session.exec_driver_sql(ANSWERED.format(process=PROCESS))
        await session.exec_driver_sql("ANALYZE")
    async with postgresql.writing() as session:
        with statements(postgresql) as seen:
            counted = await answers.counted(session, "third")
            assert await answers.numbers(session, ["third", "none"]) == {"third": 2000}
            assert await answers.answered_by(session, "third", "nobody") == frozenset()
            assert len(await answers.words(session, keys, "third", "why", "fr", 50)) == 50
        plans = [await plan(session, statement) for statement in seen]
    assert {(answer.question, answer.chosen): answer.number for answer in counted} == {
        ("been", ("no",)): 666, ("been", ("yes",)): 1334, ("why", ()): 2000,
    }  # fmt: skip
    assert_reads_by_index(plans)
    assert "ix_contribution_in_words" in plans[-1]


def assert_reads_by_index(plans: Sequence[str]) -> None:
    assert [found for found in plans if "Seq Scan on contribution" in found] == []
