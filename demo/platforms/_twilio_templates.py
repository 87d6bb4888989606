"""The content templates of a Twilio account: made, shown, submitted to WhatsApp and decided on."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from demo.platforms import _twilio_api as api
from demo.platforms._twilio_api import ContentTemplate, Filled, Json, RefusedByTwilio
from demo.platforms._twilio_pages import MOST, contents_page

_VARIABLE = r"\{\{\s*\w+\s*\}\}"
_FLAW = re.compile(rf"\s*{_VARIABLE}.*|.*{_VARIABLE}\s*|.*{_VARIABLE}\s*{_VARIABLE}.*", re.DOTALL)
"""A text for strangers neither begins nor ends with a variable, and no two stand side by side."""
UNSUBMITTED, APPROVED, REJECTED = "unsubmitted", "approved", "rejected"


@dataclass(frozen=True, slots=True)
class Approval:
    """Where a template stands with WhatsApp."""

    name: str = ""
    category: str = ""
    status: str = UNSUBMITTED
    reason: str = ""


class Templates:
    """What POST /v1/Content made. `decision` is what WhatsApp says at once of whatever is submitted in good form."""

    def __init__(self, account: str, clock: Callable[[], datetime]) -> None:
        self.decision = APPROVED
        self.most_on_a_page = MOST
        self._account = account
        self._clock = clock
        self._made: dict[str, ContentTemplate] = {}
        self._approvals: dict[str, Approval] = {}

    def decide(self, sid: str, status: str, reason: str = "") -> None:
        """WhatsApp makes up its mind: "approved", "rejected", "paused", ..."""
        self._approvals[sid] = replace(self._approvals.get(sid, Approval()), status=status, reason=reason)

    def forget(self, sid: str) -> None:
        """It was never submitted."""
        del self._approvals[sid]

    def is_approved(self, sid: str) -> bool:
        return self._approvals.get(sid, Approval()).status == APPROVED

    def named(self, name: str) -> str:
        """The SID of the template with this friendly name."""
        return next(sid for sid, made in self._made.items() if made.name == name)

    def filled(self, sid: str, given: dict[str, str]) -> Filled:
        """The template with its variables in place. Raises `RefusedByTwilio`."""
        if sid not in self._made:
            raise RefusedByTwilio(21654)
        approved = self.is_approved(sid)
        if approved and any("\n" in value or "\t" in value or " " * 5 in value for value in given.values()):
            raise RefusedByTwilio(21656)
        return api.filled(self._made[sid], given)

    async def create(self, request: web.Request) -> web.StreamResponse:
        made = api.template(await _json(request), self._clock(), len(self._made))
        self._made[made.sid] = made
        return web.json_response(self._shown(made), status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        listed = [self._shown(made) for made in self._made.values()]
        return web.json_response(contents_page(listed, request.query, "/v1/Content", self.most_on_a_page))

    async def list_with_approvals(self, request: web.Request) -> web.StreamResponse:
        listed = [self._shown(made) | {"approval_requests": self._approval(made.sid)} for made in self._made.values()]
        return web.json_response(contents_page(listed, request.query, "/v1/ContentAndApprovals", self.most_on_a_page))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._shown(self._known(request)))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        del self._made[self._known(request).sid]
        return web.Response(status=204)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        made, asked = self._known(request), await _json(request)
        if not isinstance(asked, dict) or asked.get("category") not in ("UTILITY", "MARKETING", "AUTHENTICATION"):
            raise RefusedByTwilio(20001)
        name = str(asked.get("name", ""))
        if not re.fullmatch(r"[a-z0-9_]{1,512}", name) or any(one.name == name for one in self._approvals.values()):
            raise RefusedByTwilio(20001, description="the name is not valid or taken")
        body = str(made.types.get("twilio/text", {}).get("body", "x"))
        flawed = _FLAW.fullmatch(body) or not all(made.variables.values()) or len(body) > 1024
        approval = Approval(name, str(asked["category"]), "received")
        self._approvals[made.sid] = approval
        if flawed:
            self.decide(made.sid, REJECTED, "INVALID_FORMAT")
        else:
            self.decide(made.sid, self.decision)
        return web.json_response(self._approval(made.sid) | {"status": "received"}, status=201)

    async def approvals(self, request: web.Request) -> web.StreamResponse:
        made = self._known(request)
        url = f"https://content.twilio.com/v1/Content/{made.sid}/ApprovalRequests"
        whatsapp = self._approval(made.sid)
        return web.json_response({"sid": made.sid, "account_sid": self._account, "whatsapp": whatsapp, "url": url})

    def _known(self, request: web.Request) -> ContentTemplate:
        made = self._made.get(request.match_info["sid"])
        if made is None:
            raise RefusedByTwilio(20404)
        return made

    def _shown(self, made: ContentTemplate) -> Json:
        return api.content(made) | {"account_sid": self._account}

    def _approval(self, sid: str) -> Json:
        approval = self._approvals.get(sid, Approval())
        return {
            "type": "whatsapp",
            "name": approval.name,
            "category": approval.category,
            "content_type": next(iter(self._made[sid].types)),
            "status": approval.status,
            "rejection_reason": approval.reason,
            "allow_category_change": True,
        }


async def _json(request: web.Request) -> object:
    if request.content_type != "application/json":
        raise RefusedByTwilio(20001)
    try:
        read: object = json.loads(await request.text())
    except ValueError as error:
        raise RefusedByTwilio(20001) from error
    return read
