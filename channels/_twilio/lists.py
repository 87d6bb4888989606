"""Asks Twilio for whole lists, and posts JSON just as it is written."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from channels._twilio.account import Account
from channels._twilio.errors import VERDICTS, problem
from channels.messages import Unknown

if TYPE_CHECKING:
    from twilio.http.response import Response

    from channels._twilio.wire import TwilioWire

Json = dict[str, Any]
MOST_ON_A_PAGE = "1000"


def lists(account: Account) -> "Lists":
    """To be started and closed by its wire. Twilio's client is large, and many deployments have no Twilio."""
    from channels._twilio.wire import TwilioWire

    return Lists(account, TwilioWire())


@dataclass(frozen=True, slots=True)
class Lists:
    """By hand: twilio's client follows the address of the next page wherever it leads, with our token."""

    account: Account
    wire: "TwilioWire"

    async def all(self, address: str, key: str, query: Mapping[str, str]) -> list[Json]:
        """Everything in a list, or it raises a child of `NotSent`."""
        return [entry async for page in self.pages(address, key, query) for entry in page]

    async def pages(self, address: str, key: str, query: Mapping[str, str]) -> AsyncIterator[list[Json]]:
        """A list page by page, each fetched when it is wanted. Of the next page's address only the query is used."""
        query = {**query, "PageSize": MOST_ON_A_PAGE}
        seen: set[str] = set()
        while True:
            page = await self._ask("GET", address, query)
            yield _entries(page, key)
            following = _next(page)
            if not following:
                return
            if following in seen:
                raise Unknown("unreadable", VERDICTS["unreadable"])
            seen.add(following)
            query = dict(parse_qsl(following, keep_blank_values=True))

    async def post(self, address: str, entry: Json) -> Json:
        return await self._ask("POST", address, entry)

    async def _ask(self, method: str, address: str, fields: Mapping[str, Any]) -> Json:
        is_list = method == "GET"
        answer = await self.wire.request(
            method,
            address,
            params=dict(fields) if is_list else None,
            data=None if is_list else dict(fields),
            headers={} if is_list else {"Content-Type": "application/json"},
            auth=(self.account.sid, self.account.tokens[0]),
        )
        body = _object(answer)
        if answer.status_code >= 300:
            raise problem(str(body.get("code") or answer.status_code), answer.status_code)
        return body


def _object(answer: "Response") -> Json:
    """The wire has made sure of an object where the answer is a good one."""
    try:
        body = json.loads(answer.text)
    except (ValueError, RecursionError):
        body = None
    return body if isinstance(body, dict) else {}


def _entries(page: Json, key: str) -> list[Json]:
    entries = page.get(key)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unknown("unreadable", VERDICTS["unreadable"])
    return entries


def _next(page: Json) -> str:
    """The query of the next page; nothing on the last one. Old lists say it one way, new ones another."""
    meta = page.get("meta")
    address = page.get("next_page_uri") or (meta.get("next_page_url") if isinstance(meta, dict) else None) or ""
    return urlsplit(str(address)).query
