"""Carries twilio's requests: its own client waits for ever, posts a message up to three times, and logs numbers."""

import json
import logging
from base64 import b64encode
from urllib.parse import urlencode

from aiohttp import ClientSession, DefaultResolver
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from channels._public import PublicResolver
from channels._twilio.errors import VERDICTS, failed
from channels._wire import Download, HttpAnswer, closed, download, exchange, open_session
from channels.messages import Later, Unknown

for name in ("twilio.http_client", "twilio.async_http_client"):
    logging.getLogger(name).setLevel(logging.WARNING)


class TwilioWire(AsyncHttpClient):
    """Never sends twice. Raises `Later` or `Unknown` where Twilio gave no answer that the client could read."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("twilio.async_http_client"), is_async=True)
        self._session: ClientSession | None = None
        self._outside: ClientSession | None = None

    async def start(self) -> None:
        self._session = self._session or open_session()

    async def close(self) -> None:
        sessions, self._session, self._outside = (self._session, self._outside), None, None
        for session in filter(None, sessions):
            await session.close()

    async def download(self, url: str, most: int, auth: tuple[str, str] | None = None) -> Download:
        """A file of at most so many bytes. Raises `Never` or `Later`."""
        if not self._session:
            raise closed()
        return await download(self._session, url, most, headers={"Authorization": _basic(*auth)} if auth else {})

    async def download_outside(self, url: str, most: int) -> Download:
        """The same from a host that an answer named: never from an address of our own net."""
        if not self._session:
            raise closed()
        self._outside = self._outside or open_session(PublicResolver(DefaultResolver()))
        return await download(self._outside, url, most)

    async def delete(self, url: str, auth: tuple[str, str]) -> HttpAnswer:
        """Raises `Later` or `Unknown`."""
        if not self._session:
            raise closed()
        return await exchange(self._session, "DELETE", url, headers={"Authorization": _basic(*auth)})

    async def request(  # type: ignore[override]  # twilio says the same of its own asynchronous client
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  (twilio's signature)
        allow_redirects: bool = False,
    ) -> Response:
        if not self._session:
            raise closed()
        headers = dict(headers or {})
        if auth:
            headers["Authorization"] = _basic(*auth)
        answer = await exchange(
            self._session, method.upper(), uri, params=params, data=_encoded(data, headers), headers=headers
        )
        return _understood(answer)


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _encoded(data: dict[str, object] | None, headers: dict[str, str]) -> bytes | None:
    if data is None:
        return None
    if headers.get("Content-Type") == "application/json":
        return json.dumps(data).encode()
    return urlencode(data, doseq=True).encode()


def _understood(answer: HttpAnswer) -> Response:
    if answer.status == 429:
        too_fast = VERDICTS["429"]
        raise Later("429", answer.retry_after or too_fast.after, everyone=True, verdict=too_fast)
    if answer.status >= 500:
        raise failed(answer.status)
    text = answer.body.decode("utf-8", "replace")
    if answer.status < 300 and not _is_object(text):
        raise Unknown("unreadable", VERDICTS["unreadable"])
    return Response(answer.status, text)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
