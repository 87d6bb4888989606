"""Carries python-telegram-bot's requests over aiohttp: its own transport slows down twentyfold under concurrency."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import msgspec
from aiohttp import ClientSession
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

from channels._wire import LONGEST, Download, HttpAnswer, closed, download, exchange, open_session, waiting
from channels.messages import NotSent

JSON = {"Content-Type": "application/json"}


class WireFailed(NetworkError):
    """No answer. `problem` says whether the request was written."""

    def __init__(self, problem: NotSent) -> None:
        super().__init__(problem.code)
        self.problem = problem


class ServerFailed(NetworkError):
    """An answer that is the server's trouble: python-telegram-bot would lose its status."""

    def __init__(self, status: int, retry_after: timedelta) -> None:
        super().__init__(str(status))
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class _Parameters:
    parameters: Mapping[str, Any]


def parameters(values: Mapping[str, Any]) -> RequestData:
    """What `AiohttpRequest` reads of a `RequestData`, which only python-telegram-bot itself may make."""
    return cast(RequestData, _Parameters(values))


class AiohttpRequest(BaseRequest):
    """Sends parameters only, no files."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return LONGEST.total_seconds()

    async def initialize(self) -> None:
        self._session = self._session or open_session()

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, read_timeout: Any = None, *others: Any,
        **more: Any,
    ) -> tuple[int, bytes]:  # fmt: skip
        if not self._session:
            raise WireFailed(closed())
        request: dict[str, Any] = {}
        if request_data:
            request["data"], request["headers"] = msgspec.json.encode(request_data.parameters), JSON
        if isinstance(read_timeout, (int, float)):
            request["timeout"] = waiting(timedelta(seconds=read_timeout))
        try:
            answer = await exchange(self._session, method, url, **request)
        except NotSent as failure:
            problem = failure
        else:
            if answer.status >= 500 or answer.status == 429:
                raise ServerFailed(answer.status, _retry_after(answer))
            return answer.status, answer.body
        raise WireFailed(problem)

    async def download(self, url: str, most: int) -> Download:
        """A file of at most so many bytes. Raises `Never` or `Later`."""
        if not self._session:
            raise closed()
        return await download(self._session, url, most)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the parent's, which would log what it cannot read: that may be somebody's words."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("unreadable answer")
        return answer


def _retry_after(answer: HttpAnswer) -> timedelta:
    """By hand: python-telegram-bot's own `RetryAfter` is between two types of this number."""
    try:
        seconds = json.loads(answer.body)["parameters"]["retry_after"]
        return timedelta(seconds=max(0, int(seconds)))
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return answer.retry_after
