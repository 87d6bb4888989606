"""What SMS and WhatsApp share: signed webhooks, status reports, messages out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl

from aiohttp import web
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.rest import Client

from channels import Misconfigured, Refused
from channels._body import body, clean
from channels._settings import matching, required, web_address
from channels._signature import Form, is_signed
from channels._twilio_errors import problem, reach_after, says_stopped
from channels._twilio_wire import TwilioWire
from channels.messages import Accepted, NotSent, Report, Status, Unknown

USEFUL = timedelta(hours=4)
"""Twilio keeps a message at most this long; its own default of ten hours would wake people at night."""
LONGEST = 1600
"""UTF-16 units in one message, on every channel of Twilio's."""
STATUSES: Mapping[str, Status] = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "undelivered": Status.FAILED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}
_DELIVERY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SERVICE = r"MG[0-9a-fA-F]{32}"
_NUMBER = r"\+[1-9]\d{4,14}"
SENDERS = {
    "SMS_FROM": (rf"{_NUMBER}|{_SERVICE}", "a number like +15005550006 or a messaging service MG..."),
    "WHATSAPP_FROM": (rf"whatsapp:{_NUMBER}|{_SERVICE}", "whatsapp:+15005550006 or a messaging service MG..."),
}


@dataclass(frozen=True, slots=True)
class Account:
    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    """The one we sign in with first, then the one that Twilio may still sign with."""
    api: str
    content_api: str


def account(environment: Mapping[str, str]) -> Account:
    required(environment, "TWILIO_ACCOUNT", "TWILIO_TOKEN")
    tokens = environment["TWILIO_TOKEN"], environment.get("TWILIO_TOKEN_OLD", "")
    return Account(
        sid=matching(environment, "TWILIO_ACCOUNT", r"AC[0-9a-fA-F]{32}", "the account's SID: AC and 32 hex digits"),
        tokens=tuple(token for token in tokens if token),
        api=web_address(environment, "TWILIO_API", "https://api.twilio.com"),
        content_api=web_address(environment, "TWILIO_CONTENT_API", "https://content.twilio.com"),
    )


def line(environment: Mapping[str, str], name: str, setting: str, others: Sequence[str] = ()) -> "Line | None":
    """The sender that `setting` names; None where neither it nor `others`, which belong to it, are set."""
    if not any(environment.get(wanted) for wanted in (setting, *others)):
        if environment.get("TWILIO_ACCOUNT") and not any(environment.get(sender) for sender in SENDERS):
            raise Misconfigured("TWILIO_ACCOUNT is set: set SMS_FROM or WHATSAPP_FROM too, or neither.")
        return None
    required(environment, setting, "TWILIO_ACCOUNT", "TWILIO_TOKEN", "PUBLIC_URL")
    sender = matching(environment, setting, *SENDERS[setting])
    return Line(account(environment), web_address(environment, "PUBLIC_URL"), name, sender)


def client(account: Account, wire: TwilioWire) -> Client:
    made = Client(account.sid, account.tokens[0], http_client=wire)
    made.api.base_url = account.api
    made.content.base_url = account.content_api
    return made


class Line:
    """One sender of ours at Twilio."""

    def __init__(self, account: Account, public: str, name: str, sender: str) -> None:
        self._account = account
        self._public = public
        self._name = name
        self._from = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._wire = TwilioWire()
        self._client = client(account, self._wire)

    async def start(self) -> None:
        await self._wire.start()

    async def close(self) -> None:
        await self._wire.close()

    async def form(self, request: web.Request) -> dict[str, str]:
        """The fields of a signed request. Raises `Refused`."""
        signature = request.headers.get("X-Twilio-Signature", "")
        if not signature:
            raise Refused(403, "no signature")
        fields = _fields(await body(request))
        # Never the address that the request claims: behind a proxy it is not the one that was signed.
        if not is_signed(signature, self._public + request.raw_path, fields, self._account.tokens):
            raise Refused(403, "wrong signature")
        return {name: clean(value) for name, value in reversed(fields)}

    def reports(self, form: Mapping[str, str], request: web.Request) -> list[Report]:
        """What a status callback says. New statuses that we do not know are nothing."""
        status = STATUSES.get(form.get("MessageStatus", ""))
        if not status:
            return []
        if not form.get("MessageSid"):
            raise Refused(400, "no MessageSid")
        delivery = request.query.get("delivery", "")
        code = _digits(form.get("ErrorCode", "")) if status is Status.FAILED else ""
        return [
            Report(
                channel=self._name,
                delivery=delivery if _DELIVERY.fullmatch(delivery) else "",
                provider_id=form["MessageSid"],
                status=status,
                code=code,
                reach=reach_after(int(code)) if code else None,
                stopped=says_stopped(int(code)) if code else False,
            )
        ]

    async def send(self, to: str, delivery: str, **said: str) -> Accepted:
        """`said`: either `body`, or `content_sid` and `content_variables`. Raises a child of `NotSent`."""
        failure: NotSent
        try:
            message = await self._client.messages.create_async(
                to=to,
                status_callback=f"{self._public}/hooks/{self._name}/status?delivery={delivery}",
                validity_period=USEFUL.seconds,
                **self._from,
                **said,
            )
            return Accepted(message.sid or "", max(1, int(message.num_segments or 1)))
        except (TwilioRestException, TwilioServiceException) as error:
            failure = problem(_code(error.code, error.status), error.status)
        except (ValueError, TypeError, KeyError, AttributeError):
            failure = Unknown("unreadable")
        # Raised out here: inside, Twilio's error would hang on it, and that one carries the person's number.
        raise failure


def is_report(request: web.Request) -> bool:
    return request.path.endswith("/status")


def accepted() -> web.Response:
    """An empty TwiML: nothing is said in the answer itself, all leaves through the outbox."""
    return web.Response(text="<Response/>", content_type="text/xml")


def answered(form: Mapping[str, str]) -> bool:
    """Whether Twilio itself has already answered the person."""
    return form.get("OptOutType", "").upper() in ("STOP", "START", "HELP")


def meant(form: Mapping[str, str]) -> str:
    """STOP or HELP where Twilio took the person's words for it; else nothing.

    Not START: Twilio takes a YES for it from whoever never stopped, and that YES may be an answer to us.
    """
    word = form.get("OptOutType", "").upper()
    return word if word in ("STOP", "HELP") else ""


def _fields(raw: bytes) -> Form:
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=500)
    except ValueError:
        refusal = Refused(400, "not a form in UTF-8")
    raise refusal


def _code(given: object, status: int) -> int:
    digits = _digits(str(given))
    return int(digits) if digits else status


def _digits(code: str) -> str:
    return code if code.isascii() and code.isdigit() and len(code) <= 6 else ""
