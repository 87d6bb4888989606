"""A text that is written together stands there part by part, with what changed, why, and what was not taken up."""

import gzip

from handlers import items, texts
from handlers.texts import TextDraft
from public._frame.copies import HEADERS
from storage.states import RenditionState
from tests.handlers.items import TRANSLATOR, WRITER, writes
from tests.handlers.test_amendments import PROPOSED, leaves, proposes, published, requests
from tests.public.conftest import Front
from tests.public.test_copies import WHOLE, paths
from tests.public.test_wall import HOME
from tests.storage.rows import statements

MOST_STATEMENTS = 16


async def test_a_text_is_read_part_by_part_in_every_language(front: Front) -> None:
    text, [part, _languages] = await published(front.house)
    new = items.Translation("Réunions\nDans la capitale.", RenditionState.TRANSLATED, 0, 1)
    await front.house.acts(
        lambda session, process, now: items.translate(session, process, part, "fr", new, TRANSLATOR, now)
    )
    await front.later()
    assert "Participation plan" in (await front.opens(f"{HOME}/en")).text
    page = await front.opens(f"{HOME}/fr/t/{text}")
    assert page.status == 200
    assert "Plan de participation" in page.text
    assert "Réunions" in page.text
    assert "Languages" in page.text, "it is not translated"
    assert "Dans la capitale." in (await front.opens(f"{HOME}/fr/t/{text}/1")).text
    assert "Everything is said in English." in (await front.opens(f"{HOME}/ar/t/{text}/2")).text
    assert (await front.opens(f"{HOME}/fr/t/{text}/3")).status == 404
    assert (await front.opens(f"{HOME}/fr/t/{'0' * 32}")).status == 404


async def test_what_was_taken_up_and_what_was_not_stands_there_with_its_reason(front: Front) -> None:
    text, _parts = await published(front.house)
    alice, bob = await front.house.meets().joins(), await front.house.meets("70002").joins()
    first, second = await proposes(front.house, alice), await proposes(front.house, bob, "Online, says Bob.")
    await leaves(front.house, await requests(front.house, first))
    await leaves(front.house, await requests(front.house, second, "not_taken_up"))
    await front.later()
    page = await front.opens(f"{HOME}/en/t/{text}/1")
    assert PROPOSED in page.text
    assert "<del>the</del>" in page.body
    assert "<ins>every</ins>" in page.body
    assert "It was taken up." in page.text
    assert "Many people live far away." in page.text
    assert "Decided by: the council" in page.text
    assert "It was not taken up." in page.text
    assert "says Bob" not in page.text, "nobody agreed that everybody reads it there"


async def test_a_draft_stands_nowhere(front: Front) -> None:
    draft = TextDraft({"en": "Plan"}, {"en": "Rules"}, {"en": "We"}, language="en")
    text = await front.house.acts(lambda session, process, now: texts.begin(session, process, draft, now))
    await front.house.acts(lambda session, process, now: texts.write(session, process, text, "# A\nB.", WRITER, now))
    await front.later()
    assert (await front.opens(f"{HOME}/en/t/{text}")).status == 404


async def test_its_pages_are_kept_and_small_and_tell_nothing_of_their_readers(front: Front) -> None:
    """With as many parts as a text has, the longest there are, whose words have nothing in common."""
    longest = " ".join(f"{number * 104729:x}" for number in range(620))[:3900]
    whole = "\n".join(f"# Part {number} {number * 7919 * 104729:x}\nWords." for number in range(59))
    text, parts = await published(front.house, f"# First\n{longest}\n{whole}")
    for edition, words in enumerate((longest[::-1], longest, longest[::-1]), start=1):
        await writes(front.house, parts[0], f"First\n{words}", edited=edition)
    await front.later()
    for path in [path for path in paths("", text=text) if text in path]:
        with statements(front.house.database, reading=True) as executed:
            page = await front.opens(path, Cookie="hearback=somebody")
            assert len(executed) <= MOST_STATEMENTS, path
        assert page.status == 200
        assert "Set-Cookie" not in page.headers
        assert all(page.headers[name] == value for name, value in HEADERS.items())
        assert "<script" not in page.body
        assert len(gzip.compress(page.body.encode())) < WHOLE, path
        assert (await front.opens(path, If_None_Match=page.tag)).status == 304
