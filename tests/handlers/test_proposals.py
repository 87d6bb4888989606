"""Statements that people propose: read by staff first, told what became of them, gone with a FORGET."""

from collections.abc import Sequence

import pytest

import flows
from handlers import statements
from handlers.writing.contents import Unfit
from storage import proposals
from storage.proposals import WaitingProposal
from tests.handlers.house import House
from tests.handlers.test_opinions import BUSES, PHONE, STAFF, counts, links, opens, shown

PARKS = "Parks need lights at night."


async def waiting(house: House) -> Sequence[WaitingProposal]:
    async with house.database.reading() as session:
        return await proposals.waiting(session, house.keys, house.process, None, 10)


async def accepts(house: House, name: str, texts: flows.Renditions) -> None:
    await house.acts(
        lambda session, process, now: statements.accept(session, process, house.keys, name, texts, STAFF, now)
    )


async def refuses(house: House, name: str, reason: flows.Renditions) -> None:
    await house.acts(
        lambda session, process, now: statements.refuse(session, process, house.keys, name, reason, STAFF, now)
    )


async def test_what_somebody_proposes_waits_for_staff_and_its_person_is_told(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    assert "at most 140 letters" in await alice.says("opinion", "mine")
    heard = await alice.says(PARKS)
    assert "The organizers will read it" in heard
    assert "Buses should be free." in heard
    (proposal,) = await waiting(house)
    assert proposal.words == PARKS
    assert PARKS not in await bob.says("opinion", "1")
    await accepts(house, proposal.id, {"en": PARKS, "fr": "Les parcs ont besoin de lumière."})
    heard = await alice.hears()
    assert f"You proposed a statement. Everybody can answer it now: {PARKS}" in heard
    assert PARKS in await bob.says("opinion")
    assert "You have answered every statement" in await alice.says("opinion", "1"), "nobody is asked about their own"
    assert len(await shown(house, sounding)) == 2


async def test_what_is_refused_is_told_with_the_reason(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "mine", PARKS)
    (proposal,) = await waiting(house)
    with pytest.raises(Unfit):
        await refuses(house, proposal.id, {})
    await refuses(house, proposal.id, {"en": "It names a person."})
    heard = await alice.hears()
    assert "You proposed a statement. We do not show it to others. Why: It names a person." in heard
    with pytest.raises(Unfit, match="decided"):
        await accepts(house, proposal.id, {"en": PARKS})


async def test_what_others_said_is_laid_to_it(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "mine", "No fares on buses.")
    (proposal,) = await waiting(house)
    (buses,) = await shown(house, sounding)
    await house.acts(
        lambda session, process, now: statements.accept_as(
            session, process, house.keys, proposal.id, buses.id, STAFF, now
        )
    )
    assert "so your thought is in this one: Buses should be free." in await alice.hears()
    assert len(await shown(house, sounding)) == 1
    assert "no statement yet" in await alice.says("menu", "opinion")


async def test_what_is_too_long_is_asked_for_again(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    assert "This is too long." in await alice.says("opinion", "mine", "a" * 141)
    assert "This is too long." in await alice.says("ع" * 150)
    assert "The organizers will read it" in await alice.says("a " * 70)
    assert len(await waiting(house)) == 1


async def test_nobody_is_asked_for_ever(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    assert "Let us go on." in await alice.says("opinion", "mine", "a" * 141, "b" * 141, "c" * 141)
    assert not await waiting(house)


async def test_what_is_proposed_twice_waits_once(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "mine", PARKS)
    assert "We have this from you already." in await alice.says("mine", "PARKS need  lights at night")
    assert "This statement is there already." in await alice.says("mine", "Buses should be free!")
    assert len(await waiting(house)) == 1


async def test_five_of_one_person_wait_at_most(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion")
    for number in range(5):
        await alice.says("mine", f"Thought number {number}")
    assert "Some of your statements still wait to be read." in await alice.says("mine")
    assert len(await waiting(house)) == 5


async def test_zero_leads_back_to_the_statement(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    assert "Buses should be free." in await alice.says("opinion", "mine", "0")


async def test_what_somebody_proposed_goes_with_their_forget(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice, bob = await house.meets().joins(), await house.meets(*PHONE).joins()
    await alice.says("opinion", "mine", PARKS, "mine", "Schools for all.")
    for proposal in await waiting(house):
        if proposal.words == PARKS:
            await accepts(house, proposal.id, {"en": PARKS})
    await bob.says("opinion", "1", "1")
    await alice.says("forget", "1")
    assert not await waiting(house)
    assert await house.column("SELECT count(*) FROM proposal") == [0]
    carol = await house.meets("70003").joins()
    assert PARKS not in await carol.says("opinion") + await carol.says("1"), "no program remembers it"
    buses, parks = await shown(house, sounding)
    assert (parks.texts, parks.withdrawn) == ("{}", True)
    await counts(house)
    assert [it.agrees for it in await shown(house, sounding)] == [2, 0]
    with pytest.raises(Unfit, match="forgotten"):
        await house.acts(
            lambda session, process, _now: statements.withdraw(session, process, parks.id, withdrawn=False)
        )
    assert buses.is_shown


async def test_what_was_laid_to_it_stands_for_itself_again(house: House) -> None:
    sounding = await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "mine", PARKS)
    (proposal,) = await waiting(house)
    await accepts(house, proposal.id, {"en": PARKS})
    buses, parks = await shown(house, sounding)
    await house.acts(lambda session, process, _now: statements.lay_together(session, process, buses.id, parks.id))
    await alice.says("forget", "1")
    assert [it.is_shown for it in await shown(house, sounding)] == [True, False]


async def test_two_chats_of_one_person_have_proposed_it_all(house: House) -> None:
    await opens(house, BUSES)
    alice, phone = await house.meets().joins(), await house.meets(*PHONE).joins()
    await phone.says("opinion", "mine", PARKS)
    await links(alice, phone)
    (proposal,) = await waiting(house)
    await accepts(house, proposal.id, {"en": PARKS})
    assert PARKS in await phone.hears(), "it is told where it was proposed"
    assert "You have answered every statement" in await alice.says("opinion", "1")


async def test_who_stopped_is_not_told(house: House) -> None:
    await opens(house, BUSES)
    alice = await house.meets().joins()
    await alice.says("opinion", "mine", PARKS, "stop")
    (proposal,) = await waiting(house)
    await refuses(house, proposal.id, {"en": "It names a person."})
    assert await alice.hears() == ""


async def test_a_statement_is_in_the_languages_and_the_length_that_fit(house: House) -> None:
    for texts in ({}, {"en": "a" * 141}, {"en": "two\nlines"}, {"xx": "what"}, {"en": "  "}):
        with pytest.raises(Unfit):
            await opens(house, BUSES, texts)
    assert await house.column("SELECT count(*) FROM sounding") == [0]


async def test_one_is_open_at_a_time(house: House) -> None:
    await opens(house, BUSES)
    with pytest.raises(Unfit, match="Close them first"):
        await opens(house, BUSES)
