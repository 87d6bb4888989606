"""Twilio's shapes: message resources, errors, webhooks with their signature, templates filled in."""

import base64
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import parse_qsl, urldefrag

from aiohttp import web

from demo.platforms.chats import Button

Json = dict[str, Any]
Form = dict[str, str]

VERSION = "2010-04-01"
WHATSAPP = "whatsapp:"
LONGEST_BODY = 1600

REASONS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20422: (400, "Invalid Parameter"),
    20429: (429, "Too Many Requests"),
    21211: (400, "The 'To' number is not a valid phone number."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number."),
    21609: (400, "Invalid 'StatusCallback' URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21654: (400, "ContentSid Required"),
    21656: (400, "The ContentVariables Parameter is invalid."),
    21703: (400, "The Messaging Service does not have a phone number available to send a message."),
    21910: (400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    63016: (400, "Failed to send freeform message because you are outside the allowed window."),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
}
"""What Twilio says at once, with the HTTP status that goes with it."""


class RefusedByTwilio(Exception):
    """What Twilio does not do, by its code."""

    def __init__(self, code: int, status: int | None = None, description: str = "") -> None:
        known, words = REASONS.get(code, (400, "Error"))
        super().__init__(code)
        self.code = code
        self.status = status or known
        self.description = description or words


def refusal(refused: RefusedByTwilio) -> web.Response:
    body = {
        "code": refused.code,
        "message": refused.description,
        "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
        "status": refused.status,
    }
    return web.json_response(body, status=refused.status)


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


def channel_of(address: str) -> str:
    return "whatsapp" if address.startswith(WHATSAPP) else "sms"


def is_address(address: str) -> bool:
    """A phone number, or on WhatsApp also an id that holds no number ("whatsapp:US.1234")."""
    number = r"\+[1-9]\d{6,14}"
    return bool(
        re.fullmatch(number, address) or re.fullmatch(rf"{WHATSAPP}({number}|[A-Z]{{2}}\.\w{{1,125}})", address)
    )


@dataclass(frozen=True, slots=True)
class Text:
    """A message as Twilio keeps it."""

    sid: str
    sender: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    direction: str
    status: str
    at: datetime
    segments: int = 1
    error: str = ""
    media: int = 0
    service: str = ""
    callback: str = ""

    @property
    def is_sent(self) -> bool:
        return self.status not in ("queued", "accepted")


def resource(text: Text, account: str) -> Json:
    """A message as the REST API shows it."""
    moment = format_datetime(text.at)
    path = f"/{VERSION}/Accounts/{account}/Messages/{text.sid}"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": text.body,
        "date_created": moment,
        "date_sent": moment if text.is_sent else None,
        "date_updated": moment,
        "direction": text.direction,
        "error_code": int(text.error) if text.error else None,
        "error_message": None,
        "from": text.sender,
        "messaging_service_sid": text.service or None,
        "num_media": str(text.media),
        "num_segments": str(text.segments),
        "price": None,
        "price_unit": None,
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text.to,
        "uri": f"{path}.json",
    }


def medium(account: str, message: str, url: str, kind: str) -> Json:
    """What a message carries, as the REST API lists it."""
    return {
        "account_sid": account,
        "content_type": kind,
        "parent_sid": message,
        "sid": url.rpartition("/")[2],
        "uri": f"{url.removeprefix('https://api.twilio.com')}.json",
    }


def inbound(text: Text, account: str, more: Form) -> Form:
    """What a webhook is told about a message from a person."""
    form = {
        "SmsMessageSid": text.sid,
        "NumMedia": str(text.media),
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "Body": text.body,
        "To": text.to,
        "NumSegments": str(text.segments),
        "MessageSid": text.sid,
        "AccountSid": account,
        "From": text.sender,
        "ApiVersion": VERSION,
    }
    if text.service:
        form["MessagingServiceSid"] = text.service
    return form | (_whatsapp(text.sender) if channel_of(text.sender) == "whatsapp" else _places()) | more


def _places() -> Form:
    """Twilio guesses where a number is at home; blank for most of the world."""
    return {side + part: "" for side in ("From", "To") for part in ("City", "State", "Zip", "Country")}


def _whatsapp(address: str) -> Form:
    person = address.removeprefix(WHATSAPP)
    known = {"WaId": person.removeprefix("+")} if person.startswith("+") else {"ExternalUserId": address}
    context = {"ProfileName": "Somebody", "Forwarded": "false", "FrequentlyForwarded": "false"} | known
    metadata = {"type": "whatsapp", "data": {"context": context}}
    return context | {"MessageType": "text", "ReferralNumMedia": "0", "ChannelMetadata": json.dumps(metadata)}


def report(text: Text, account: str, status: str, error: str) -> Form:
    """What a status callback is told."""
    form = {
        "SmsSid": text.sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": text.to,
        "MessageSid": text.sid,
        "AccountSid": account,
        "From": text.sender,
        "ApiVersion": VERSION,
    }
    if text.service:
        form["MessagingServiceSid"] = text.service
    if error:
        form["ErrorCode"] = error
    if channel_of(text.to) == "whatsapp":
        form |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": text.to}
    return form


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """X-Twilio-Signature: over the public address as it was given, without its fragment."""
    signed = urldefrag(url).url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), sha1).digest()).decode()


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a webhook is tried again, and after what ("ct" no connection, "4xx", "5xx", "all")."""

    count: int = 1
    after: frozenset[str] = frozenset({"ct"})

    def follow(self, status: int) -> bool:
        reason = f"{status // 100}xx" if status else "ct"
        return not 200 <= status < 300 and not self.after.isdisjoint({reason, "all"})


def retries(url: str) -> Retries:
    """What the fragment of a webhook's address asks for: `#rc=5&rp=all`."""
    named = dict(parse_qsl(urldefrag(url).fragment))
    reasons = frozenset(named.get("rp", "ct").split(","))
    return Retries(min(int(named.get("rc", "1")), 5), reasons)


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """A content template: what a ContentSid stands for."""

    sid: str
    name: str
    language: str
    variables: dict[str, str]
    types: Json
    made: datetime


def template(definition: object, moment: datetime, number: int) -> ContentTemplate:
    """A template as POST /v1/Content gives it, the one of that number: it has the same SID after a restart."""
    if not isinstance(definition, dict) or not isinstance(definition.get("types"), dict) or not definition["types"]:
        raise RefusedByTwilio(20001)
    if not definition.get("language"):
        raise RefusedByTwilio(20001, description="language is required")
    content_template = ContentTemplate(
        sid=f"HX{sha256(f'{number} {definition}'.encode()).hexdigest()[:32]}",
        name=str(definition.get("friendly_name", "")),
        language=str(definition["language"]),
        variables=dict(definition.get("variables") or {}),
        types=definition["types"],
        made=moment,
    )
    if (
        _picker(content_template, "items", "twilio/list-picker") > 10
        or _picker(content_template, "actions", "twilio/quick-reply") > 10
    ):
        raise RefusedByTwilio(20422)
    return content_template


def _picker(content_template: ContentTemplate, entries: str, kind: str) -> int:
    return len(content_template.types.get(kind, {}).get(entries, ()))


def content(content_template: ContentTemplate) -> Json:
    """A template as the Content API shows it."""
    moment = content_template.made.strftime("%Y-%m-%dT%H:%M:%SZ")
    url = f"https://content.twilio.com/v1/Content/{content_template.sid}"
    return {
        "sid": content_template.sid,
        "account_sid": None,
        "friendly_name": content_template.name,
        "language": content_template.language,
        "variables": content_template.variables,
        "types": content_template.types,
        "date_created": moment,
        "date_updated": moment,
        "url": url,
        "links": {"approval_create": f"{url}/ApprovalRequests/whatsapp", "approval_fetch": f"{url}/ApprovalRequests"},
    }


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its variables in place, as the phone shows it."""

    body: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    opens: str = field(default="", repr=False)

    def fits(self, in_session: bool) -> bool:
        """What WhatsApp allows in one message."""
        if not self.buttons:
            return len(self.body) <= LONGEST_BODY
        label = 24 if self.opens else 20
        return (
            1 <= len(self.body) <= 1024
            and len(self.opens) <= 20
            and (bool(self.opens) or not in_session or len(self.buttons) <= 3)
            and all(
                1 <= len(b.label) <= label and len(b.value) <= 200 and len(b.description) <= 72 for b in self.buttons
            )
        )


def variables(text: str) -> dict[str, str]:
    """ContentVariables: a JSON object in a string; nothing in it may be empty."""
    try:
        values = json.loads(text or "{}")
    except ValueError as error:
        raise RefusedByTwilio(21656) from error
    if not isinstance(values, dict) or not all(isinstance(value, str) and value.strip() for value in values.values()):
        raise RefusedByTwilio(21656)
    return values


def filled(content_template: ContentTemplate, inserted: Mapping[str, str]) -> Filled:
    """Put the variables into a template. What was not given keeps the sample that the template was made with."""
    values = content_template.variables | dict(inserted)

    def put(text: object) -> str:
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda slot: values.get(slot[1], slot[0]), str(text or ""))

    if picker := content_template.types.get("twilio/list-picker"):
        rows = tuple(Button(put(row["item"]), put(row["id"]), put(row.get("description"))) for row in picker["items"])
        return Filled(put(picker["body"]), rows, put(picker["button"]))
    if reply := content_template.types.get("twilio/quick-reply"):
        return Filled(put(reply["body"]), tuple(Button(put(a["title"]), put(a.get("id"))) for a in reply["actions"]))
    return Filled(put(content_template.types.get("twilio/text", {}).get("body")))
