"""Members of staff sign in, and nobody else does: guessed, replayed, fixed, at once, or after they should not."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from handlers import enrolling, second_factors, signing_in, staff
from handlers.enrolling import Enrolled
from handlers.passwords import Passwords
from handlers.second_factors import SecondFactor
from handlers.signing_in import Browser, Refusal, SignedIn, Unconfirmed, named
from handlers.staff import Colleague, Grant
from storage import Keyring, Session
from storage import second_factors as stored_factors
from storage import tables as t
from tests.handlers.office import (
    ELSEWHERE,
    HERE,
    ORGANIZER,
    OTHER,
    OWNER,
    PASSWORD,
    RULE,
    SOON,
    TRANSLATOR,
    Office,
    entered,
)
from tests.storage.rows import NOW


async def test_a_password_and_a_code_of_the_app_let_somebody_in(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    first = await office.enter(" AMAL ")
    assert isinstance(first, SignedIn)
    assert first.needs_second
    assert (await office.who(first.token)).needs_second
    second = await office.second(first.token, office.code("amal"))
    assert isinstance(second, SignedIn)
    who = await office.who(second.token)
    assert (who.needs_second, who.sign_in.second, who.grants) == (False, True, (ORGANIZER,))
    assert await office.behind(first.token) is None


async def test_a_translator_needs_no_second_factor_unless_they_chose_one(office: Office) -> None:
    await office.add("tariq", TRANSLATOR)
    alone = await office.enter("tariq")
    assert isinstance(alone, SignedIn)
    assert not alone.needs_second
    await office.enrol(alone.token)
    assert (await office.who(entered(await office.enter("tariq")))).needs_second


@pytest.mark.parametrize(
    ("rule", "grants", "is_enforced"),
    [
        (SecondFactor.ALL, (TRANSLATOR,), True),
        (SecondFactor.ALL_BUT_TRANSLATORS, (TRANSLATOR,), False),
        (SecondFactor.ALL_BUT_TRANSLATORS, (TRANSLATOR, ORGANIZER), True),
        (SecondFactor.ALL_BUT_TRANSLATORS, (), True),
        (SecondFactor.NOBODY, (OWNER,), False),
    ],
)
def test_who_has_to_have_a_second_factor(rule: SecondFactor, grants: tuple[Grant, ...], is_enforced: bool) -> None:
    assert second_factors.is_enforced(rule, grants) is is_enforced


async def test_unknown_wrong_ended_and_invited_are_answered_alike_at_the_same_cost(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    await office.add("ended", ORGANIZER)
    async with office.database.writing() as session:
        await staff.end(session, None, "ended", office.now)
        await staff.invite(session, None, "invited", ORGANIZER, "en", office.now)
    answers = [await office.enter(login, password) for login, password in
               [("amal", OTHER), ("nobody", OTHER), ("ended", PASSWORD), ("invited", ""), ("", "\ud800")]]  # fmt: skip
    assert answers == [Refusal.WRONG] * 5
    assert len(office.passwords.hashes) == 5
    nobodys = office.passwords.hasher.hash(PASSWORD)
    assert all(costs(each) == costs(nobodys) for each in office.passwords.hashes if each)


def costs(password_hash: str) -> tuple[list[str], int]:
    return password_hash.split("$")[:4], len(password_hash)


def test_a_hash_of_nobody_costs_what_the_others_cost() -> None:
    passwords = Passwords()
    assert passwords.hasher.check_needs_rehash(passwords._nobodys()) is False
    assert costs(passwords._nobodys()) == costs(passwords.hasher.hash(PASSWORD))


async def test_eleven_guesses_at_a_password_are_ten_whether_there_is_such_a_login_or_not(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    for login in ("amal", "nobody"):
        answers = [await office.enter(login, OTHER, f"192.0.2.{number}") for number in range(11)]
        assert answers == [Refusal.WRONG] * 10 + [Refusal.TOO_OFTEN]
    assert await office.enter("amal", PASSWORD, ELSEWHERE) is Refusal.TOO_OFTEN
    office.now += signing_in.TRIED_WITHIN - timedelta(seconds=1)
    assert await office.enter("amal", PASSWORD, ELSEWHERE) is Refusal.TOO_OFTEN
    office.now += timedelta(seconds=1)
    assert isinstance(await office.enter("amal", PASSWORD, ELSEWHERE), SignedIn)


async def test_who_guesses_at_many_logins_from_one_place_is_stopped_and_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "MOST_OF_CLIENT", 5)
    await office.add("amal", ORGANIZER)
    guesses = [await office.enter(f"login{number}", OTHER, f"2001:db8:1:2::{number:x}") for number in range(6)]
    assert guesses == [Refusal.WRONG] * 5 + [Refusal.TOO_OFTEN]
    assert await office.enter("amal", PASSWORD, "2001:db8:1:2:ffff::1") is Refusal.TOO_OFTEN
    assert isinstance(await office.enter("amal", PASSWORD, "2001:db8:1:3::1"), SignedIn)


async def test_guesses_all_at_once_are_no_more_than_one_by_one(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    answers = await asyncio.gather(*(office.enter("amal", OTHER, f"192.0.2.{number}") for number in range(14)))
    assert sorted(answer is Refusal.TOO_OFTEN for answer in answers) == [False] * 10 + [True] * 4


async def test_whoever_signs_in_often_is_no_guesser(office: Office) -> None:
    await office.add("tariq", TRANSLATOR)
    for _time in range(12):
        assert isinstance(await office.enter("tariq"), SignedIn)


async def test_the_eleventh_guess_at_a_second_factor_is_refused_though_it_is_right(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    token = entered(await office.enter("amal"))
    guesses = ["000000", "aaaaaa-aaaaaa", "", "٠٠٠٠٠٠", "é" * 6] * 2
    answers = [await office.second(token, guess, f"192.0.2.{number}") for number, guess in enumerate(guesses)]
    assert answers == [Refusal.WRONG] * 10
    again = entered(await office.enter("amal", client=ELSEWHERE))
    assert await office.second(again, office.code("amal"), ELSEWHERE) is Refusal.TOO_OFTEN
    assert await office.second(again, office.codes["amal"][0], ELSEWHERE) is Refusal.TOO_OFTEN


async def test_a_code_holds_for_a_step_before_and_after_is_used_once_and_none_before_it(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    office.now += timedelta(minutes=5)
    outcomes = []
    for off in (-2, 2, -1, -1, 1, 0, 1):
        token = entered(await office.enter("amal"))
        outcomes.append(isinstance(await office.second(token, office.code("amal", off)), SignedIn))
    assert outcomes == [False, False, True, False, True, False, False]


async def test_a_code_may_be_typed_as_phones_show_it(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    code = office.code("amal")
    arabic = " ".join(chr(ord("٠") + int(digit)) for digit in code)
    assert isinstance(await office.second(entered(await office.enter("amal")), arabic), SignedIn)


async def test_each_code_on_paper_lets_its_owner_in_once(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    await office.settle("bela", ORGANIZER)
    codes = office.codes["amal"]
    assert len(set(codes)) == second_factors.RECOVERY_CODES
    typed = codes[0].upper().replace("-", " ")
    assert await office.second(entered(await office.enter("bela")), typed) is Refusal.WRONG
    assert isinstance(await office.second(entered(await office.enter("amal")), typed), SignedIn)
    assert await office.second(entered(await office.enter("amal")), codes[0]) is Refusal.WRONG
    async with office.database.reading() as session:
        who = await office.who(entered(await office.enter("amal")))
        assert await stored_factors.codes_left(session, who.id) == second_factors.RECOVERY_CODES - 1


@pytest.mark.parametrize("kind", ["app", "paper"])
async def test_two_who_use_one_code_at_once_are_one(office: Office, kind: str) -> None:
    await office.settle("amal", ORGANIZER)
    code = office.code("amal") if kind == "app" else office.codes["amal"][0]
    both = [await office.who(entered(await office.enter("amal"))) for _time in range(2)]
    outcomes = await asyncio.gather(*(office.second_of(who, code) for who in both))
    assert sorted(isinstance(outcome, SignedIn) for outcome in outcomes) == [False, True]


async def test_two_who_open_one_invitation_at_once_are_one(office: Office) -> None:
    async with office.database.writing() as session:
        token = await staff.invite(session, None, "amal", ORGANIZER, "en", office.now)
    outcomes = await asyncio.gather(office.accept(token), office.accept(token, OTHER))
    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    winner, loser = (PASSWORD, OTHER) if outcomes[0] else (OTHER, PASSWORD)
    assert isinstance(await office.enter("amal", winner), SignedIn)
    assert await office.enter("amal", loser) is Refusal.WRONG


async def test_an_invitation_is_used_once_and_holds_a_week(office: Office) -> None:
    async with office.database.writing() as session:
        used = await staff.invite(session, None, "amal", ORGANIZER, "en", office.now)
        over = await staff.invite(session, None, "bela", ORGANIZER, "en", office.now)
        guest = await staff.invited(session, used, office.now)
        assert guest == staff.Guest("amal", "")
    assert await office.accept(used)
    assert await office.accept(used, OTHER) is None
    assert await office.accept(used + "x") is None
    office.now += staff.INVITED_FOR
    assert await office.accept(over) is None
    async with office.database.reading() as session:
        assert await staff.invited(session, over, office.now) is None


async def test_a_token_that_was_there_before_signing_in_opens_nothing_after_it(office: Office) -> None:
    token = await office.settle("amal", ORGANIZER)
    pending = entered(await office.enter("amal", browser=token))
    assert await office.behind(token) is None
    full = entered(await office.second(pending, office.code("amal")))
    office.now += SOON
    confirmed = entered(await office.confirm(full, code=office.code("amal")))
    assert len({token, pending, full, confirmed}) == 4
    assert [await office.behind(old) for old in (token, pending, full)] == [None] * 3
    assert await office.behind(confirmed)


async def test_how_far_somebody_is_with_their_second_factor_is_looked_up_without_changing_it(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    who = await office.who(entered(await office.enter("amal")))
    async with office.database.writing() as session:
        assert await enrolling.standing(session, office.keys, who) == enrolling.Standing(False, None, 0)
        offer = await enrolling.offer_second(session, office.keys, who, office.now)
        assert await enrolling.standing(session, office.keys, who) == enrolling.Standing(False, offer, 0)
    who = await office.who(await office.enrol(entered(await office.enter("amal"))))
    async with office.database.reading() as session:
        assert await enrolling.standing(session, office.keys, who) == enrolling.Standing(True, None, 10)


async def test_a_password_alone_chooses_no_other_second_factor(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    who = await office.who(entered(await office.enter("amal")))
    async with office.database.writing() as session:
        assert await enrolling.offer_second(session, office.keys, who, office.now) is None
        assert await enrolling.enrol(session, office.keys, who, "000000", HERE, office.now) is Refusal.WRONG


async def test_a_secret_that_was_shown_in_one_browser_is_not_chosen_in_another(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    first, second = [await office.who(entered(await office.enter("amal"))) for _time in range(2)]
    async with office.database.writing() as session:
        offers = [await enrolling.offer_second(session, office.keys, who, office.now) for who in (first, first, second)]
    secrets = [offer.secret for offer in offers if offer]
    assert secrets[0] == secrets[1] != secrets[2]
    code = pyotp.TOTP(secrets[0]).at(office.now)
    async with office.database.writing() as session:
        assert await enrolling.enrol(session, office.keys, second, code, HERE, office.now) is Refusal.WRONG
        assert isinstance(await enrolling.enrol(session, office.keys, first, code, HERE, office.now), Enrolled)
        assert await enrolling.enrol(session, office.keys, second, code, HERE, office.now) is Refusal.WRONG


async def test_what_cannot_be_undone_needs_password_and_code_again_after_ten_minutes(office: Office) -> None:
    token = await office.settle("amal", OWNER)
    office.now += signing_in.CONFIRMED_HOLDS
    who = await office.who(token)
    for act in irreversible(office, who):
        async with office.database.writing() as session:
            with pytest.raises(Unconfirmed):
                await act(session)
    assert await office.confirm(token, OTHER, office.code("amal")) is Refusal.WRONG
    assert await office.confirm(token, PASSWORD, "000000") is Refusal.WRONG
    token = entered(await office.confirm(token, PASSWORD, office.code("amal")))
    who = await office.who(token)
    assert who.sign_in.until == NOW + signing_in.HOLDS
    async with office.database.writing() as session:
        assert len(await enrolling.renew_codes(session, office.keys, who, office.now)) == 10


def irreversible(office: Office, who: Colleague) -> Sequence[Callable[[Session], Any]]:
    now = office.now
    return [
        lambda session: enrolling.renew_codes(session, office.keys, who, now),
        lambda session: signing_in.change_password(session, who, "hash", now),
        lambda session: enrolling.offer_second(session, office.keys, who, now),
        lambda session: staff.invite(session, who, "bela", ORGANIZER, "en", now),
        lambda session: staff.give(session, who, "amal", ORGANIZER, now),
        lambda session: staff.reset(session, who, "amal", now),
    ]


async def test_of_somebody_elses_password_nothing_is_confirmed(office: Office) -> None:
    await office.add("bela", ORGANIZER)
    who = await office.who(await office.settle("amal", OWNER))
    async with office.database.writing() as session:
        tried = await signing_in.attempt(session, office.keys, "bela", HERE, office.now)
        assert isinstance(tried, signing_in.Attempt)
        answer = await signing_in.confirm(session, office.keys, who, tried, True, office.code("amal"), office.now)
    assert answer is Refusal.WRONG


async def test_a_new_password_ends_every_other_sign_in(office: Office) -> None:
    token = await office.settle("amal", ORGANIZER)
    other = entered(await office.second(entered(await office.enter("amal")), office.code("amal")))
    async with office.database.writing() as session:
        who = await staff.behind(session, token, office.now)
        assert who
        renewed = await signing_in.change_password(session, who, await office.passwords.hashed(OTHER), office.now)
        assert await signing_in.change_password(session, who, "again", office.now) == ""
    assert [await office.behind(old) is None for old in (token, other, renewed)] == [True, True, False]
    assert await office.enter("amal") is Refusal.WRONG
    assert isinstance(await office.enter("amal", OTHER), SignedIn)


async def test_a_password_that_changed_while_it_was_compared_lets_nobody_in(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    async with office.database.writing() as session:
        tried = await signing_in.attempt(session, office.keys, "amal", HERE, office.now)
        assert isinstance(tried, signing_in.Attempt)
        await staff.reset(session, None, "amal", office.now)
        assert await signing_in.begin(session, RULE, tried, True, Browser(""), office.now) is Refusal.WRONG


async def test_own_sign_ins_are_seen_and_ended_and_never_those_of_others(office: Office) -> None:
    tokens = [await office.settle("tariq", TRANSLATOR), entered(await office.enter("tariq"))]
    stranger = await office.settle("bela", TRANSLATOR)
    who = await office.who(tokens[0])
    async with office.database.writing() as session:
        # Accepting the invitation was one more.
        assert {named(token) for token in tokens} <= {
            each.id for each in await signing_in.own(session, who, office.now)
        }
        assert not await signing_in.end(session, who, named(stranger))
        assert await signing_in.end(session, who, named(tokens[1]))
        assert not await signing_in.end(session, who, named(tokens[1]))
        assert await signing_in.end_others(session, who) == 1
        await signing_in.sign_out(session, who)
    assert [await office.behind(token) is None for token in (*tokens, stranger)] == [True, True, False]
    assert await office.second_of(who, "000000") is Refusal.WRONG


async def test_killed_before_the_last_step_nobody_is_in_and_the_try_counts(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    async with office.database.writing() as session:
        tried = await signing_in.attempt(session, office.keys, "amal", HERE, office.now)
        assert isinstance(tried, signing_in.Attempt)
    with pytest.raises(KeyboardInterrupt):
        await killed(office, tried)
    async with office.database.reading() as session:
        counts = [(await session.execute(select(func.count()).select_from(table))).scalar_one()
                  for table in (t.attempt, t.sign_in)]  # fmt: skip
    assert counts == [2, 1]  # of the account and of the place; the invitation's


async def killed(office: Office, tried: signing_in.Attempt) -> None:
    async with office.database.writing() as session:
        await signing_in.begin(session, RULE, tried, True, Browser(""), office.now)
        raise KeyboardInterrupt


async def test_what_is_over_is_forgotten(office: Office) -> None:
    await office.add("amal", ORGANIZER)
    await office.enter("amal", OTHER)
    async with office.database.writing() as session:
        await staff.invite(session, None, "bela", ORGANIZER, "en", office.now)
        await signing_in.tidy(session, office.now + timedelta(days=8))
        for table in (t.attempt, t.sign_in, t.staff_invitation):
            assert (await session.execute(select(func.count()).select_from(table))).scalar_one() == 0


async def test_a_secret_goes_over_to_a_new_key_and_one_that_no_key_opens_lets_nobody_in(office: Office) -> None:
    await office.settle("amal", ORGANIZER)
    both = Keyring({**office.keys.wrapping, 2: bytes(range(64, 96))}, office.keys.index_key)
    new = Keyring({2: bytes(range(64, 96))}, office.keys.index_key)
    async with office.database.writing() as session:
        assert await stored_factors.in_other_epochs(session, both) == 1
        assert [await stored_factors.reseal(session, both) for _time in range(2)] == [1, 0]
        assert await stored_factors.in_other_epochs(session, new) == 0
    assert await office.second(entered(await office.enter("amal")), office.code("amal")) is Refusal.WRONG
    office.keys = new
    assert isinstance(await office.second(entered(await office.enter("amal")), office.code("amal")), SignedIn)
