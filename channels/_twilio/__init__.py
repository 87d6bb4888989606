"""What SMS and WhatsApp share: signed webhooks, status reports, messages out."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from aiohttp import web
from twilio.base.exceptions import TwilioRestException, TwilioServiceException

from channels import History, Misconfigured, Refused
from channels._body import body, clean
from channels._senders import Settings, Variables, of_each
from channels._settings import matching, required, web_address
from channels._twilio.account import Account, account
from channels._twilio.errors import VERDICTS, problem, verdict
from channels._twilio.history import STATUSES, USEFUL, TwilioHistory
from channels._twilio.lists import lists
from channels._twilio.media import Media
from channels._twilio.signature import HEADER, SETTINGS_HEADER, SHA1, Fields, algorithm, is_signed
from channels.messages import Accepted, Message, NotSent, Report, Status, Unknown

T = TypeVar("T")
LONGEST = 1600
"""UTF-16 units in one message, on every channel of Twilio's."""
MOST_FIELDS = 500
_DELIVERY = re.compile(r"[?&]delivery=([A-Za-z0-9_-]{1,64})(?:&|$)")
"""Our own ids need no escapes, so the address need not be taken apart."""
_SERVICE = r"MG[0-9a-fA-F]{32}"
_NUMBER = r"\+[1-9]\d{4,14}"
SENDERS = {
    "SMS_FROM": (rf"{_NUMBER}|{_SERVICE}", "a number like +15005550006 or a messaging service MG..."),
    "WHATSAPP_FROM": (rf"whatsapp:{_NUMBER}|{_SERVICE}", "whatsapp:+15005550006 or a messaging service MG..."),
}
NUMBERS = {"SMS_FROM": "SMS_NUMBER", "WHATSAPP_FROM": "WHATSAPP_NUMBER"}
"""Where people write to, if that is not what we write from."""
OF_AN_ACCOUNT = ("TWILIO_TOKEN", "TWILIO_TOKEN_OLD", "TWILIO_SHARED_KEY", "TWILIO_SHARED_KEY_OLD")


def of_each_number(
    environment: Mapping[str, str],
    variables: Variables,
    make: Callable[["TwilioSender", Settings], T],
    of_an_account: Sequence[str] = (),
) -> list[T]:
    """What is made of each number of this kind and its settings.

    `of_an_account`: the variables of this kind that a number with an account of its own does not share.
    """

    def made(settings: Settings) -> T:
        if settings.has_its_own("TWILIO_ACCOUNT"):
            settings = settings.with_own(*OF_AN_ACCOUNT, *of_an_account)
        return make(_sender(settings, variables), settings)

    senders = of_each(environment, variables, made)
    if not senders and environment.get("TWILIO_ACCOUNT") and not _names_a_number(environment):
        raise Misconfigured("TWILIO_ACCOUNT is set: set SMS_FROM or WHATSAPP_FROM too, or neither.")
    return senders


def _names_a_number(environment: Mapping[str, str]) -> bool:
    return any(value and name.startswith(tuple(SENDERS)) for name, value in environment.items())


def _sender(settings: Settings, variables: Variables) -> "TwilioSender":
    required(settings, variables.identity, "TWILIO_ACCOUNT", "TWILIO_TOKEN", "PUBLIC_URL")
    sender = matching(settings, variables.identity, *SENDERS[variables.identity])
    return TwilioSender(
        account(settings),
        web_address(settings, "PUBLIC_URL"),
        variables.kind,
        settings.name,
        sender,
        _written_to(settings, NUMBERS[variables.identity]),
        settings.called(NUMBERS[variables.identity]),
    )


def _written_to(settings: Settings, variable: str) -> str:
    return matching(settings, variable, _NUMBER, "a number like +15005550006") if settings.get(variable) else ""


class TwilioSender:
    """One sender of ours at Twilio."""

    def __init__(
        self,
        account: Account,
        public: str,
        kind: str,
        name: str,
        sender: str,
        number: str = "",
        number_in: str = "SMS_NUMBER",
    ) -> None:
        """`number_in`: the variable that holds the number to which people write."""
        self.name = name
        self._number = number
        self._number_in = number_in
        self._kind = kind
        self._account = account
        self._public = public
        self._sender = sender
        self._from = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self.lists = lists(account)
        self.media = Media(self.lists)
        self._wire = self.lists.wire
        from twilio.rest import Client

        self._client = Client(account.sid, account.tokens[0], http_client=self._wire)
        self._client.api.base_url = account.api

    def history(self, read: Callable[[Mapping[str, str]], Message]) -> History:
        """What Twilio remembers of this sender. `read` understands the fields of a webhook."""
        return TwilioHistory(self.lists, self._sender, self._kind == "whatsapp", read)

    def number(self) -> str:
        """The number to which people write. Raises `Misconfigured`."""
        number = self._number or self._sender.rpartition(":")[2]
        if not number.startswith("+"):
            raise Misconfigured(f"Set {self._number_in}: we write from a messaging service, people write to a number.")
        return number

    async def start(self) -> None:
        await self._wire.start()

    async def close(self) -> None:
        await self._wire.close()

    async def form(self, request: web.Request) -> dict[str, str]:
        """The fields of a signed request. Raises `Refused`."""
        signature, settings = request.headers.get(HEADER, ""), request.headers.get(SETTINGS_HEADER, "")
        if not signature:
            raise Refused(403, "no signature")
        by = algorithm(settings) if settings else SHA1
        secrets = self._account.shared_keys if settings else self._account.tokens
        if by is None or not secrets:
            raise Refused(403, "signed in a way that we do not know, or TWILIO_SHARED_KEY is not set")
        raw = await body(request)
        fields = _fields(raw)
        # Never the address that the request claims: behind a proxy it is not the one that was signed.
        if not is_signed(signature, self._public + request.raw_path, fields, secrets, by):
            raise Refused(403, "wrong signature")
        form = dict(reversed(fields))
        # After strict decoding nothing else can be in it that would have to be taken out.
        return {name: clean(value) for name, value in form.items()} if b"%00" in raw or b"\0" in raw else form

    def reports(self, form: Mapping[str, str], request: web.Request) -> list[Report]:
        """What a status callback says. New statuses that we do not know are nothing."""
        status = STATUSES.get(form.get("MessageStatus", ""))
        if not status:
            return []
        if not form.get("MessageSid"):
            raise Refused(400, "no MessageSid")
        delivery = _DELIVERY.search(request.raw_path)
        code = _digits(form.get("ErrorCode", "")) if status is Status.FAILED else ""
        return [
            Report(
                channel=self.name,
                delivery=delivery[1] if delivery else "",
                provider_id=form["MessageSid"],
                status=status,
                code=code,
                verdict=verdict(code),
            )
        ]

    async def send(self, to: str, delivery: str, **content: str) -> Accepted:
        """`content`: either `body`, or `content_sid` and `content_variables`. Raises a child of `NotSent`."""
        failure: NotSent
        try:
            message = await self._client.messages.create_async(
                to=to,
                status_callback=f"{self._public}/hooks/{self.name}/status?delivery={delivery}",
                validity_period=USEFUL.seconds,
                **self._from,
                **content,
            )
            return Accepted(message.sid or "", max(1, int(message.num_segments or 1)))
        except (TwilioRestException, TwilioServiceException) as error:
            failure = problem(_code(error.code, error.status), error.status)
        except (ValueError, TypeError, KeyError, AttributeError):
            failure = Unknown("unreadable", VERDICTS["unreadable"])
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

    Not START: Twilio takes a YES for it from people who never stopped, and it may be an answer to us. See `starts`.
    """
    word = form.get("OptOutType", "").upper()
    return word if word in ("STOP", "HELP") else ""


def starts(form: Mapping[str, str]) -> bool:
    """Whether Twilio took the words for START: it has a list of such words, which its customers can change."""
    return form.get("OptOutType", "").upper() == "START"


def _fields(raw: bytes) -> Fields:
    """By hand: Python's own parser takes twice as long, and status callbacks come by the million."""
    try:
        pairs = raw.decode().replace("+", " ").split("&")
        fields = [_field(pair) for pair in pairs[: MOST_FIELDS + 1] if pair]
    except ValueError:
        fields = None
    if fields is None or len(fields) > MOST_FIELDS:
        raise Refused(400, "not a form in UTF-8, or with too many fields")
    return fields


def _field(pair: str) -> tuple[str, str]:
    name, _is, value = pair.partition("=")
    if "%" in value:
        value = unquote_to_bytes(value).decode()
    if "%" in name:
        name = unquote_to_bytes(name).decode()
    return name, value


def _code(code: object, status: int) -> str:
    return _digits(str(code)) or str(status)


def _digits(code: str) -> str:
    return code if code.isascii() and code.isdigit() and len(code) <= 6 else ""
