"""What Twilio remembers of a sender of ours, for messages and reports that were lost on their way to us."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from channels import Refused
from channels._twilio.errors import VERDICTS, verdict
from channels._twilio.lists import Json, Lists
from channels.messages import Message, Never, Status, Trace, Unknown

WHATSAPP = "whatsapp:"
MADE, SENT = "date_created", "date_sent"
MOMENT = "%Y-%m-%dT%H:%M:%SZ"
FEW = 20
USEFUL = timedelta(hours=4)
"""Twilio keeps a message at most this long; its own default of ten hours would wake people at night."""
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
"""What a word of Twilio's comes down to."""


@dataclass(frozen=True, slots=True)
class TwilioHistory:
    """`sender` is a number of ours or a messaging service; `read` understands a message as its webhook would."""

    lists: Lists
    sender: str
    is_whatsapp: bool
    read: Callable[[Mapping[str, str]], Message]

    async def sent(self, since: datetime, until: datetime, to: Collection[str]) -> AsyncIterator[Trace]:
        for query in self._to(to):
            # The messages that wait come first: one that leaves between the two lists is then in both, not in neither.
            async for page in _chain(self._waiting(query, since), self._left(query, since, until)):
                for trace in (_trace(message) for message in page if self._is_from_us(message)):
                    if trace.to in to and _whole(since) <= trace.at <= until:
                        yield trace

    async def received(self, since: datetime) -> Sequence[Message]:
        ours = [
            message
            for message in await self.lists.all(self._address, "messages", _since(since) | self._by("To"))
            if message.get("direction") == "inbound"
            and self._is_ours(message, "from")
            and _at(message, SENT) >= _whole(since)
        ]
        # Twilio lists the newest first, and says the time in whole seconds: within one, its own order counts.
        ours.reverse()
        ours.sort(key=lambda message: _at(message, SENT))
        read = [self._read(await self._as_webhook(message)) for message in ours]
        return [message for message in read if message]

    def _to(self, people: Collection[str]) -> Sequence[dict[str, str]]:
        """The queries for these people: one for each where they are few, else one for everything that was sent."""
        if len(people) > FEW:
            return [self._by("From")]
        prefix = WHATSAPP if self.is_whatsapp else ""
        return [self._by("From") | {"To": f"{prefix}{person}"} for person in sorted(people)]

    def _left(self, query: Mapping[str, str], since: datetime, until: datetime) -> AsyncIterator[list[Json]]:
        # A message counts from the moment when Twilio took it, but is listed by the moment when it left the queue.
        bounds = _since(since) | {"DateSent<": f"{_whole(until) + USEFUL:{MOMENT}}"}
        return self.lists.pages(self._address, "messages", {**query, **bounds})

    async def _waiting(self, query: Mapping[str, str], since: datetime) -> AsyncIterator[list[Json]]:
        """The messages in Twilio's queue, which have no day to be found by; a page without any of them is the last."""
        async for page in self.lists.pages(self._address, "messages", query):
            waiting = [message for message in page if not message.get(SENT) and _at(message, MADE) >= _whole(since)]
            if not waiting:
                break
            yield waiting

    def _by(self, end: str) -> dict[str, str]:
        return {} if self._is_service else {end: self.sender}

    @property
    def _address(self) -> str:
        return f"{self.lists.account.messages}.json"

    @property
    def _is_service(self) -> bool:
        return self.sender.startswith("MG")

    def _is_from_us(self, message: Json) -> bool:
        return str(message.get("direction")).startswith("outbound") and self._is_ours(message, "to")

    def _is_ours(self, message: Json, person: str) -> bool:
        """A messaging service may have numbers of both kinds, and there is no asking for one service."""
        is_our_kind = str(message.get(person)).startswith(WHATSAPP) is self.is_whatsapp
        return is_our_kind and (not self._is_service or message.get("messaging_service_sid") == self.sender)

    async def _as_webhook(self, message: Json) -> dict[str, str]:
        """The fields by the names that a webhook gives them; what was tapped comes as its label."""
        form = {
            "MessageSid": str(message.get("sid") or ""),
            "From": str(message.get("from") or ""),
            "Body": str(message.get("body") or ""),
            "NumMedia": str(message.get("num_media") or "0"),
        }
        return form if form["NumMedia"] == "0" else form | await self._media(form["MessageSid"])

    async def _media(self, sid: str) -> dict[str, str]:
        """The first of a message's media; nothing once it was deleted."""
        address = f"{self.lists.account.messages}/{sid}/Media.json"
        try:
            media = await self.lists.all(address, "media_list", {})
        except Never:
            return {}
        if not media:
            return {}
        where = str(media[0].get("uri") or "").removesuffix(".json")
        return {
            "MediaUrl0": f"https://api.twilio.com{where}",
            "MediaContentType0": str(media[0].get("content_type") or ""),
        }

    def _read(self, form: Mapping[str, str]) -> Message | None:
        """None where we would have refused the webhook, too."""
        try:
            return self.read(form)
        except Refused:
            return None


def _trace(message: Json) -> Trace:
    status = STATUSES.get(str(message.get("status")), Status.ACCEPTED)
    code = str(message.get("error_code") or "") if status is Status.FAILED else ""
    return Trace(
        provider_id=str(message.get("sid") or ""),
        to=str(message.get("to") or "").removeprefix(WHATSAPP),
        at=_at(message, MADE),
        status=status,
        code=code,
        verdict=verdict(code),
    )


async def _chain(*lists: AsyncIterator[list[Json]]) -> AsyncIterator[list[Json]]:
    for pages in lists:
        async for page in pages:
            yield page


def _since(moment: datetime) -> dict[str, str]:
    """A second early, whether or not Twilio counts the instant itself."""
    return {"DateSent>": f"{_whole(moment) - timedelta(seconds=1):{MOMENT}}"}


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _at(message: Json, field: str) -> datetime:
    """When it was sent or made; when it was made, as long as it was not sent."""
    try:
        return parsedate_to_datetime(str(message.get(field) or message.get(MADE))).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Unknown("unreadable", VERDICTS["unreadable"])
