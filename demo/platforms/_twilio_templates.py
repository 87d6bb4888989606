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
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
"""Of one of them a template has to be, to be submitted."""


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
        return next(sid for sid, template in self._made.items() if template.name == name)

    def filled(self, sid: str, values: dict[str, str]) -> Filled:
        """The template with its variables in place. Raises `RefusedByTwilio`."""
        if sid not in self._made:
            raise RefusedByTwilio(21654)
        approved = self.is_approved(sid)
        if approved and any("\n" in text or "\t" in text or " " * 5 in text for text in values.values()):
            raise RefusedByTwilio(21656)
        return api.filled(self._made[sid], values)

    async def create(self, request: web.Request) -> web.StreamResponse:
        template = api.template(await _json(request), self._clock(), len(self._made))
        self._made[template.sid] = template
        return web.json_response(self._shown(template), status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        listed = [self._shown(template) for template in self._made.values()]
        return web.json_response(contents_page(listed, request.query, "/v1/Content", self.most_on_a_page))

    async def list_with_approvals(self, request: web.Request) -> web.StreamResponse:
        listed = [
            self._shown(template) | {"approval_requests": self._approval(template.sid)}
            for template in self._made.values()
        ]
        return web.json_response(contents_page(listed, request.query, "/v1/ContentAndApprovals", self.most_on_a_page))

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._shown(self._known(request)))

    async def delete(self, request: web.Request) -> web.StreamResponse:
        del self._made[self._known(request).sid]
        return web.Response(status=204)

    async def submit(self, request: web.Request) -> web.StreamResponse:
        template, submission = self._known(request), await _json(request)
        if not isinstance(submission, dict) or submission.get("category") not in CATEGORIES:
            raise RefusedByTwilio(20001)
        name = str(submission.get("name", ""))
        is_taken = any(approval.name == name for approval in self._approvals.values())
        if not re.fullmatch(r"[a-z0-9_]{1,512}", name) or is_taken:
            raise RefusedByTwilio(20001, description="the name is not valid or taken")
        body = str(template.types.get("twilio/text", {}).get("body", "x"))
        flawed = _FLAW.fullmatch(body) or not all(template.variables.values()) or len(body) > 1024
        submitted = Approval(name, str(submission["category"]), "received")
        self._approvals[template.sid] = submitted
        if flawed:
            self.decide(template.sid, REJECTED, "INVALID_FORMAT")
        else:
            self.decide(template.sid, self.decision)
        return web.json_response(self._approval(template.sid) | {"status": "received"}, status=201)

    async def approvals(self, request: web.Request) -> web.StreamResponse:
        template = self._known(request)
        url = f"https://content.twilio.com/v1/Content/{template.sid}/ApprovalRequests"
        whatsapp = self._approval(template.sid)
        return web.json_response({"sid": template.sid, "account_sid": self._account, "whatsapp": whatsapp, "url": url})

    def _known(self, request: web.Request) -> ContentTemplate:
        template = self._made.get(request.match_info["sid"])
        if template is None:
            raise RefusedByTwilio(20404)
        return template

    def _shown(self, template: ContentTemplate) -> Json:
        return api.content(template) | {"account_sid": self._account}

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
