"""Parts of a text are put to the vote: people read what is voted on before, and what came of it after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import items, sendings, standings, texts
from handlers.items import Translation
from handlers.processes import OpenProcess
from handlers.writing import contents
from storage import Session
from storage.sendings import StoredSending
from storage.states import RenditionState, SendingState
from tests.handlers.house import House, Writer
from tests.handlers.items import ORGANIZER, SECOND, TRANSLATOR, WRITER
from tests.handlers.test_amendments import PLAN, WHOLE, leaves, published
from tests.handlers.test_inputs import below
from tests.handlers.test_rounds import closed, invited, opened, seated
from tests.handlers.test_texts import regional

LONG = "\n".join(("# Meetings", *(f"Rule {number} says what is done then." for number in range(90))))
NEWER = "Meetings\nMeetings are online."


def vote_on(house: House, *parts: str, edition: int = 0, **more: object) -> contents.Round:
    options = tuple(
        contents.Matter(f"o{place}", {"en": f"Part {place}"}, part=name, edition=edition)
        for place, name in enumerate(parts, 1)
    )
    terms = {"rule": "majority"} | more
    return contents.Round({"en": "The plan"}, options, house.now.date() + timedelta(days=3), **terms)  # type: ignore[arg-type]


async def rewritten(house: House, part: str, words: str = NEWER, edited: int = 1) -> None:
    await house.acts(lambda session, process, now: items.write(session, process, part, words, edited, WRITER, now))


async def requested(house: House, vote: contents.Round) -> StoredSending:
    return await house.acts(
        lambda session, process, now: sendings.request_round(session, process, vote, "The plan", ORGANIZER, now)
    )


async def three(house: House) -> list[Writer]:
    return [await seated(house, sender) for sender in ("1", "2", "3")]


async def test_who_votes_reads_all_of_a_part_first_piece_by_piece(house: House) -> None:
    _text, parts = await published(house, f"{LONG}\n\n# Languages\nEverything is said in English.")
    alice = await seated(house, "1")
    await opened(house, vote_on(house, *parts))
    heard = await alice.says("vote", "Read more", "1")
    read = [heard]
    assert "Do you want to read on?\nYes, read on\nNo, that is enough" in heard
    while "read on?" in heard:
        heard = await alice.says("Yes, read on")
        read.append(heard)
    assert len(read) == 3, read
    assert all(any(f"Rule {number} says" in piece for piece in read) for number in range(90))
    heard = await alice.says("Read more", "2")
    assert "Everything is said in English." in heard
    assert "read on" not in heard
    assert "We have your vote." in await alice.says("1", "1", "1")


async def test_who_has_read_enough_votes(house: House) -> None:
    _text, parts = await published(house, f"{LONG}\n\n# Languages\nEverything is said in English.")
    alice = await seated(house, "1", "sms")
    await opened(house, vote_on(house, *parts))
    heard = await alice.says("vote", "2", "1")
    assert "This was piece 1 of " in heard
    assert "Vote now\nRead more" in await alice.says("2")
    assert "We have your vote." in await alice.says("1", "1", "1")


async def test_a_part_is_read_in_the_language_of_who_votes(house: House) -> None:
    _text, parts = await published(house)
    new = Translation("Réunions\nDans la capitale.", RenditionState.TRANSLATED, 0, 1)
    await house.acts(
        lambda session, process, now: items.translate(session, process, parts[0], "fr", new, TRANSLATOR, now)
    )
    alice = await house.meets("1").joins("Français")
    await alice.says(await invited(house))
    await opened(house, vote_on(house, *parts))
    heard = await alice.says("voter", "2", "1")
    assert "Dans la capitale." in heard
    assert "anglais" not in heard.partition("Dans la capitale.")[0]
    assert "Everything is said in English." in await alice.says("2")


async def test_what_is_voted_on_are_the_words_of_the_opening_whatever_is_written_since(house: House) -> None:
    _text, parts = await published(house)
    alice = await seated(house, "1")
    await opened(house, vote_on(house, *parts))
    await rewritten(house, parts[0])
    heard = await alice.says("vote", "2", "1")
    assert "Meetings are in the capital." in heard
    assert "online" not in heard


async def test_what_is_decided_is_read_with_the_part(house: House) -> None:
    text, parts = await published(house)
    members = await three(house)
    name = await opened(house, vote_on(house, *parts))
    for member in members:
        await member.says("vote", "1", "1", "1")
    reader = await house.meets("70009").joins()
    assert "adopted" not in await reader.says("read", "1")
    await closed(house, name)
    heard = await reader.says("read", "1")
    assert "Meetings are in the capital. They last a day.\n\nNovember 23, 2026: The council adopted it." in heard
    assert "The council did not adopt it." in await reader.says("All parts", "2")
    await rewritten(house, parts[0])
    heard = await reader.says("All parts", "1")
    assert "The council adopted it. It had other words then." in heard

    async def look(session: Session, process: OpenProcess, _now: object) -> list[tuple[str, int | None]]:
        return [(it.about, it.edition) for it in await standings.of_parts(session, process.id, parts)]

    assert sorted(await house.acts(look)) == sorted((part, 1) for part in parts)
    assert (await house.acts(lambda session, process, _now: texts.get(session, process, text))).id == text


async def test_the_place_of_a_part_is_read_in_every_language(house: House) -> None:
    _text, parts = await published(house)
    members = await three(house)
    name = await opened(house, vote_on(house, *parts, rule="approval"))
    for member in members:
        await member.says("vote", "1", "2", "1")
    await closed(house, name)
    for sender, language, word in (("7", "Français", "lire"), ("8", "Español", "leer"), ("9", "العربية", "القراءة")):
        reader = await house.meets(sender).joins(language)
        heard = await reader.says(word, "1")
        assert "The council" not in heard
        assert "2" in heard.rpartition("2026")[2], heard


async def test_a_part_that_is_changed_before_the_round_opens_voids_what_two_agreed_to(house: House) -> None:
    _text, parts = await published(house)
    await seated(house, "1")
    sending = await requested(house, vote_on(house, *parts, edition=1))
    await rewritten(house, parts[0])
    assert (await leaves(house, sending)).state is SendingState.VOID
    assert await house.column("SELECT id FROM round") == []
    with pytest.raises(contents.Unfit, match="another edition by now"):
        await requested(house, vote_on(house, *parts, edition=1))


async def test_so_does_one_that_is_changed_after_a_second_person_approved_it(house: House) -> None:
    _text, parts = await published(house)
    await seated(house, "1")
    sending = await requested(house, vote_on(house, *parts))
    await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, SECOND, sending.hash, now)
    )
    await rewritten(house, parts[0])
    house.now += sendings.HOLD + timedelta(seconds=1)
    await house.does(sendings.leave_due)
    found = await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))
    assert found.state is SendingState.VOID


async def test_two_agree_and_the_round_opens_with_what_they_read(house: House) -> None:
    _text, parts = await published(house)
    alice = await seated(house, "1")
    sending = await requested(house, vote_on(house, *parts, edition=1))
    assert (await leaves(house, sending)).state is SendingState.LEFT
    assert await house.column("SELECT edition FROM round_part") == [1, 1]
    assert "Meetings are in the capital." in await alice.says("vote", "2", "1")


async def test_only_what_people_read_and_is_ones_own_is_put_to_the_vote(house: House) -> None:
    above, parts = await published(house)
    await seated(house, "1")
    draft = await house.acts(lambda session, process, now: texts.begin(session, process, PLAN, now))
    hidden = await house.acts(lambda session, process, now: texts.write(session, process, draft, WHOLE, WRITER, now))
    dropped = parts[1]
    process = await regional(house)
    await house.does(lambda session, now: texts.drop(session, process, above, dropped, now))
    for others in ((parts[0], dropped), (parts[0], hidden[0]), (parts[0], parts[0]), (parts[0], "no such part")):
        with pytest.raises(contents.Unfit, match="there twice, is not one of your own, or people do not read it"):
            await opened(house, vote_on(house, *others))
    national = await below(house)
    shares = replace(PLAN, origin=above)
    await house.does(lambda session, now: texts.begin(session, national, shares, now))
    with pytest.raises(contents.Unfit, match="not one of your own"):
        await house.does(lambda session, now: sendings.request_round(
            session, national, vote_on(house, parts[0], parts[0]), "The plan", ORGANIZER, now
        ))  # fmt: skip


@pytest.mark.parametrize("beside", [{"about": {"en": "In short."}}, {"matter": "m"}])
async def test_a_part_speaks_for_itself(house: House, beside: dict[str, object]) -> None:
    _text, parts = await published(house)
    await seated(house, "1")
    vote = vote_on(house, *parts)
    matters = (replace(vote.matters[0], **beside), vote.matters[1])  # type: ignore[arg-type]
    with pytest.raises(contents.Unfit):
        await opened(house, replace(vote, matters=matters))
    assert await house.column("SELECT id FROM round") == []


async def test_too_few_votes_decide_nothing_on_a_part(house: House) -> None:
    _text, parts = await published(house)
    await seated(house, "1")
    name = await opened(house, vote_on(house, *parts))
    await closed(house, name)
    reader = await house.meets("70009").joins()
    assert "The council" not in await reader.says("read", "1")
