"""What many said is gathered, answered once, and told to each who said or follows it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import pytest

from handlers import closing, matters, promises, results, sendings
from handlers.matters import Draft
from handlers.sendings import HOLD
from handlers.writing import contents
from storage import Session, gathering
from storage import matters as stored
from storage.sendings import StoredSending
from storage.states import SendingState
from storage.tables import follow
from tests.handlers.house import NOW, House, Writer

ASKS, APPROVES = "staff-1", "staff-2"
TITLE = {"en": "Interpreters at clinics", "fr": "Des interprètes dans les cliniques"}
ANSWER = contents.Response("taken_up", {"en": "Article 4 of the draft says so."})


async def opens(house: House, *names: str, draft: Draft | None = None) -> str:
    draft = draft or Draft(TITLE, "services")
    return await house.acts(lambda session, process, now: matters.open_one(session, process, draft, names, ASKS, now))


async def gathers(house: House, matter_id: str, *names: str) -> int:
    return await house.acts(lambda session, process, now: matters.gather(session, process, matter_id, names, ASKS, now))


async def requests(house: House, *matter_ids: str, response: contents.Response = ANSWER) -> StoredSending:
    whole = contents.Response(response.state, response.reason, matters=matter_ids, decided_by=response.decided_by)
    return await house.acts(
        lambda session, process, now: sendings.request_response(session, process, whole, "Interpreters", ASKS, now)
    )


async def approves(house: House, sending: StoredSending, staff_id: str = APPROVES) -> StoredSending:
    return await house.acts(
        lambda session, process, now: sendings.approve(session, process, sending.id, staff_id, sending.hash, now)
    )


async def leaves(house: House) -> int:
    house.now += HOLD + timedelta(seconds=1)
    return await house.does(sendings.leave_due)


async def publishes(house: House, *matter_ids: str, response: contents.Response = ANSWER) -> str:
    """Asked for, approved and left; gives the id of the response."""
    before = set(await house.column("SELECT id FROM response"))
    await approves(house, await requests(house, *matter_ids, response=response))
    assert await leaves(house) == 1
    [name] = set(await house.column("SELECT id FROM response")) - before
    return str(name)


async def follows(house: House, who: Writer, matter_id: str) -> None:
    async with house.database.writing() as session:
        query = f"SELECT person_id, id FROM address WHERE channel = '{who.channel}'"  # noqa: S608
        found = (await session.exec_driver_sql(query)).one()
        person, address = found.person_id, found.id
        values = {"matter_id": matter_id, "person_id": person, "address_id": address, "since": NOW.date()}
        await session.execute(follow.insert().values(**values, supports=False))


async def test_one_response_tells_each_who_said_it_and_each_who_follows_it(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets("+12025550123", "sms").joins("Français")
    carol = await house.meets("15005550006", "whatsapp").joins()
    matter = await opens(house, await alice.gives(), await bob.gives("Des interprètes."))
    await follows(house, carol, matter)
    await publishes(house, matter)
    assert "On November 23, 2026 you told us what should change\nIt was taken up." in (heard := await alice.hears())
    assert "Article 4 of the draft says so." in heard
    assert "Article 4 of the draft says so." in await bob.hears()
    assert "Here is what was done with: Interpreters at clinics\nIt was taken up." in await carol.hears()


async def test_nobody_is_told_before_a_second_person_and_the_hold(house: House) -> None:
    alice = await house.meets().joins()
    sending = await requests(house, await opens(house, await alice.gives()))
    with pytest.raises(contents.Unfit, match="somebody else has to approve"):
        await approves(house, sending, ASKS)
    assert (await approves(house, sending)).state is SendingState.HELD
    assert await house.does(sendings.leave_due) == 0
    assert await alice.hears() == ""
    await house.acts(lambda session, process, _now: sendings.call_back(session, process, sending.id))
    assert await leaves(house) == 0
    assert await alice.hears() == ""


async def test_the_same_is_asked_for_once(house: House) -> None:
    matter = await opens(house, await (await house.meets().joins()).gives())
    await requests(house, matter)
    with pytest.raises(contents.Unfit, match="requested this already"):
        await requests(house, matter)


async def test_a_response_that_is_broken_off_has_told_nobody(house: House) -> None:
    """All of it is one transaction: a worker that is killed in the middle leaves nothing of it behind."""
    alice = await house.meets().joins()
    matter = await opens(house, await alice.gives())
    await approves(house, await requests(house, matter))
    house.now += HOLD + timedelta(seconds=1)
    with pytest.raises(ZeroDivisionError):
        await house.does(_killed)
    for table in ("response", "response_matter", "broadcast"):
        assert await house.column(f"SELECT count(*) FROM {table}") == [0]  # noqa: S608
    assert await house.column("SELECT count(*) FROM contribution WHERE response_id IS NOT NULL") == [0]
    assert await house.does(sendings.leave_due) == 1
    assert (await alice.hears()).count("It was taken up.") == 1


async def _killed(session: Session, now: datetime) -> None:
    await sendings.leave_due(session, now)
    raise ZeroDivisionError


async def test_a_title_that_changes_voids_what_was_approved(house: House) -> None:
    alice = await house.meets().joins()
    matter = await opens(house, await alice.gives())
    sending = await approves(house, await requests(house, matter))
    await house.acts(
        lambda session, process, now: matters.change(session, process, matter, Draft({"en": "Doctors"}), now)
    )
    assert await leaves(house) == 0
    after = await house.acts(lambda session, process, _now: sendings.get(session, process, sending.id))
    assert after.state is SendingState.VOID
    assert await alice.hears() == ""


async def test_nothing_leaves_for_a_process_that_was_closed(house: House) -> None:
    alice = await house.meets().joins()
    await approves(house, await requests(house, await opens(house, await alice.gives())))
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    await alice.hears()
    assert await leaves(house) == 0
    assert await house.column("SELECT id FROM response") == []


async def test_one_response_answers_many_matters_and_tells_each_person_once(house: House) -> None:
    alice = await house.meets().joins()
    first, second = await opens(house, await alice.gives()), await opens(house, await alice.gives("Schools."))
    await publishes(house, first, second)
    heard = await alice.hears()
    assert heard.count("It was taken up.") == 1
    assert "(and 1 more)" in heard
    assert await house.column("SELECT count(*) FROM matter WHERE response_id IS NOT NULL") == [2]


async def test_what_is_gathered_later_is_told_to_who_has_not_heard_it(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets("+12025550123", "sms").joins()
    matter = await opens(house, await alice.gives())
    await publishes(house, matter)
    await alice.hears()
    late = [await alice.gives("Again."), await bob.gives("Interpreters, please.")]
    await alice.hears()
    assert await gathers(house, matter, *late) == 2
    assert "It was taken up." in await bob.hears()
    assert await alice.hears() == ""
    assert await gathers(house, matter, *late) == 0
    assert await bob.hears() == ""
    assert "Article 4" in await alice.says("status", "1")


async def test_a_contribution_in_two_matters_is_answered_by_both(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    first, second = await opens(house, name), await opens(house, name, draft=Draft({"en": "Schools"}))
    await publishes(house, first)
    await publishes(house, second, response=contents.Response("not_taken_up", {"en": "No money."}))
    heard = await alice.hears()
    assert heard.count("you told us what should change") == 2
    assert "No money." in heard


async def test_what_was_parted_is_told_nothing(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    matter = await opens(house, name)
    assert await house.acts(lambda session, process, _now: matters.part(session, process, matter, [name])) == 1
    await publishes(house, matter)
    assert await alice.hears() == ""
    assert await house.column("SELECT count(*) FROM contribution") == [1]


async def test_contributions_of_another_process_are_not_gathered(house: House) -> None:
    name = await (await house.meets().joins()).gives()
    matter = await opens(house)
    async with house.database.writing() as session:
        assert await stored.get(session, "another", matter) is None
        assert await gathering.gather(session, "another", matter, [name], ASKS, NOW) == []
    assert await gathers(house, matter, name, "nothing") == 1


async def test_a_matter_with_a_response_is_not_given_up(house: House) -> None:
    alice = await house.meets().joins()
    name = await alice.gives()
    matter, other = await opens(house, name), await opens(house, name)
    await publishes(house, matter)
    with pytest.raises(contents.Unfit, match="has a response"):
        await house.acts(lambda session, process, now: matters.drop(session, process, matter, now))
    await house.acts(lambda session, process, now: matters.drop(session, process, other, now))
    with pytest.raises(contents.Unfit, match="has this id"):
        await gathers(house, other, name)


async def test_what_followed_is_told_to_the_same_people(house: House) -> None:
    alice = await house.meets().joins()
    response = await publishes(house, await opens(house, await alice.gives()))
    await alice.hears()
    result = contents.Result(
        response, "in_draft", {"en": "It is in the draft."}, NOW.date(), {"en": "Draft of May, article 4"},
        "https://example.org/draft",
    )  # fmt: skip
    sending = await house.acts(
        lambda session, process, now: sendings.request_result(session, process, result, "Draft", ASKS, now)
    )
    await approves(house, sending)
    assert await leaves(house) == 1
    heard = await alice.hears()
    assert "There is news on: Interpreters at clinics\n\nIt stands in a draft now.\n\nIt is in the draft." in heard
    assert "You can see it here: Draft of May, article 4 https://example.org/draft" in heard


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (contents.Result("nothing", "adopted", {"en": "x"}, NOW.date()), "No response"),
        (contents.Result("nothing", "eaten", {"en": "x"}, NOW.date()), "state is one of"),
        (contents.Result("nothing", "adopted", {}, NOW.date()), "at least one language"),
        (contents.Result("nothing", "adopted", {"en": "x"}, date(2030, 1, 1)), "has not come yet"),
        (contents.Result("nothing", "adopted", {"en": "x"}, NOW.date(), link="http://example.org"), "https://"),
    ],
)
async def test_a_result_that_cannot_be_told_is_refused(house: House, result: contents.Result, why: str) -> None:
    with pytest.raises(contents.Unfit, match=why):
        await house.acts(lambda session, process, now: results.publish(session, process, result, now))


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://a b.org", "https://x@example.org", "//example.org"])
async def test_a_link_that_leads_nowhere_safe_is_refused(house: House, link: str) -> None:
    matter = await opens(house, await (await house.meets().joins()).gives())
    response = contents.Response("read", {"en": "x"}, matters=(matter,), link=link)
    with pytest.raises(contents.Unfit, match="https://"):
        await house.acts(
            lambda session, process, now: sendings.request_response(session, process, response, "x", ASKS, now)
        )


async def test_when_the_day_has_passed_its_people_are_told_and_again_after_thirty_days(house: House) -> None:
    alice = await house.meets().joins()
    due = house.now.date() + timedelta(days=1)
    note = {"en": "The ministry has not met."}
    matter = await opens(house, await alice.gives(), draft=Draft(TITLE, due=due, note=note))
    assert await house.does(promises.tell_late) == 0
    house.now += timedelta(days=2)
    assert await house.does(promises.tell_late) == 1
    heard = await alice.hears()
    assert "We promised a response by November 24, 2026. We are sorry: there is none yet." in heard
    assert "The ministry has not met." in heard
    house.now += timedelta(days=29)
    assert await house.does(promises.tell_late) == 0
    house.now += timedelta(days=1)
    assert await house.does(promises.tell_late) == 1
    assert "there is none yet" in await alice.hears()
    await publishes(house, matter)
    house.now += timedelta(days=40)
    assert await house.does(promises.tell_late) == 0


async def test_what_is_late_in_a_closed_process_keeps_nobody_else_waiting(house: House) -> None:
    alice = await house.meets().joins()
    await opens(house, await alice.gives(), draft=Draft(TITLE, due=house.now.date()))
    await house.acts(lambda session, process, now: closing.close(session, process, house.keys, now))
    house.now += timedelta(days=2)
    async with house.database.writing() as session:
        assert await stored.take_late(session, house.now.date(), house.now.date(), 20) == []


async def test_who_has_left_hears_nothing_of_it_any_more(house: House) -> None:
    alice, bob = await house.meets().joins(), await house.meets("+12025550123", "sms").joins()
    matter = await opens(house, await alice.gives(), await bob.gives())
    await alice.says("stop")
    await bob.says("forget", "1")
    await publishes(house, matter)
    assert "taken up" not in await alice.hears() + await bob.hears()
    assert await house.column(f"SELECT count(*) FROM gathered WHERE matter_id = '{matter}'") == [2]  # noqa: S608


async def test_a_response_that_fits_no_message_is_refused_before_it_is_asked_for(house: House) -> None:
    matter = await opens(house, await (await house.meets().joins()).gives())
    response = contents.Response("read", {"en": "x" * 1400}, matters=(matter,), decided_by={"en": "y" * 200})
    with pytest.raises(contents.Unfit, match="at most 1500 fit"):
        await house.acts(
            lambda session, process, now: sendings.request_response(session, process, response, "x", ASKS, now)
        )


async def names_of(house: House, matter_id: str) -> Collection[str]:
    query = f"SELECT contribution_id FROM gathered WHERE matter_id = '{matter_id}'"  # noqa: S608
    return await house.column(query)


async def test_an_answer_that_is_given_again_stays_where_it_was_gathered(house: House) -> None:
    """It is another row then, with another name."""
    alice = await house.meets().joins()
    name = await alice.gives()
    matter = await opens(house, name)
    async with house.database.writing() as session:
        await session.exec_driver_sql(f"UPDATE contribution SET id = 'another' WHERE id = '{name}'")  # noqa: S608
    assert list(await names_of(house, matter)) == ["another"]
