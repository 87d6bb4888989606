"""Our Twilio speaks the REST API and the webhooks as the real one does."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiohttp import ClientSession, encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from demo.platforms import _twilio_api
from demo.platforms.twilio import DELIVERED, FakeTwilio, Fate
from demo.platforms.wire import Broken, RefusedRequest, Silent, TooManyRequests
from tests.demo.conftest import ACCOUNT, AUTH_TOKEN, PUBLIC, SMS, WHATSAPP, DemoTown, Hands

AMINA = "+12025550123"
YUSUF = "whatsapp:+12025550124"
NAMELESS = "whatsapp:US.4566546130240823"
ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "twilio-messages-openapi.json"
STATUS = f"{PUBLIC}/channels/sms/status?delivery=41"


class Transport(AsyncHttpClient):
    """Twilio's own transport warns of what aiohttp will drop; this one does the same without."""

    def __init__(self, session: ClientSession) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._session = session

    async def request(  # type: ignore[override]  # Twilio types it so itself.
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        assert auth is not None
        signed = {**(headers or {}), "Authorization": encode_basic_auth(*auth)}
        async with self._session.request(method, url, params=params, data=data, headers=signed) as response:  # type: ignore[arg-type]
            return Response(response.status, await response.text(), response.headers)


def client_at(url: str, token: str, session: ClientSession) -> Client:
    client = Client(ACCOUNT, token, http_client=Transport(session))
    client.api.base_url = client.content.base_url = url
    return client


@pytest.fixture
async def client(twilio_url: str) -> AsyncIterator[Client]:
    async with ClientSession() as session:
        yield client_at(twilio_url, AUTH_TOKEN, session)


@pytest.fixture
async def session(twilio_url: str) -> AsyncIterator[ClientSession]:
    async with ClientSession(twilio_url, headers={"Authorization": encode_basic_auth(ACCOUNT, AUTH_TOKEN)}) as session:
        yield session


async def became(client: Client, sid: str | None) -> tuple[str, int | None]:
    """The status and the error of a message of ours."""
    text = await client.messages(str(sid)).fetch_async()
    return str(text.status), text.error_code


async def template(session: ClientSession, types: dict[str, Any], **variables: str) -> str:
    body = {"friendly_name": "menu", "language": "en", "variables": variables, "types": types}
    async with session.post("/v1/Content", json=body) as response:
        assert response.status == 201
        return str((await response.json())["sid"])


LIST = {
    "twilio/list-picker": {
        "body": "{{1}}",
        "button": "{{2}}",
        "items": [
            {"item": "{{3}}", "id": "{{4}}", "description": "{{5}}"},
            {"item": "{{6}}", "id": "{{7}}", "description": "{{8}}"},
        ],
    }
}
WORDS = ["What is it about?", "View options", "Work", "q1.work", "Fair pay", "Family", "q1.family", "Together"]
LISTED = json.dumps({str(place): word for place, word in enumerate(WORDS, 1)})
REPLY = {"twilio/quick-reply": {"body": "{{1}}", "actions": [{"title": "{{2}}", "id": "{{3}}"}]}}


async def test_a_text_arrives_and_its_segments_are_counted(client: Client, twilio: FakeTwilio) -> None:
    sent = await client.messages.create_async(to=AMINA, from_=SMS, body="é" * 161)
    bubble = await twilio.chats.of(AMINA).next()
    assert (bubble.id, bubble.text, bubble.encoding, bubble.segments) == (sent.sid, "é" * 161, "GSM-7", 2)
    assert (str(sent.status), sent.num_segments, str(sent.direction)) == ("queued", "2", "outbound-api")


async def test_arabic_is_counted_as_ucs_2(client: Client, twilio: FakeTwilio) -> None:
    await client.messages.create_async(to=AMINA, from_=SMS, body="م" * 71)
    bubble = await twilio.chats.of(AMINA).next()
    assert (bubble.encoding, bubble.segments) == ("UCS-2", 2)


async def test_a_service_finds_its_sender(client: Client, twilio: FakeTwilio) -> None:
    sent = await client.messages.create_async(to=YUSUF, messaging_service_sid="MG" + "0" * 32, body="Hello")
    assert (sent.from_, str(sent.status)) == (WHATSAPP, "accepted")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"to": "12025550123", "from_": SMS, "body": "x"}, 21211),
        ({"to": AMINA, "from_": "+15005550001", "body": "x"}, 21606),
        ({"to": YUSUF, "from_": "whatsapp:+15005550001", "body": "x"}, 63007),
        ({"to": YUSUF, "from_": SMS, "body": "x"}, 21910),
        ({"to": AMINA, "from_": SMS, "body": " "}, 21602),
        ({"to": AMINA, "from_": SMS, "body": "🙂" * 801}, 21617),
        ({"to": AMINA, "body": "x"}, 21603),
        ({"to": AMINA, "from_": SMS, "body": "x", "status_callback": "somewhere"}, 21609),
        ({"to": YUSUF, "from_": WHATSAPP, "content_sid": "HX0"}, 21654),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    client: Client, twilio: FakeTwilio, parameters: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as error:
        await client.messages.create_async(**parameters)
    assert (error.value.code, error.value.status) == (code, 400)
    assert list(twilio.chats) == []


async def test_a_wrong_password_is_refused(twilio_url: str) -> None:
    async with ClientSession() as session:
        client = client_at(twilio_url, "other", session)
        with pytest.raises(TwilioRestException) as error:
            await client.messages.create_async(to=AMINA, from_=SMS, body="x")
    assert (error.value.code, error.value.status) == (20003, 401)


async def test_an_error_has_twilios_shape(session: ClientSession) -> None:
    async with session.post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data={"From": SMS}) as response:
        assert response.status == 400
        assert await response.json() == {
            "code": 21604,
            "message": "A 'To' phone number is required.",
            "more_info": "https://www.twilio.com/docs/errors/21604",
            "status": 400,
        }


async def test_status_callbacks_come_signed_and_in_order(client: Client, twilio: FakeTwilio, house: DemoTown) -> None:
    sent = await client.messages.create_async(to=AMINA, from_=SMS, body="Hello", status_callback=STATUS)
    await twilio.settled()
    assert [post.form["MessageStatus"] for post in house.posts] == ["sent", "delivered"]
    validator = RequestValidator(AUTH_TOKEN)
    for post in house.posts:
        assert post.path == "/channels/sms/status?delivery=41"
        assert validator.validate(STATUS, post.form, post.headers["X-Twilio-Signature"])
    assert await became(client, sent.sid) == ("delivered", None)


async def test_status_callbacks_can_come_late_and_twice(client: Client, twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.outcomes = (DELIVERED[1], DELIVERED[0], DELIVERED[0])
    sent = await client.messages.create_async(to=AMINA, from_=SMS, body="Hello", status_callback=STATUS)
    await twilio.settled()
    assert [post.form["MessageStatus"] for post in house.posts] == ["delivered", "sent", "sent"]
    assert await became(client, sent.sid) == ("delivered", None)


async def test_what_fails_does_not_arrive(client: Client, twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.outcomes_for[AMINA] = (Fate("sent"), Fate("undelivered", "30003"))
    sent = await client.messages.create_async(to=AMINA, from_=SMS, body="Hello", status_callback=STATUS)
    await twilio.settled()
    assert house.posts[-1].form["ErrorCode"] == "30003"
    assert await became(client, sent.sid) == ("undelivered", 30003)
    assert twilio.chats.of(AMINA).bubbles == []


@pytest.mark.parametrize("person", [AMINA, YUSUF, NAMELESS])
async def test_what_a_person_writes_is_announced_signed(twilio: FakeTwilio, house: DemoTown, person: str) -> None:
    twilio.says(person, "مرحبا + 1%")
    await twilio.settled()
    (post,) = house.posts
    channel = "whatsapp" if "whatsapp" in person else "sms"
    assert (post.path, post.form["Body"], post.form["From"]) == (f"/channels/{channel}", "مرحبا + 1%", person)
    signature = post.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(f"{PUBLIC}/channels/{channel}", post.form, signature)
    assert ("WaId" in post.form) == (person == YUSUF)


def test_the_signature_is_the_one_that_twilios_library_expects() -> None:
    form = {"CallSid": "CA1", "Caller": AMINA, "Digits": "1234", "From": AMINA, "To": SMS}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert _twilio_api.signature("12345", url, form) == RequestValidator("12345").compute_signature(url, form)
    assert _twilio_api.signature("12345", f"{url}#rc=5", form) == _twilio_api.signature("12345", url, form)


async def test_a_webhook_that_fails_is_lost(twilio: FakeTwilio, house: DemoTown) -> None:
    house.statuses.append(500)
    twilio.says(AMINA, "first")
    twilio.says(AMINA, "second")
    await twilio.settled()
    assert [post.form["Body"] for post in house.posts] == ["first", "second"]


async def test_a_webhook_is_tried_again_when_its_address_asks(
    twilio: FakeTwilio, house: DemoTown, hands: Hands
) -> None:
    twilio.webhooks[SMS] = f"{PUBLIC}/channels/sms#rc=2&rp=all"
    house.statuses.extend([500, 500, 500])
    form = twilio.says(AMINA, "hello")
    await twilio.settled()
    assert [post.path for post in house.posts] == ["/channels/sms"] * 3
    assert len({post.headers["I-Twilio-Idempotency-Token"] for post in house.posts}) == 1
    assert len(hands.slept) == 2
    assert await twilio.post(form) == 200


async def test_no_connection_is_tried_once_more(twilio: FakeTwilio, hands: Hands) -> None:
    twilio.webhooks[SMS] = "http://127.0.0.1:9/"
    twilio.says(AMINA, "hello")
    await twilio.settled()
    assert len(hands.slept) == 1


async def test_a_list_is_shown_and_its_row_is_tapped(
    client: Client, session: ClientSession, twilio: FakeTwilio, house: DemoTown
) -> None:
    sid = await template(session, LIST)
    sent = await client.messages.create_async(to=YUSUF, from_=WHATSAPP, content_sid=sid, content_variables=LISTED)
    bubble = await twilio.chats.of(YUSUF).next()
    assert (bubble.text, bubble.opens) == ("What is it about?", "View options")
    assert [button.label for button in bubble.buttons] == ["Work", "Family"]
    twilio.taps(YUSUF, bubble.id, 1)
    await twilio.settled()
    form = house.posts[-1].form
    assert (form["ListId"], form["ListTitle"], form["Body"]) == ("q1.family", "Family", "Family")
    assert form["OriginalRepliedMessageSid"] == sent.sid


async def test_a_reply_button_gives_its_payload(
    client: Client, session: ClientSession, twilio: FakeTwilio, house: DemoTown
) -> None:
    sid = await template(session, REPLY)
    variables = json.dumps({"1": "Shall we?", "2": "Yes", "3": "q2.yes"})
    await client.messages.create_async(to=YUSUF, from_=WHATSAPP, content_sid=sid, content_variables=variables)
    twilio.taps(YUSUF, (await twilio.chats.of(YUSUF).next()).id, 0)
    await twilio.settled()
    form = house.posts[-1].form
    assert (form["ButtonPayload"], form["ButtonText"], form["MessageType"]) == ("q2.yes", "Yes", "interactive")


@pytest.mark.parametrize("variables", ["nonsense", '["a"]', '{"1": ""}', '{"1": null}'])
async def test_wrong_variables_are_refused(client: Client, session: ClientSession, variables: str) -> None:
    sid = await template(session, REPLY)
    with pytest.raises(TwilioRestException) as error:
        await client.messages.create_async(to=YUSUF, from_=WHATSAPP, content_sid=sid, content_variables=variables)
    assert error.value.code == 21656


async def test_a_title_that_is_too_long_for_whatsapp_fails(
    client: Client, session: ClientSession, twilio: FakeTwilio
) -> None:
    sid = await template(session, REPLY)
    variables = json.dumps({"1": "Shall we?", "2": "x" * 21, "3": "q2.yes"})
    sent = await client.messages.create_async(to=YUSUF, from_=WHATSAPP, content_sid=sid, content_variables=variables)
    await twilio.settled()
    assert await became(client, sent.sid) == ("failed", 63021)
    assert twilio.chats.of(YUSUF).ours() == []


async def test_templates_can_be_found_again(client: Client, session: ClientSession) -> None:
    sid = await template(session, REPLY, **{"1": "?"})
    (found,) = await client.content.v1.contents.list_async()
    assert (found.sid, found.friendly_name, found.language, found.variables) == (sid, "menu", "en", {"1": "?"})
    assert await client.content.v1.contents(sid).delete_async()
    assert await client.content.v1.contents.list_async() == []


async def test_outside_the_window_only_what_is_approved_arrives(
    client: Client, session: ClientSession, twilio: FakeTwilio, hands: Hands
) -> None:
    twilio.window = timedelta(hours=24)
    twilio.says(YUSUF, "hello")
    hands.now += timedelta(hours=24) - timedelta(seconds=1)
    await client.messages.create_async(to=YUSUF, from_=WHATSAPP, body="inside")
    hands.now += timedelta(seconds=1)
    sent = await client.messages.create_async(to=YUSUF, from_=WHATSAPP, body="outside")
    sid = await template(session, {"twilio/text": {"body": "Approved {{1}}."}})
    twilio.templates.decide(sid, "approved")
    await client.messages.create_async(
        to=YUSUF, from_=WHATSAPP, content_sid=sid, content_variables=json.dumps({"1": "words"})
    )
    await twilio.settled()
    assert await became(client, sent.sid) == ("failed", 63016)
    assert [bubble.text for bubble in twilio.chats.of(YUSUF).ours()] == ["inside", "Approved words."]


async def test_outside_the_window_it_can_be_refused_at_once(client: Client, twilio: FakeTwilio) -> None:
    twilio.window, twilio.shuts_at_once = timedelta(hours=24), True
    with pytest.raises(TwilioRestException) as error:
        await client.messages.create_async(to=NAMELESS, from_=WHATSAPP, body="outside")
    assert (error.value.code, error.value.status) == (63016, 400)
    assert list(twilio.chats) == []


async def test_a_template_is_submitted_and_decided_on(
    client: Client, session: ClientSession, twilio: FakeTwilio
) -> None:
    sid = await template(session, {"twilio/text": {"body": "News: {{1}} Thank you."}}, **{"1": "words"})
    content = client.content.v1.contents(sid)
    submission = {"name": "news_en_v1", "category": "UTILITY"}
    async with session.post(f"/v1/Content/{sid}/ApprovalRequests/whatsapp", json=submission) as response:
        assert (response.status, (await response.json())["status"]) == (201, "received")
    approval = (await content.approval_fetch().fetch_async()).whatsapp or {}
    assert (approval["name"], approval["status"]) == ("news_en_v1", "approved")
    twilio.templates.decide(sid, "paused", "low quality")
    (listed,) = await client.content.v1.content_and_approvals.list_async()
    assert (listed.sid, listed.types) == (sid, {"twilio/text": {"body": "News: {{1}} Thank you."}})
    paused = listed.approval_requests or {}
    assert (paused["status"], paused["rejection_reason"]) == ("paused", "low quality")


@pytest.mark.parametrize("body", ["{{1}} is new.", "New: {{1}}", "New: {{1}} {{2}}."])
async def test_a_badly_made_template_is_rejected(client: Client, session: ClientSession, body: str) -> None:
    sid = await template(session, {"twilio/text": {"body": body}}, **{"1": "words", "2": "words"})
    submission = {"name": "news", "category": "UTILITY"}
    async with session.post(f"/v1/Content/{sid}/ApprovalRequests/whatsapp", json=submission) as response:
        assert response.status == 201
    approval = (await client.content.v1.contents(sid).approval_fetch().fetch_async()).whatsapp or {}
    assert approval["status"] == "rejected"


@pytest.mark.parametrize(
    "submission",
    [{"name": "News!", "category": "UTILITY"}, {"name": "news", "category": "GOSSIP"}, {"category": "UTILITY"}],
)
async def test_a_template_is_submitted_by_the_rules(session: ClientSession, submission: dict[str, str]) -> None:
    sid = await template(session, {"twilio/text": {"body": "News."}})
    async with session.post(f"/v1/Content/{sid}/ApprovalRequests/whatsapp", json=submission) as response:
        assert response.status == 400


async def test_twilio_can_answer_stop_by_itself(client: Client, twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.keywords = True
    twilio.says(AMINA, " stop ")
    await twilio.settled()
    assert house.posts[-1].form["OptOutType"] == "STOP"
    assert "unsubscribed" in (await twilio.chats.of(AMINA).next()).text
    with pytest.raises(TwilioRestException) as error:
        await client.messages.create_async(to=AMINA, from_=SMS, body="Hello")
    assert error.value.code == 21610
    twilio.says(AMINA, "START")
    await client.messages.create_async(to=AMINA, from_=SMS, body="Hello")
    assert (await twilio.chats.of(AMINA).next()).text != "Hello"
    assert (await twilio.chats.of(AMINA).next()).text == "Hello"


async def test_stop_is_only_a_word_where_twilio_does_not_answer(twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.says(AMINA, "STOP")
    await twilio.settled()
    assert "OptOutType" not in house.posts[-1].form
    assert twilio.chats.of(AMINA).ours() == []


async def test_a_voice_note_is_media(twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.sends_voice(YUSUF)
    await twilio.settled()
    form = house.posts[-1].form
    assert (form["NumMedia"], form["MediaContentType0"], form["Body"]) == ("1", "audio/ogg", "")
    assert form["MessageSid"] in form["MediaUrl0"]


@pytest.mark.parametrize(
    ("fault", "status", "arrived"),
    [
        (TooManyRequests(3), 429, 0),
        (Broken(500), 500, 0),
        (Broken(503, taken=True), 503, 1),
        (RefusedRequest(400, 21610, "Attempt to send to unsubscribed recipient"), 400, 0),
    ],
)
async def test_a_fault_is_met_once(
    session: ClientSession,
    twilio: FakeTwilio,
    fault: TooManyRequests | Broken | RefusedRequest,
    status: int,
    arrived: int,
) -> None:
    twilio.faults.append(fault)
    path, form = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", {"To": AMINA, "From": SMS, "Body": "Hello"}
    async with session.post(path, data=form) as response:
        assert response.status == status
    assert len(twilio.chats.of(AMINA).ours()) == arrived
    async with session.post(path, data=form) as response:
        assert response.status == 201


async def test_a_silent_platform_takes_the_message(session: ClientSession, twilio: FakeTwilio) -> None:
    twilio.faults.append(Silent())
    path, form = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", {"To": AMINA, "From": SMS, "Body": "Hello"}
    sending = asyncio.create_task(session.post(path, data=form).__aenter__())
    assert (await twilio.chats.of(AMINA).next()).text == "Hello"
    assert not sending.done()
    sending.cancel()


async def test_messages_are_listed_newest_first(client: Client, twilio: FakeTwilio, hands: Hands) -> None:
    twilio.says(AMINA, "in")
    for number in range(3):
        hands.now += timedelta(days=1)
        await client.messages.create_async(to=AMINA, from_=SMS, body=f"out {number}")
    await twilio.settled()
    listed = await client.messages.list_async(to=AMINA, page_size=2)
    assert [text.body for text in listed] == ["out 2", "out 1", "out 0"]
    recent = await client.messages.list_async(date_sent_after=hands.now - timedelta(days=1))
    assert [text.body for text in recent] == ["out 2", "out 1"]
    assert [text.body for text in await client.messages.list_async(to=SMS)] == ["in"]


async def test_a_page_has_its_bounds_and_names_the_next(session: ClientSession, twilio: FakeTwilio) -> None:
    twilio.most_on_a_page = 2
    for number in range(5):
        twilio.says(NAMELESS, f"in {number}")
    path, query, found = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", {"To": WHATSAPP, "PageSize": "1000"}, []
    while query:
        async with session.get(path, params=query) as response:
            page = await response.json()
        found += [text["body"] for text in page["messages"]]
        query = dict(parse_qsl(urlsplit(page["next_page_uri"] or "").query))
        assert page["page_size"] == 2
    assert found == [f"in {number}" for number in (4, 3, 2, 1, 0)]


async def test_what_still_waits_is_not_found_by_its_day(client: Client, twilio: FakeTwilio, hands: Hands) -> None:
    twilio.outcomes = ()
    await client.messages.create_async(to=AMINA, from_=SMS, body="waits")
    await twilio.settled()
    assert await client.messages.list_async(date_sent_after=hands.now - timedelta(days=1)) == []
    assert [text.body for text in await client.messages.list_async(to=AMINA)] == ["waits"]


async def test_the_media_of_a_message_are_listed(client: Client, twilio: FakeTwilio) -> None:
    form = twilio.sends_voice(NAMELESS)
    (medium,) = await client.messages(form["MessageSid"]).media.list_async()
    assert (medium.content_type, medium.parent_sid) == ("audio/ogg", form["MessageSid"])
    assert form["MediaUrl0"] == f"https://api.twilio.com{str(medium.uri).removesuffix('.json')}"


async def test_nobody_need_be_told(client: Client, twilio: FakeTwilio, house: DemoTown) -> None:
    twilio.webhooks[SMS], twilio.calls_back = "", False
    twilio.says(AMINA, "hello")
    sent = await client.messages.create_async(to=AMINA, from_=SMS, body="Hello", status_callback=STATUS)
    await twilio.settled()
    assert house.posts == []
    assert await became(client, sent.sid) == ("delivered", None)


async def test_what_is_answered_is_what_twilio_describes(session: ClientSession, twilio: FakeTwilio) -> None:
    if not ORACLE.exists():
        pytest.skip("Twilio's own description is not at hand: ../shared/oracles/twilio-messages-openapi.json")
    schemas = json.loads(ORACLE.read_text())["components"]["schemas"]
    fields = schemas["api.v2010.account.message"]["properties"]
    twilio.says(YUSUF, "hello")
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    async with session.post(path, data={"To": AMINA, "From": SMS, "Body": "Hello"}) as response:
        sent = await response.json()
    async with session.get(path) as response:
        listed = (await response.json())["messages"]
    for text in [sent, *listed]:
        assert text.keys() == fields.keys()
        assert text["status"] in schemas["message_enum_status"]["enum"]
        assert text["direction"] in schemas["message_enum_direction"]["enum"]
        for name, value in text.items():
            described = fields[name].get("type", "string")
            assert value is None or type(value) is {"string": str, "integer": int, "object": dict}[described]
