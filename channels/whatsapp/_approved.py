"""The texts that WhatsApp approves beforehand, for people who have been silent for long: one a purpose and language."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from channels._text.segments import utf16
from channels._twilio.lists import Json, Lists
from channels.messages import Gone, Never, Sentences, Template

SLOT = "{{1}}"
LONGEST = 1024
"""UTF-16 units of the sentence with the text in it."""
EXAMPLE = "The forms at the border will be in four languages from June."
"""An example of what may stand in a template, for Meta, which approves it."""
APPROVED, UNSUBMITTED = "approved", "unsubmitted"
_NAME = re.compile(r"hearback_([a-z]+)_[a-z_]+_v(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Wording:
    """One edition of a text, as it stands in the account."""

    purpose: str
    language: str
    edition: int
    sid: str
    body: str
    status: str
    reason: str

    @property
    def is_approved(self) -> bool:
        return self.status == APPROVED

    def filled(self, words: str) -> dict[str, str] | None:
        """What is sent to say `words`, which stand in one line; None where they do not fit."""
        if not words or utf16(self.body) - len(SLOT) + utf16(words) > LONGEST:
            return None
        return {"content_sid": self.sid, "content_variables": json.dumps({"1": words}, ensure_ascii=False)}

    def as_template(self) -> Template:
        return Template(self.purpose, self.language, self.sid, self.status, self.reason, self.body)


def from_templates(templates: Iterable[Template]) -> dict[tuple[str, str], Wording]:
    """Those that may be used, by purpose and language. Whatever has no sentence cannot be known to fit."""
    usable = (template for template in templates if template.status == APPROVED and template.body)
    return {
        (t.name, t.language): Wording(t.name, t.language, 0, t.provider_id, t.body, t.status, t.reason) for t in usable
    }


def wordings(contents: Iterable[Json]) -> list[Wording]:
    """Of each purpose and language the edition in use: the newest approved one, else the newest."""
    best = attrgetter("is_approved", "edition")
    return [max(editions, key=best) for editions in _by_kind(contents).values()]


async def ensure(lists: Lists, contents: Iterable[Json], wanted: Sentences) -> None:
    """Makes what is missing or worded otherwise, and asks for approval of what was never submitted.

    The old wording stays in use until the new one is approved.
    """
    there = _by_kind(contents)
    for purpose, by_language in wanted.items():
        for language, body in by_language.items():
            newest = max(there.get((purpose, language), ()), key=attrgetter("edition"), default=None)
            if newest is None or newest.body != body:
                content = _content(purpose, language, newest.edition + 1 if newest else 1, body)
                sid = str((await lists.post(f"{lists.account.content_api}/v1/Content", content)).get("sid"))
                await _submit(lists, sid, content["friendly_name"])
            elif newest.status == UNSUBMITTED:
                await _submit(lists, newest.sid, _content(purpose, language, newest.edition, body)["friendly_name"])


async def _submit(lists: Lists, sid: str, name: str) -> None:
    """What cannot be submitted, say in a language that WhatsApp does not have, stays unsubmitted and is shown so."""
    address = f"{lists.account.content_api}/v1/Content/{sid}/ApprovalRequests/whatsapp"
    with suppress(Never, Gone):
        await lists.post(address, {"name": name, "category": "UTILITY"})


def _content(purpose: str, language: str, edition: int, body: str) -> dict[str, Any]:
    return {
        "friendly_name": f"hearback_{purpose}_{language.lower().replace('-', '_')}_v{edition}",
        "language": language,
        "variables": {"1": EXAMPLE},
        "types": {"twilio/text": {"body": body}},
    }


def _by_kind(contents: Iterable[Json]) -> dict[tuple[str, str], list[Wording]]:
    kind = attrgetter("purpose", "language")
    return {name: list(editions) for name, editions in groupby(sorted(_read(contents), key=kind), key=kind)}


def _read(contents: Iterable[Json]) -> Iterator[Wording]:
    for content in contents:
        named = _NAME.fullmatch(str(content.get("friendly_name")))
        types = content.get("types")
        if named and isinstance(types, dict) and isinstance(types.get("twilio/text"), dict):
            approval = _approval(content)
            yield Wording(
                purpose=named[1],
                language=str(content.get("language")),
                edition=int(named[2]),
                sid=str(content.get("sid")),
                body=str(types["twilio/text"].get("body")),
                status=str(approval.get("status") or UNSUBMITTED).lower(),
                reason=str(approval.get("rejection_reason") or ""),
            )


def _approval(content: Json) -> Json:
    """Twilio shows it in two shapes: by itself, or under the name of the platform."""
    requests = content.get("approval_requests")
    if not isinstance(requests, dict):
        return {}
    whatsapp = requests.get("whatsapp")
    return whatsapp if isinstance(whatsapp, dict) else requests
