"""What Twilio remembers and what WhatsApp approves, against our own Twilio."""

import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import flows
from channels import Channel, History, from_settings
from channels._twilio.history import FEW
from channels.messages import (
    Choice,
    Kind,
    Later,
    Message,
    Never,
    NotSent,
    Outgoing,
    Shut,
    Status,
    Stopped,
    Template,
    Trace,
    Unknown,
)
from channels.sms import Sms
from channels.verdicts import Act
from channels.whatsapp import WhatsApp
from demo.platforms.twilio import FakeTwilio, Fate
from demo.platforms.wire import RefusedRequest
from locales import languages
from tests.channels.conftest import ACCOUNT, HANG_UP, TOKEN, Platform, environment

OURS = "+447700900999"
AMINA = "+447700900123"
NAMELESS = "US.13491208655302741918"
SERVICE = "MG" + "0" * 32
NEWS = {"bulletin": {"en": "News:\n{{1}}\nSend STOP to stop.", "ar": "أخبار:\n{{1}}\nأرسلوا إيقاف."}}
BULLETIN = Outgoing("The forms will be in Arabic.", purpose="bulletin")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Office:
    """A Twilio, the channels that write through it, and the time there."""

    twilio: FakeTwilio
    address: str
    now: list[datetime]
    channels: dict[str, Channel] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return environment(self.address) | {"WHATSAPP_TEMPLATES": ""}

    async def open(self, **changed: str) -> None:
        await self.close()
        self.channels = from_settings(self.environment() | changed)
        for channel in self.channels.values():
            await channel.start()

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()

    @property
    def sms(self) -> Sms:
        channel = self.channels["sms"]
        assert isinstance(channel, Sms)
        return channel

    @property
    def whatsapp(self) -> WhatsApp:
        channel = self.channels["whatsapp"]
        assert isinstance(channel, WhatsApp)
        return channel

    def history(self, name: str = "sms") -> History:
        history = self.channels[name].history
        assert history
        return history

    def pass_(self, time: timedelta) -> None:
        self.now[0] += time


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    now = [NOON]
    # Nobody is told of what people write: it is only in the list.
    webhooks = {OURS: "", f"whatsapp:{OURS}": "", "whatsapp:+447700900998": ""}
    twilio = FakeTwilio(ACCOUNT, TOKEN, webhooks, services={SERVICE: [OURS, f"whatsapp:{OURS}"]}, clock=lambda: now[0])
    twilio.calls_back = False
    site = web.Application()
    site.add_subapp("/twilio", twilio.application())
    async with TestServer(site) as server:
        office = Office(twilio, f"{str(server.make_url('')).rstrip('/')}/twilio", now)
        await office.open()
        yield office
        await office.close()


# What it remembers of ours


async def listed(
    history: History, since: datetime = NOON, until: datetime = NOON + HOUR, people: Collection[str] = (AMINA,)
) -> list[Trace]:
    """Each as it was told last."""
    return list({trace.provider_id: trace async for trace in history.sent(since, until, people)}.values())


async def test_a_message_of_ours_is_found_with_what_became_of_it(office: Office) -> None:
    office.twilio.outcomes_for[AMINA] = (Fate("sent"), Fate("undelivered", "30003"))
    sent = await office.sms.send(AMINA, Outgoing("Hello"), "d-1")
    await office.twilio.settled()
    [trace] = await listed(office.history())
    assert (trace.provider_id, trace.to, trace.at) == (sent.provider_id, AMINA, NOON)
    assert (trace.status, trace.code) == (Status.FAILED, "30003")
    assert trace.verdict == office.sms.verdicts["30003"]
    assert AMINA not in repr(trace)


async def test_the_list_is_followed_to_its_end(office: Office) -> None:
    office.twilio.most_on_a_page = 3
    for number in range(10):
        await office.sms.send(AMINA, Outgoing(f"Hello {number}"), f"d-{number}")
    await office.twilio.settled()
    assert len(await listed(office.history())) == 10


async def test_what_waits_in_twilios_queue_is_found_too(office: Office) -> None:
    office.twilio.most_on_a_page = 2
    await office.sms.send(AMINA, Outgoing("gone"), "d-0")
    await office.twilio.settled()
    office.twilio.outcomes = ()
    for number in range(5):
        await office.sms.send(AMINA, Outgoing("waits"), f"d-{number}")
    office.pass_(timedelta(hours=1))
    statuses = [trace.status for trace in await listed(office.history())]
    assert statuses.count(Status.ACCEPTED) == 5
    assert len(statuses) == 6


async def test_a_message_is_of_the_moment_when_twilio_took_it(channels: dict[str, Channel], platform: Platform) -> None:
    item = DATED | {"direction": "outbound-api", "to": AMINA, "date_sent": "Fri, 01 May 2026 15:00:00 +0000"}
    early = item | {"sid": "SM2", "date_created": "Fri, 01 May 2026 11:59:59 +0000"}
    platform.answers = [(200, {"messages": []}), (200, {"messages": [item, early]})]
    history = channels["sms"].history
    assert history
    [trace] = await listed(history)
    assert (trace.provider_id, trace.at) == ("SM1", NOON)


@pytest.mark.parametrize("sender", [OURS, SERVICE])
async def test_what_is_older_or_not_ours_is_left_out(office: Office, sender: str) -> None:
    await office.open(SMS_FROM=sender, WHATSAPP_FROM=sender if sender == SERVICE else f"whatsapp:{sender}")
    office.twilio.says(AMINA, "in")
    await office.sms.send(AMINA, Outgoing("early"), "d-1")
    await office.twilio.settled()
    office.pass_(timedelta(seconds=2))
    await office.sms.send(AMINA, Outgoing("late"), "d-2")
    await office.whatsapp.send(AMINA, Outgoing("elsewhere"), "d-3")
    await office.twilio.settled()
    assert len(await listed(office.history())) == 2
    [trace] = await listed(office.history(), NOON + timedelta(seconds=1, microseconds=5))
    assert trace.at == NOON + timedelta(seconds=2)
    assert [trace.to for trace in await listed(office.history("whatsapp"), people=(AMINA, NAMELESS))] == [AMINA]


async def test_only_the_asked_time_and_people_are_looked_at(office: Office) -> None:
    for name, person in (("d-1", AMINA), ("d-2", "+447700900124")):
        await office.sms.send(person, Outgoing("Hello"), name)
    office.pass_(HOUR)
    await office.sms.send(AMINA, Outgoing("an hour later"), "d-3")
    office.pass_(timedelta(seconds=1))
    await office.sms.send(AMINA, Outgoing("too late"), "d-4")
    await office.twilio.settled()
    assert [(trace.to, trace.at) for trace in await listed(office.history())] == [(AMINA, NOON + HOUR), (AMINA, NOON)]


async def test_what_left_twilios_queue_hours_later_is_of_the_time_when_twilio_took_it(
    channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(200, {"messages": []})] * 2
    history = channels["sms"].history
    assert history
    assert await listed(history, NOON, NOON + HOUR) == []
    query = platform.requests[-1][3]
    assert (query["DateSent>"], query["DateSent<"]) == ("2026-05-01T11:59:59Z", "2026-05-01T17:00:00Z")


@pytest.mark.parametrize(("number", "by_number"), [(1, True), (FEW, True), (FEW + 1, False)])
async def test_a_few_people_are_asked_after_by_their_numbers_and_many_in_one_list(
    channels: dict[str, Channel], platform: Platform, number: int, by_number: bool
) -> None:
    people = {f"+44770090{place:04}" for place in range(number)}
    platform.answers = [(200, {"messages": []})] * 2 * number
    history = channels["whatsapp"].history
    assert history
    assert await listed(history, people=people) == []
    numbers = [request[3].get("To") for request in platform.requests]
    assert numbers == (
        [f"whatsapp:{person}" for person in sorted(people) for _list in range(2)] if by_number else [None] * 2
    )


async def test_a_page_is_asked_for_when_the_one_before_is_used(
    channels: dict[str, Channel], platform: Platform
) -> None:
    page = {"messages": [DATED | {"direction": "outbound-api", "to": AMINA}], "next_page_uri": "/x?PageToken=a"}
    platform.answers = [(200, {"messages": []}), (200, page), (200, {"messages": []})]
    history = channels["sms"].history
    assert history
    traces = history.sent(NOON, NOON + HOUR, {AMINA})
    await anext(traces)
    assert len(platform.requests) == 2
    assert [trace async for trace in traces] == []
    assert len(platform.requests) == 3


async def test_another_service_of_the_account_is_not_ours(office: Office) -> None:
    await office.open(SMS_FROM="MG" + "1" * 32)
    office.twilio.says(AMINA, "to the first service")
    assert await office.history().received(NOON) == []


async def test_within_the_second_that_was_asked_for_nothing_is_missed(office: Office) -> None:
    office.now[0] = NOON + timedelta(microseconds=300_000)
    office.twilio.says(AMINA, "in the same second")
    assert len(await office.history().received(NOON + timedelta(microseconds=900_000))) == 1


# What it remembers of theirs


async def test_what_was_not_heard_is_in_the_list_by_the_same_name(office: Office) -> None:
    form = office.twilio.says(AMINA, "مرحبا ١")
    [listed] = await office.history().received(NOON)
    assert listed == Message("sms", form["MessageSid"], AMINA, Kind.TEXT, text="مرحبا ١")


@pytest.mark.parametrize("person", [AMINA, NAMELESS])
async def test_whatsapp_is_listed_whether_or_not_a_number_is_known(office: Office, person: str) -> None:
    form = office.twilio.says(f"whatsapp:{person}", "Hola")
    assert await office.history("whatsapp").received(NOON) == [
        Message("whatsapp", form["MessageSid"], person, Kind.TEXT, text="Hola")
    ]


async def test_the_oldest_comes_first(office: Office) -> None:
    for word in ("one", "two", "three"):
        office.twilio.says(AMINA, word)
    office.pass_(timedelta(seconds=1))
    office.twilio.says(AMINA, "four")
    assert [message.text for message in await office.history().received(NOON)] == ["one", "two", "three", "four"]


async def test_a_voice_note_is_found_with_its_place(office: Office) -> None:
    form = office.twilio.sends_voice(f"whatsapp:{AMINA}")
    office.twilio.sends_sticker(f"whatsapp:{AMINA}")
    voice, sticker = await office.history("whatsapp").received(NOON)
    assert (voice.kind, voice.voice) == (Kind.VOICE, form["MediaUrl0"])
    assert (sticker.kind, sticker.voice) == (Kind.OTHER, "")


async def test_a_tap_comes_as_its_label(office: Office) -> None:
    await office.whatsapp.connect({})
    await office.whatsapp.templates()
    asks = Outgoing("Shall we?", choices=(Choice("yes", "Yes"), Choice("no", "No")), token="q1")
    await office.whatsapp.send(NAMELESS, asks, "d-1")
    bubble = await office.twilio.chats.of(f"whatsapp:{NAMELESS}").next()
    office.twilio.taps(f"whatsapp:{NAMELESS}", bubble.id, 0)
    [tap] = await office.history("whatsapp").received(NOON)
    assert (tap.kind, tap.text, tap.external) == (Kind.TEXT, "Yes", NAMELESS)


# What goes wrong with a list


ITEM = {"sid": "SM1", "from": AMINA, "to": OURS, "body": "words", "direction": "inbound", "num_media": "0"}
DATED = ITEM | dict.fromkeys(("date_created", "date_sent"), "Fri, 01 May 2026 12:00:00 +0000")
CYCLE = {"messages": [DATED], "next_page_uri": "/2010-04-01/x?Page=1&PageToken=a"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(200, HANG_UP)], Unknown),
        ([(503, "<html>")], Unknown),
        ([(200, "<html>")], Unknown),
        ([(200, {"other": []})], Unknown),
        ([(200, {"messages": ["x"]})], Unknown),
        ([(200, {"messages": [ITEM]})], Unknown),
        ([(200, {"messages": [ITEM | {"date_sent": "soon"}]})], Unknown),
        ([(200, CYCLE), (200, CYCLE)], Unknown),
        ([(200, CYCLE), (401, {"code": 20003})], Stopped),
        ([(200, CYCLE), (400, {"code": 99999})], Never),
        ([(400, "<html>")], Never),
    ],
)
async def test_half_a_list_is_no_list(
    answers: list[tuple[int, Any]], expected: type[NotSent], channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = list(answers)
    history = channels["sms"].history
    assert history
    with pytest.raises(expected) as caught:
        await history.received(NOON)
    shown = repr(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
    assert "words" not in shown
    assert AMINA not in shown
    assert platform.answers == []


async def test_the_next_page_is_asked_for_where_the_first_one_was(
    channels: dict[str, Channel], platform: Platform
) -> None:
    page = {"messages": [], "next_page_uri": "https://elsewhere.example/steal?PageToken=a%2Bb&DateSent%3E=x"}
    platform.answers = [(200, page), (200, {"messages": [], "next_page_uri": None})]
    history = channels["sms"].history
    assert history
    assert await history.received(NOON) == []
    first, second = platform.requests
    assert first[1] == second[1] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert first[3] == {"DateSent>": "2026-05-01T11:59:59Z", "To": OURS, "PageSize": "1000"}
    assert second[3] == {"PageToken": "a+b", "DateSent>": "x"}


async def test_what_no_webhook_would_have_brought_is_left_out(channels: dict[str, Channel], platform: Platform) -> None:
    platform.answers = [(200, {"messages": [DATED | {"from": None}, DATED | {"direction": "outbound-api"}, DATED]})]
    history = channels["sms"].history
    assert history
    assert [message.event for message in await history.received(NOON)] == ["SM1"]


async def test_media_that_were_deleted_are_only_not_there(channels: dict[str, Channel], platform: Platform) -> None:
    item = DATED | {"from": f"whatsapp:{AMINA}", "num_media": "1", "body": ""}
    platform.answers = [(200, {"messages": [item]}), (404, {"code": 20404})]
    history = channels["whatsapp"].history
    assert history
    assert [message.kind for message in await history.received(NOON)] == [Kind.OTHER]


# What is approved


async def approve(office: Office, texts: Mapping[str, Mapping[str, str]] = NEWS, decision: str = "approved") -> None:
    office.twilio.templates.decision = decision
    await office.whatsapp.connect(texts)


def templates_of(settings: Mapping[str, str]) -> dict[str, str]:
    """By name, of the only setting that connecting gives."""
    [(setting, value)] = settings.items()
    assert setting == "WHATSAPP_TEMPLATES"
    return dict(pair.split("=") for pair in value.split(","))


async def test_connecting_makes_everything_once(office: Office) -> None:
    office.twilio.templates.most_on_a_page = 4
    made = await office.whatsapp.connect(NEWS)
    assert len(set(templates_of(made).values())) == 13
    assert await office.whatsapp.connect(NEWS) == made
    approvals = {(template.name, template.language, template.status) for template in await office.whatsapp.templates()}
    assert approvals == {("bulletin", "en", "approved"), ("bulletin", "ar", "approved")}


async def test_a_menu_is_found_without_the_setting(office: Office) -> None:
    made = templates_of(await office.whatsapp.connect({}))
    await office.open()
    await office.whatsapp.templates()
    asks = Outgoing("Shall we?", choices=(Choice("yes", "Yes"),))
    menu = office.whatsapp._menu(asks)
    assert menu
    assert menu["content_sid"] == made["quick1"]


async def test_the_setting_counts_more_than_what_is_found(office: Office) -> None:
    await office.whatsapp.connect({})
    chosen = f"HX{7:032x}"
    await office.open(WHATSAPP_TEMPLATES=f"quick1={chosen}")
    await office.whatsapp.templates()
    menu = office.whatsapp._menu(Outgoing("Shall we?", choices=(Choice("yes", "Yes"),)))
    assert menu
    assert menu["content_sid"] == chosen


@pytest.mark.parametrize("at_once", [True, False])
async def test_after_a_silence_only_the_approved_text_arrives(office: Office, at_once: bool) -> None:
    office.twilio.window = office.whatsapp.window
    office.twilio.shuts_at_once = at_once
    await approve(office)
    await office.whatsapp.templates()
    for person in (AMINA, NAMELESS):
        await office.whatsapp.send(person, BULLETIN, "d-1", in_session=False)
        bubble = await office.twilio.chats.of(f"whatsapp:{person}").next()
        assert bubble.text == "News:\nThe forms will be in Arabic.\nSend STOP to stop."
    if at_once:
        with pytest.raises(Shut) as caught:
            await office.whatsapp.send(AMINA, BULLETIN, "d-2")
        assert (caught.value.code, caught.value.verdict.act) == ("63016", Act.SHUT)
    else:
        sent = await office.whatsapp.send(AMINA, BULLETIN, "d-2")
        await office.twilio.settled()
        traces = await listed(office.history("whatsapp"))
        [trace] = [trace for trace in traces if trace.provider_id == sent.provider_id]
        assert (trace.code, trace.verdict.act) == ("63016", Act.SHUT)


async def test_within_a_day_of_their_last_word_free_text_arrives(office: Office) -> None:
    office.twilio.window = office.whatsapp.window
    office.twilio.says(f"whatsapp:{AMINA}", "hello")
    office.pass_(timedelta(hours=24) - timedelta(seconds=1))
    await office.whatsapp.send(AMINA, Outgoing("Hello"), "d-1")
    assert (await office.twilio.chats.of(f"whatsapp:{AMINA}").next()).text == "Hello"


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("The forms will be in Arabic.", purpose="result"),
        Outgoing("Pick one"),
        Outgoing("x" * 1000, purpose="bulletin"),
        Outgoing("🙂" * 500, purpose="bulletin"),
    ],
)
async def test_what_no_approved_text_can_say_waits(office: Office, outgoing: Outgoing) -> None:
    await approve(office)
    await office.whatsapp.templates()
    with pytest.raises(Shut) as caught:
        await office.whatsapp.send(AMINA, outgoing, "d-1", in_session=False)
    assert (caught.value.code, caught.value.verdict) == ("shut", office.whatsapp.verdicts["shut"])
    assert list(office.twilio.chats) == []


async def test_where_there_is_no_text_in_their_language_the_common_one_holds_their_words(office: Office) -> None:
    await approve(office)
    await office.whatsapp.templates()
    words = Outgoing("Les formulaires", language="fr", purpose="bulletin")
    await office.whatsapp.send(AMINA, words, "d-1", in_session=False)
    bubble = await office.twilio.chats.of(f"whatsapp:{AMINA}").next()
    assert bubble.text == "News:\nLes formulaires\nSend STOP to stop."


async def test_a_text_that_is_refused_gives_way_to_the_common_one_until_it_is_asked_for_again(office: Office) -> None:
    await approve(office)
    known = await office.whatsapp.templates()
    arabic = Outgoing("النماذج", language="ar", purpose="bulletin")
    office.twilio.faults.append(RefusedRequest(400, 63040, "paused"))
    chat = office.twilio.chats.of(f"whatsapp:{AMINA}")
    await office.whatsapp.send(AMINA, arabic, "d-1", in_session=False)
    assert (await chat.next()).text.startswith("News:")
    office.whatsapp.use(known)
    await office.whatsapp.send(AMINA, arabic, "d-2", in_session=False)
    assert (await chat.next()).text.startswith("News:")
    await office.whatsapp.templates()
    await office.whatsapp.send(AMINA, arabic, "d-3", in_session=False)
    assert (await chat.next()).text.startswith("أخبار")


async def test_who_can_be_told_by_no_text_at_all_waits(office: Office) -> None:
    await approve(office)
    await office.whatsapp.templates()
    office.twilio.faults.extend([RefusedRequest(400, 63027, ""), RefusedRequest(400, 21654, "")])
    with pytest.raises(Shut) as caught:
        await office.whatsapp.send(AMINA, Outgoing("النماذج", language="ar", purpose="bulletin"), "d", in_session=False)
    assert caught.value.code == "shut"


MENU = Outgoing("Shall we?", choices=(Choice("yes", "Yes"), Choice("no", "No")), token="q1")


@pytest.mark.parametrize("code", [21654, 21656, 63005, 92007])
async def test_a_menu_that_is_refused_for_its_form_leaves_as_plain_text(office: Office, code: int) -> None:
    await office.whatsapp.connect({})
    await office.whatsapp.templates()
    office.twilio.faults.append(RefusedRequest(400, code, ""))
    await office.whatsapp.send(AMINA, MENU, "d-1")
    bubble = await office.twilio.chats.of(f"whatsapp:{AMINA}").next()
    assert (bubble.text, bubble.buttons) == ("Shall we?\n1. Yes\n2. No", ())


async def test_a_menu_that_is_refused_for_another_reason_is_not_tried_again(office: Office) -> None:
    await office.whatsapp.connect({})
    await office.whatsapp.templates()
    office.twilio.faults.append(RefusedRequest(400, 63024, ""))
    with pytest.raises(NotSent) as caught:
        await office.whatsapp.send(AMINA, MENU, "d-1")
    assert caught.value.code == "63024"
    assert list(office.twilio.chats) == []


async def test_what_is_to_be_plain_has_no_buttons(office: Office) -> None:
    await office.whatsapp.connect({})
    await office.whatsapp.templates()
    await office.whatsapp.send(AMINA, replace(MENU, plain=True), "d-1")
    bubble = await office.twilio.chats.of(f"whatsapp:{AMINA}").next()
    assert (bubble.text, bubble.buttons) == ("Shall we?\n1. Yes\n2. No", ())


@pytest.mark.parametrize("decision", ["pending", "rejected", "paused", "disabled"])
async def test_what_is_not_approved_is_shown_and_not_used(office: Office, decision: str) -> None:
    await approve(office, decision=decision)
    assert {template.status for template in await office.whatsapp.templates()} == {decision}
    with pytest.raises(Shut):
        await office.whatsapp.send(AMINA, BULLETIN, "d-1", in_session=False)


async def test_a_text_that_is_paused_is_not_used_any_more(office: Office) -> None:
    await approve(office)
    await office.whatsapp.templates()
    office.twilio.templates.decide(office.twilio.templates.named("hearback_bulletin_en_v1"), "paused", "low quality")
    shown = {template.language: template for template in await office.whatsapp.templates()}
    assert (shown["en"].status, shown["en"].reason, shown["ar"].status) == ("paused", "low quality", "approved")
    with pytest.raises(Shut):
        await office.whatsapp.send(AMINA, BULLETIN, "d-1", in_session=False)


async def test_before_anything_is_known_nobody_is_given_up_for_that(office: Office) -> None:
    await approve(office)
    with pytest.raises(Later) as caught:
        await office.whatsapp.send(AMINA, BULLETIN, "d-1", in_session=False)
    assert (caught.value.code, caught.value.everyone) == ("not_asked", False)


async def test_what_was_known_before_a_restart_is_used_at_once(office: Office) -> None:
    await approve(office)
    known = await office.whatsapp.templates()
    await office.open()
    office.whatsapp.use(known)
    await office.whatsapp.send(AMINA, BULLETIN, "d-1", in_session=False)
    bubble = await office.twilio.chats.of(f"whatsapp:{AMINA}").next()
    assert bubble.text == "News:\nThe forms will be in Arabic.\nSend STOP to stop."


async def test_new_words_are_submitted_and_the_old_ones_serve_until_then(office: Office) -> None:
    await approve(office)
    await approve(office, {"bulletin": {"en": "Fresh:\n{{1}}\nSend STOP to stop."}}, "pending")
    await office.whatsapp.templates()
    await office.whatsapp.send(AMINA, BULLETIN, "d-1", in_session=False)
    chat = office.twilio.chats.of(f"whatsapp:{AMINA}")
    assert (await chat.next()).text.startswith("News:")
    office.twilio.templates.decide(office.twilio.templates.named("hearback_bulletin_en_v2"), "approved")
    await office.whatsapp.templates()
    await office.whatsapp.send(AMINA, BULLETIN, "d-2", in_session=False)
    assert (await chat.next()).text.startswith("Fresh:")


async def test_what_was_made_and_never_submitted_is_submitted(office: Office) -> None:
    refused = {"bulletin": {"en": NEWS["bulletin"]["en"]}}
    await approve(office, refused)
    sid = office.twilio.templates.named("hearback_bulletin_en_v1")
    office.twilio.templates.forget(sid)
    assert [template.status for template in await office.whatsapp.templates()] == ["unsubmitted"]
    await approve(office, refused)
    body = NEWS["bulletin"]["en"]
    assert await office.whatsapp.templates() == [Template("bulletin", "en", sid, "approved", body=body)]


async def test_a_language_that_whatsapp_does_not_have_does_not_hold_up_the_others(
    platform: Platform, channels: dict[str, Channel]
) -> None:
    made = [(201, {"sid": f"HX{number:032x}"}) for number in range(20)]
    page = {"contents": [], "meta": {"key": "contents", "next_page_url": None}}
    platform.answers = [(200, page), made[0], (400, {"code": 20001}), made[1], (201, {}), *made[2:15]]
    await channels["whatsapp"].connect(NEWS)
    submitted = [json.loads(request[4]) for request in platform.requests if "ApprovalRequests" in request[1]]
    assert [submission["name"] for submission in submitted] == ["hearback_bulletin_en_v1", "hearback_bulletin_ar_v1"]
    assert {submission["category"] for submission in submitted} == {"UTILITY"}
    assert all(submission.keys() == {"name", "category"} for submission in submitted)


@pytest.mark.parametrize("shape", ["flat", "nested", "none"])
async def test_an_approval_is_read_in_either_shape(
    shape: str, channels: dict[str, Channel], platform: Platform
) -> None:
    approval = {"status": "Approved", "rejection_reason": None}
    content = {
        "sid": "HX1",
        "friendly_name": "hearback_bulletin_en_v1",
        "language": "en",
        "types": {"twilio/text": {"body": "a {{1}} b"}},
        "approval_requests": {"flat": approval, "nested": {"whatsapp": approval}, "none": None}[shape],
    }
    others = [{"friendly_name": "somebody_elses", "types": None}, {"friendly_name": "hearback_bulletin_en_v2"}]
    platform.answers = [(200, {"contents": [content, *others], "meta": {"next_page_url": None}})]
    status = "unsubmitted" if shape == "none" else "approved"
    assert await channels["whatsapp"].templates() == [Template("bulletin", "en", "HX1", status, body="a {{1}} b")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("One.\nTwo.", "One. Two."),
        ("One\n\n\tTwo:\n  three    four      five", "One – Two: three four five"),
        ("Go here:\nhttps://hearback.example/x\nThank you.", "Go here: https://hearback.example/x – Thank you."),
    ],
)
async def test_many_lines_are_said_in_one(office: Office, text: str, line: str) -> None:
    await approve(office)
    await office.whatsapp.templates()
    await office.whatsapp.send(AMINA, Outgoing(text, purpose="bulletin"), "d-1", in_session=False)
    assert (await office.twilio.chats.of(f"whatsapp:{AMINA}").next()).text == f"News:\n{line}\nSend STOP to stop."


async def test_our_own_sentences_are_taken(office: Office) -> None:
    texts = flows.templates()
    await approve(office, texts)
    shown = await office.whatsapp.templates()
    assert {(template.name, template.language) for template in shown} == {
        (name, code) for name in texts for code in languages()
    }
    assert {template.status for template in shown} == {"approved"}


@pytest.mark.parametrize("body", ["{{1}} is news.", "News: {{1}}", "News {{1}} {{2}} for you."])
async def test_a_sentence_that_cannot_be_approved_is_rejected(office: Office, body: str) -> None:
    await approve(office, {"bulletin": {"en": body}})
    assert [template.status for template in await office.whatsapp.templates()] == ["rejected"]


@pytest.mark.parametrize("name", ["telegram", "sms"])
async def test_elsewhere_nothing_has_to_be_approved(channels: dict[str, Channel], name: str) -> None:
    assert channels[name].window is None
    assert await channels[name].templates() == ()
    assert channels[name].pace.gap <= timedelta(seconds=1)


async def test_whatsapp_gives_each_person_six_seconds(office: Office) -> None:
    assert office.whatsapp.pace.gap == timedelta(seconds=6)
    assert office.whatsapp.window == timedelta(hours=24)
