"""SMS and WhatsApp over Twilio: signed webhooks, messages, errors, templates."""

import json
import logging
from base64 import b64decode
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given, strategies
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from twilio.request_validator import RequestValidator

from channels import Channel, Misconfigured, Refused, sms, whatsapp
from channels._senders import Settings
from channels._twilio import _fields
from channels._twilio.account import account
from channels._twilio.errors import VERDICTS
from channels._twilio.signature import SETTINGS_HEADER, algorithm, is_signed
from channels.messages import (
    Choice,
    Gone,
    Kind,
    Later,
    Message,
    Never,
    NotSent,
    Outgoing,
    Report,
    Shut,
    Status,
    Stopped,
    Unknown,
)
from channels.verdicts import DROPPED, Act, Verdict
from channels.whatsapp import _content as content
from tests.channels.conftest import (
    ACCOUNT,
    HANG_UP,
    PAYLOADS,
    TEMPLATES,
    TOKEN,
    Door,
    Platform,
    environment,
    sign,
)

YES_OR_NO = (Choice("yes", "Yes"), Choice("no", "No"))
TO = "+447700900123"


# The signature, against the vectors of twilio-python's own tests


VECTOR = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
VECTOR_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (VECTOR_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (VECTOR_URL.replace(".com", ".com:443"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (VECTOR_URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (VECTOR_URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (VECTOR_URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_published_signatures_hold(url: str, signature: str) -> None:
    assert is_signed(signature, url, VECTOR, ["12345"])
    assert not is_signed(signature, url, [*VECTOR, ("More", "x")], ["12345"])
    assert not is_signed(signature, url, VECTOR, ["54321"])


def test_repeated_fields_are_signed_once_each() -> None:
    repeated = [("Sid", "CA123"), ("SidAccount", "AC123"), *(("Digits", digits) for digits in ("5678", "1234", "1234"))]
    assert is_signed("IK+Dwps556ElfBT0I3Rgjkr1wJU=", VECTOR_URL, repeated, ["12345"])


def test_either_token_is_good_while_they_change() -> None:
    changing = environment("http://127.0.0.1:1") | {"TWILIO_TOKEN": "new", "TWILIO_TOKEN_OLD": TOKEN}
    tokens = account(Settings("sms", "", changing, frozenset())).tokens
    body = (PAYLOADS / "sms_text.form").read_bytes().strip()
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    for token, is_good in ((TOKEN, True), ("new", True), ("older", False)):
        signature = sign("/hooks/sms", body, token)
        assert is_signed(signature, "https://hearback.example/in/hooks/sms", fields, tokens) is is_good


@pytest.mark.parametrize("by", ["HMAC_SHA1", "HMAC_SHA256"])
def test_what_twilio_s_own_validator_signs_is_signed(by: str) -> None:
    signature = RequestValidator("a-shared-key").compute_signature(VECTOR_URL, dict(VECTOR), by)
    hashed = algorithm(f"key=webhooks_sharedkey_1,algorithm={by}")
    assert hashed is not None
    assert is_signed(signature, VECTOR_URL, VECTOR, ["a-shared-key"], hashed)
    assert not is_signed(signature, VECTOR_URL, VECTOR, ["another-key"], hashed)
    other = next(name for name in ("sha1", "sha256") if name != hashed)
    assert not is_signed(signature, VECTOR_URL, VECTOR, ["a-shared-key"], other)


@pytest.mark.parametrize(
    ("settings", "hashed"),
    [
        ("key=k,algorithm=HMAC_SHA256", "sha256"),
        (" algorithm = hmac_sha256 ", "sha256"),
        ("key=k, algorithm=hmac_sha256 ", "sha256"),
        ("key=k", "sha1"),
        ("key=k,algorithm=HMAC_MD5", None),
        ("=,=,", "sha1"),
    ],
)
def test_the_hash_is_the_one_that_the_settings_name(settings: str, hashed: str | None) -> None:
    assert algorithm(settings) == hashed


async def test_a_shared_key_signs_by_sha256_and_the_token_then_does_not(platform: Platform) -> None:
    keys = {"TWILIO_SHARED_KEY": "new", "TWILIO_SHARED_KEY_OLD": "old"}
    [made] = sms.from_settings(environment(platform.address) | keys)
    assert made is not None
    body = (PAYLOADS / "sms_text.form").read_bytes().strip()
    named = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
    for secret, settings, status in (
        ("new", named, 200),
        ("old", named, 200),
        (TOKEN, named, 403),
        (TOKEN, "", 403),
        ("new", "", 403),
        ("new", "key=k,algorithm=HMAC_MD5", 403),
    ):
        signed = sign("/hooks/sms", body, secret, "sha256")
        assert await posted(made, body, {"X-Twilio-Signature": signed, SETTINGS_HEADER: settings}) == status


async def test_a_shared_key_that_is_not_set_signs_nothing(door: Door) -> None:
    body = (PAYLOADS / "sms_text.form").read_bytes().strip()
    headers = {"X-Twilio-Signature": sign("/hooks/sms", body, "", "sha256")}
    named = {SETTINGS_HEADER: "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"}
    assert await door.post("/hooks/sms", body, headers | named) == 403


async def posted(channel: Channel, body: bytes, headers: dict[str, str]) -> int:
    async def receive(request: web.Request) -> web.Response:
        try:
            await channel.receive(request)
        except Refused as refused:
            return web.Response(status=refused.status)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/sms", receive)
    async with TestClient(TestServer(app)) as client, client.post("/hooks/sms", data=body, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("signature", ["", "wrong", "kvajT1Ptam85bY51eRf/AJRuM3w=", "\u00e9"])
async def test_without_a_signature_nothing_is_read(channel: str, signature: str, door: Door) -> None:
    body = (PAYLOADS / f"{channel}_text.form").read_bytes().strip()
    assert await door.twilio(channel, body, signature=signature) == 403
    assert await door.twilio(channel, body, "/status?delivery=d1", signature=signature) == 403
    assert door.got == []


async def test_a_signature_for_another_address_or_body_is_refused(door: Door) -> None:
    body = (PAYLOADS / "sms_text.form").read_bytes().strip()
    good = sign("/hooks/sms", body)
    assert await door.twilio("sms", body + b"1", signature=good) == 403
    assert await door.twilio("sms", body, "?x=1", signature=good) == 403
    assert await door.twilio("sms", body, signature=good) == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"Body=%FF%FE&From=1", 400),
        (b"Body=\xff", 400),
        (b"", 400),
        (b"Body=hi", 400),
        (b"From=%2B447700900123&Body=hi", 400),
        (b"MessageSid=SM1&From=whatsapp%3A%2B447700900123&Body=hi", 400),
        (b"&".join(b"a%d=1" % number for number in range(600)), 400),
        (b"Body=" + b"x" * 65_536, 413),
    ],
)
async def test_a_broken_form_is_refused(body: bytes, status: int, door: Door) -> None:
    assert await door.twilio("sms", body, signature=None if status == 400 else "x") == status
    assert door.got == []


# What comes


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sms_text", Message("sms", f"SM{1:032x}", TO, Kind.TEXT, text="Hello + 100% & more")),
        ("sms_arabic", Message("sms", f"SM{2:032x}", TO, Kind.TEXT, text="مرحبا ١")),
        ("sms_stop", Message("sms", f"SM{3:032x}", TO, Kind.TEXT, text="STOP", answered=True)),
        ("sms_picture", Message("sms", f"MM{4:032x}", TO, Kind.OTHER)),
        ("whatsapp_text", Message("whatsapp", f"SM{21:032x}", TO, Kind.TEXT, text="Bonjour 🙂")),
        (
            "whatsapp_button",
            Message("whatsapp", f"SM{22:032x}", TO, Kind.CHOICE, text="Yes, pass it on", token="q7", choice="yes"),
        ),
        (
            "whatsapp_list",
            Message("whatsapp", f"SM{23:032x}", TO, Kind.CHOICE, text="Housing", token="q8", choice="housing"),
        ),
        (
            "whatsapp_no_number",
            Message("whatsapp", f"SM{25:032x}", "US.13491208655302741918", Kind.TEXT, text="Hola"),
        ),
    ],
)
async def test_each_captured_message_is_understood(name: str, message: Message, door: Door) -> None:
    assert await door.captured(name) == message


async def test_a_voice_note_says_where_it_lies(door: Door) -> None:
    message = await door.captured("whatsapp_voice")
    assert message.kind is Kind.VOICE
    assert message.voice.startswith(f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/")


@pytest.mark.parametrize("name", ["sms_text", "whatsapp_text"])
@pytest.mark.parametrize(
    ("word", "typed", "text"),
    [
        ("START", "Yes", "Yes"),
        ("START", "unstop", "unstop"),
        ("STOP", "Arrêtez", "STOP"),
        ("HELP", "Ayuda", "HELP"),
        ("help", "Ayuda", "HELP"),
    ],
)
async def test_what_twilio_answered_keeps_its_words_unless_they_meant_stop_or_help(
    door: Door, name: str, word: str, typed: str, text: str
) -> None:
    message = await understood(door, name, OptOutType=word, Body=typed)
    assert (message.kind, message.text, message.answered) == (Kind.TEXT, text, True)


async def test_a_tap_that_twilio_took_for_start_is_still_a_tap(door: Door) -> None:
    message = await understood(door, "whatsapp_button", OptOutType="START")
    assert (message.kind, message.choice, message.answered) == (Kind.CHOICE, "yes", True)


@pytest.mark.parametrize("name", ["sms_text", "whatsapp_text", "whatsapp_button"])
async def test_what_twilio_took_for_start_is_told(name: str, door: Door) -> None:
    assert (await understood(door, name, OptOutType="START", Body="Begin")).starts
    for other in ("STOP", "HELP", ""):
        assert not (await understood(door, name, OptOutType=other, Body="Begin")).starts


async def understood(door: Door, name: str, **changed: str) -> Message:
    fields = dict(parse_qsl((PAYLOADS / f"{name}.form").read_text().strip(), keep_blank_values=True)) | changed
    assert await door.twilio(name.split("_")[0], urlencode(fields).encode()) == 200
    message = door.got.pop()
    assert isinstance(message, Message)
    return message


@pytest.mark.parametrize(
    "address",
    [
        "http://api.twilio.com/x",
        "https://twilio.com.example/x",
        "https://nottwilio.com/x",
        "https://api.twilio.com@example.org/x",
        "https://[broken",
        "",
    ],
)
async def test_a_voice_note_on_another_host_is_not_fetched(address: str, door: Door) -> None:
    message = await understood(door, "whatsapp_voice", MediaUrl0=address)
    assert (message.kind, message.voice) == (Kind.OTHER, "")


@pytest.mark.parametrize("written", ["whatsapp:+447700900123", "+447700900123", "447700900123"])
async def test_a_missing_prefix_is_the_same_person(written: str, door: Door) -> None:
    assert (await understood(door, "whatsapp_text", From=written)).external == TO


async def test_a_button_of_another_template_is_read_by_its_label(door: Door) -> None:
    message = await understood(door, "whatsapp_button", ButtonPayload="continue_now")
    assert (message.kind, message.text, message.token) == (Kind.TEXT, "Yes, pass it on", "")


async def test_nul_is_taken_out(door: Door) -> None:
    assert (await understood(door, "whatsapp_text", Body="a\0b")).text == "ab"


async def test_the_answer_to_a_webhook_says_nothing(door: Door, channels: dict[str, Channel]) -> None:
    answer = channels["sms"].accepted()
    assert (answer.status, answer.content_type, answer.text) == (200, "text/xml", "<Response/>")


# What became of a message


@pytest.mark.parametrize(
    ("name", "report"),
    [
        ("sms_status_delivered", Report("sms", "d-1", f"SM{5:032x}", Status.DELIVERED)),
        ("sms_status_stopped", Report("sms", "d-1", f"SM{6:032x}", Status.FAILED, "21610", VERDICTS["21610"])),
        (
            "whatsapp_status_not_there",
            Report("whatsapp", "d-1", f"SM{26:032x}", Status.FAILED, "63024", VERDICTS["63024"]),
        ),
    ],
)
async def test_a_status_callback_is_a_report_on_our_delivery(name: str, report: Report, door: Door) -> None:
    assert await door.captured(name, "/status?delivery=d-1") == report


@pytest.mark.parametrize("code", [*VERDICTS, "99999"])
async def test_a_callbacks_code_is_judged_by_the_table(code: str, door: Door) -> None:
    await door.twilio("sms", f"MessageSid=SM1&MessageStatus=failed&ErrorCode={code}".encode(), "/status?delivery=d1")
    [report] = door.got
    assert isinstance(report, Report)
    known = code if code.isdigit() else ""
    assert (report.code, report.verdict) == (known, VERDICTS[code] if known in VERDICTS else DROPPED)


@pytest.mark.parametrize(
    ("status", "means"),
    [
        ("accepted", Status.ACCEPTED),
        ("scheduled", Status.ACCEPTED),
        ("queued", Status.ACCEPTED),
        ("sending", Status.ACCEPTED),
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("read", Status.READ),
        ("undelivered", Status.FAILED),
        ("failed", Status.FAILED),
        ("canceled", Status.FAILED),
        ("receiving", None),
        ("levitating", None),
    ],
)
async def test_each_status_is_known_or_nothing(status: str, means: Status | None, door: Door) -> None:
    assert await door.twilio("sms", f"MessageSid=SM1&MessageStatus={status}".encode(), "/status?delivery=d1") == 200
    assert [report.status for report in door.got if isinstance(report, Report)] == ([means] if means else [])


async def test_a_report_without_our_id_still_has_twilios(door: Door) -> None:
    await door.twilio("sms", b"MessageSid=SM1&MessageStatus=failed&ErrorCode=x", "/status?delivery=%00%00")
    assert door.got == [Report("sms", "", "SM1", Status.FAILED)]


# What goes


async def test_an_sms_is_plain_and_numbered(channels: dict[str, Channel], platform: Platform) -> None:
    asks = Outgoing("Shall we “pass it on”? 🙂", choices=YES_OR_NO, token="q7")
    accepted = await channels["sms"].send(TO, asks, "d-1")
    method, path, headers, _, _ = platform.requests[-1]
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert b64decode(headers["Authorization"].split()[1]).decode() == f"{ACCOUNT}:{TOKEN}"
    assert platform.form() == {
        "To": TO,
        "From": "+447700900999",
        "Body": 'Shall we "pass it on"?\n1 Yes\n2 No',
        "StatusCallback": "https://hearback.example/in/hooks/sms/status?delivery=d-1",
        "ValidityPeriod": "14400",
    }
    assert accepted.segments == 1


async def test_an_sms_counts_its_own_segments_when_twilio_has_not(
    channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(201, {"sid": "SM1", "num_segments": "0"})]
    assert (await channels["sms"].send(TO, Outgoing("ش" * 71, language="ar"), "d-1")).segments == 2


@pytest.mark.parametrize(("size", "line"), [(140, "\nboth: STOP"), (155, "\nSTOP"), (158, ""), (290, "\nboth: STOP")])
async def test_an_sms_has_one_more_line_where_there_is_room(
    size: int, line: str, channels: dict[str, Channel], platform: Platform
) -> None:
    outgoing = Outgoing("x" * size, if_room=("both: STOP", "STOP"))
    await channels["sms"].send(TO, outgoing, "d-1")
    assert platform.form()["Body"] == "x" * size + line
    assert channels["sms"].places(outgoing) == channels["sms"].places(Outgoing("x" * size))


async def test_nothing_but_that_line_is_no_message(channels: dict[str, Channel]) -> None:
    with pytest.raises(Never):
        await channels["sms"].send(TO, Outgoing("", if_room=("STOP",)), "d-1")


@pytest.mark.parametrize(("language", "permitted", "count"), [("fr", True, 1), ("fr", False, 2), ("vi", True, 2)])
def test_an_sms_has_no_accents_where_the_process_and_the_language_permit_it(
    language: str, permitted: bool, count: int, channels: dict[str, Channel]
) -> None:
    outgoing = Outgoing("Où êtes-vous né ? " * 5, language, without_accents=permitted)
    assert channels["sms"].places(outgoing) == count
    assert channels["telegram"].places(outgoing) == 1


async def test_an_arabic_sms_has_a_mark_and_no_isolates(channels: dict[str, Channel], platform: Platform) -> None:
    await channels["sms"].send(TO, Outgoing("IOM تقول \u2068112\u2069", language="ar"), "d-1")
    assert platform.form()["Body"] == "\u200fIOM تقول 112"


async def test_a_messaging_service_sends_by_its_id(platform: Platform) -> None:
    service = "MG" + "0" * 32
    [made] = sms.from_settings(environment(platform.address) | {"SMS_FROM": service, "SMS_RATE": "3.5"})
    assert made.pace.rate == 3.5
    await made.start()
    await made.send(TO, Outgoing("Hello"), "d-1")
    await made.close()
    assert platform.form()["MessagingServiceSid"] == service
    assert "From" not in platform.form()


async def test_whatsapp_shows_few_short_choices_as_buttons(channels: dict[str, Channel], platform: Platform) -> None:
    await channels["whatsapp"].send(TO, Outgoing("Thank you.\n\nShall we?", choices=YES_OR_NO, token="q7"), "d-1")
    sent = platform.form()
    assert (sent["To"], sent["ContentSid"]) == (f"whatsapp:{TO}", TEMPLATES["quick2"])
    assert json.loads(sent["ContentVariables"]) == {
        "1": "Thank you. Shall we?",
        "2": "Yes",
        "3": "1|q7|yes",
        "4": "No",
        "5": "1|q7|no",
    }
    assert "Body" not in sent


async def test_a_text_too_long_for_buttons_leaves_before_the_question_that_has_them(
    channels: dict[str, Channel],
) -> None:
    terms = "\n".join(["Who holds your phone can read this."] * 12)
    outgoing = Outgoing(f"{terms}\n\nDo you agree?", choices=YES_OR_NO, token="q7")
    text, question = channels["whatsapp"].parts(outgoing)
    assert (text.text, text.choices, text.token) == (terms, (), "")
    assert (question.text, question.choices, question.token) == ("Do you agree?", YES_OR_NO, "q7")
    assert len(channels["sms"].parts(outgoing)) == 1


async def test_a_text_that_has_room_beside_buttons_leaves_with_them(channels: dict[str, Channel]) -> None:
    outgoing = Outgoing("Thank you.\n\nDo you agree?", choices=YES_OR_NO, token="q7")
    assert channels["whatsapp"].parts(outgoing) == (outgoing,)


async def test_a_question_that_can_have_no_buttons_stays_with_its_text(channels: dict[str, Channel]) -> None:
    several = Outgoing(f"{'Long. ' * 80}\n\nWhich?", choices=YES_OR_NO, token="q7", several=True)
    assert channels["whatsapp"].parts(several) == (several,)


@pytest.mark.parametrize(("word", "opened_by"), [("", "1 - 10"), ("Choisir", "Choisir")])
async def test_whatsapp_shows_up_to_ten_choices_as_a_list(
    word: str, opened_by: str, channels: dict[str, Channel], platform: Platform
) -> None:
    topics = tuple(Choice(f"t{n}", f"Topic {n}") for n in range(1, 11))
    asks = Outgoing("What is it about?", choices=topics, token="q8", choose=word)
    await channels["whatsapp"].send(TO, asks, "d-1")
    variables = json.loads(platform.form()["ContentVariables"])
    assert platform.form()["ContentSid"] == TEMPLATES["list10"]
    assert (variables["1"], variables["2"]) == ("What is it about?", opened_by)
    assert (variables["3"], variables["4"], variables["22"]) == ("Topic 1", "1|q8|t1", "1|q8|t10")
    assert not [value for value in variables.values() if not value or "\n" in value]


@pytest.mark.parametrize(
    "asks",
    [
        Outgoing("Which?", choices=tuple(Choice(f"t{n}", f"Topic {n}") for n in range(11))),
        Outgoing("Which?", choices=(Choice("a", "A label of twenty-five s."), *YES_OR_NO)),
        Outgoing("- one thing\n- another thing\nWhich?", choices=YES_OR_NO),
        Outgoing("A long line. " * 30 + "\nWhich?", choices=YES_OR_NO),
        Outgoing("A word " * 160, choices=YES_OR_NO),
        Outgoing("Which?", choices=YES_OR_NO, several=True),
    ],
)
async def test_whatsapp_falls_back_to_numbers(asks: Outgoing, channels: dict[str, Channel], platform: Platform) -> None:
    await channels["whatsapp"].send(TO, asks, "d-1")
    assert "ContentSid" not in platform.form()
    assert f"\n1. {asks.choices[0].label}\n2. {asks.choices[1].label}" in platform.form()["Body"]


async def test_without_templates_whatsapp_uses_numbers(platform: Platform) -> None:
    [made] = whatsapp.from_settings(environment(platform.address) | {"WHATSAPP_TEMPLATES": ""})
    await made.start()
    await made.send("US.1234", Outgoing("Ready?", choices=YES_OR_NO), "d-1")
    await made.close()
    assert platform.form()["Body"] == "Ready?\n1. Yes\n2. No"
    assert platform.form()["To"] == "whatsapp:US.1234"


# Against the published schema


MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


@pytest.fixture
def published(oracles: Path) -> dict[str, Any]:
    return dict(json.loads((oracles / "twilio-messages-openapi.json").read_text()))


def hold(published: dict[str, Any], request: tuple[str, str, Mapping[str, str], dict[str, str], bytes]) -> None:
    """Against Twilio's own description; it forbids no unknown field, so those are looked for by hand."""
    method, path, headers, _, body = request
    form = headers["Content-Type"]
    OpenAPI.from_dict(published).validate_request(
        MockRequest("https://api.twilio.com", method, path, headers=dict(headers), data=body, content_type=form)
    )
    known = published["paths"][MESSAGES]["post"]["requestBody"]["content"][form]["schema"]["properties"]
    assert dict(parse_qsl(body.decode())).keys() <= known.keys()


async def test_our_requests_are_as_twilio_describes(
    channels: dict[str, Channel], platform: Platform, published: dict[str, Any]
) -> None:
    await channels["sms"].send(TO, Outgoing("Hello", choices=YES_OR_NO), "d-1")
    await channels["whatsapp"].send(TO, Outgoing("Ready?", choices=YES_OR_NO, token="q"), "d-1")
    assert len(platform.requests) == 2
    for request in platform.requests:
        hold(published, request)


@pytest.mark.parametrize("body", [b"Body=x", b"To=1&ValidityPeriod=abc", b"To=1&Colour=red", b"To=1&ContentSid=HX1"])
async def test_a_wrong_request_is_found_out(
    body: bytes, channels: dict[str, Channel], platform: Platform, published: dict[str, Any]
) -> None:
    await channels["sms"].send(TO, Outgoing("Hello"), "d-1")
    *request, _ = platform.requests[0]
    with pytest.raises((OpenAPIError, AssertionError)):
        hold(published, (*request, body))  # type: ignore[arg-type]


# What goes wrong


CODES = {code: verdict for code, verdict in VERDICTS.items() if code.isdigit() and len(code) == 5}


@pytest.mark.parametrize(("code", "verdict"), CODES.items())
async def test_each_code_does_what_its_table_says(
    code: str, verdict: Verdict, channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [(400, {"code": int(code), "message": f"To {TO} is wrong", "status": 400})]
    drops = Gone if verdict.reach else Never
    says = {Act.WAIT: Later, Act.STOP: Stopped, Act.SHUT: Shut, Act.UNKNOWN: Unknown}
    with pytest.raises(NotSent) as caught:
        await channels["sms"].send(TO, Outgoing("Hello"), "d-1")
    assert type(caught.value) is says.get(verdict.act, drops)
    assert (caught.value.code, caught.value.verdict) == (code, verdict)
    if isinstance(caught.value, Later):
        assert (caught.value.after, caught.value.everyone) == (verdict.after, verdict.everyone)


@pytest.mark.parametrize(
    ("answer", "expected", "code"),
    [
        ((429, {"code": 20429, "message": "Too Many Requests"}), Later, "429"),
        ((500, {"code": 20500, "message": "Internal"}), Unknown, "500"),
        ((503, "<html>"), Unknown, "503"),
        ((201, "<html>"), Unknown, "unreadable"),
        ((201, []), Unknown, "unreadable"),
        ((201, {"sid": "SM1", "num_segments": "many"}), Unknown, "unreadable"),
        ((200, HANG_UP), Unknown, "no_answer"),
        ((400, {"code": 99999, "message": "new"}), Never, "99999"),
        ((400, {"code": "odd", "message": "new"}), Never, "400"),
        ((400, {"code": None, "message": "new"}), Never, "400"),
        ((400, "<html>"), Never, "400"),
        ((401, "<html>"), Stopped, "401"),
    ],
)
async def test_an_answer_that_is_no_answer(
    answer: Any, expected: type[NotSent], code: str, channels: dict[str, Channel], platform: Platform
) -> None:
    platform.answers = [answer]
    with pytest.raises(NotSent) as caught:
        await channels["sms"].send(TO, Outgoing("Hello"), "d-1")
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert caught.value.verdict == VERDICTS.get(code, VERDICTS["401"] if answer[0] == 401 else DROPPED)
    assert len(platform.requests) == 1
    if isinstance(caught.value, Later):
        assert caught.value.after == timedelta(seconds=7)


async def test_what_was_never_written_is_for_later(unused_tcp_port: int) -> None:
    [made] = sms.from_settings(environment(f"http://127.0.0.1:{unused_tcp_port}"))
    for opened in (False, True):
        if opened:
            await made.start()
        with pytest.raises(Later):
            await made.send(TO, Outgoing("Hello"), "d-1")
    await made.close()


@pytest.mark.parametrize("answer", [(200, HANG_UP), (400, {"code": 21211, "message": f"{TO}: words"}), (201, "words")])
async def test_no_error_and_no_log_holds_the_number_or_the_words(
    answer: Any, channels: dict[str, Channel], platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    platform.answers = [answer]
    with pytest.raises(NotSent) as caught:
        await channels["sms"].send(TO, Outgoing("words"), "d-1")
    shown = repr(caught.value) + repr(caught.value.__cause__) + repr(caught.value.__context__)
    ours = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access"))
    for secret in (TO, "447700900123", "words", TOKEN):
        assert secret not in shown
        assert secret not in ours


# Templates


@pytest.mark.parametrize("name", content.NAMES)
def test_a_template_has_exactly_the_variables_that_we_fill(name: str) -> None:
    made = content.template(name)
    shape = json.dumps(made["types"])
    assert all(f"{{{{{number}}}}}" in shape for number in made["variables"])
    assert shape.count("{{") == len(made["variables"])


# Settings


def test_without_its_settings_there_is_no_channel() -> None:
    assert sms.from_settings({"PUBLIC_URL": "https://x.example"}) == []
    assert whatsapp.from_settings({"SMS_FROM": "+15005550006", "TWILIO_ACCOUNT": ACCOUNT}) == []


@pytest.mark.parametrize(
    ("changed", "explanation"),
    [
        ({"TWILIO_TOKEN": ""}, "TWILIO_TOKEN"),
        ({"TWILIO_ACCOUNT": "SK1"}, "TWILIO_ACCOUNT"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://hearback.example"}, "PUBLIC_URL"),
        ({"WHATSAPP_FROM": "+15005550006"}, "WHATSAPP_FROM"),
        ({"WHATSAPP_FROM": ""}, "WHATSAPP_FROM"),
        ({"WHATSAPP_RATE": "fast"}, "WHATSAPP_RATE"),
        ({"WHATSAPP_TEMPLATES": "quick1=XX"}, "WHATSAPP_TEMPLATES"),
        ({"WHATSAPP_TEMPLATES": "{broken"}, "WHATSAPP_TEMPLATES"),
        ({"WHATSAPP_TEMPLATES": "quick1"}, "WHATSAPP_TEMPLATES"),
        ({"WHATSAPP_FROM": "", "SMS_FROM": "", "WHATSAPP_TEMPLATES": ""}, "SMS_FROM"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, str], explanation: str) -> None:
    with pytest.raises(Misconfigured, match=explanation):
        whatsapp.from_settings(environment("http://127.0.0.1:1") | changed)


def test_templates_may_be_a_plain_list() -> None:
    plain = ", ".join(f"{name}={sid}" for name, sid in TEMPLATES.items())
    [made] = whatsapp.from_settings(environment("http://127.0.0.1:1") | {"WHATSAPP_TEMPLATES": plain})
    assert made._menus == TEMPLATES


# Forms


@given(strategies.lists(strategies.tuples(strategies.text(), strategies.text()), max_size=20))
def test_a_form_is_read_as_python_reads_it(fields: list[tuple[str, str]]) -> None:
    raw = urlencode(fields).encode()
    assert _fields(raw) == parse_qsl(raw.decode(), keep_blank_values=True)


@given(strategies.text("ab=&+%0129fF;é", max_size=40))
def test_whatever_is_no_form_of_anybodys_is_read_alike(text: str) -> None:
    try:
        expected = parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError:
        with pytest.raises(Refused):
            _fields(text.encode())
    else:
        assert _fields(text.encode()) == expected
