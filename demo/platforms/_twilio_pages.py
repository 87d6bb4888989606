"""Twilio's lists, a page at a time, in the old shape and in the new one."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from demo.platforms._twilio_api import Json, Text

MOST = 1000


def messages_page(entries: Sequence[Json], query: Mapping[str, str], path: str, most: int = MOST) -> Json:
    """As the REST API of 2010 pages: the addresses have no host. `most` is what this Twilio puts on a page."""
    size, page, first = _bounds(query, most)
    here = entries[first : first + size]

    def uri(number: int) -> str:
        return f"{path}?{_query(query, size, number, 'PA')}"

    return {
        "messages": list(here),
        "page": page,
        "page_size": size,
        "start": first,
        "end": max(first, first + len(here) - 1),
        "uri": uri(page),
        "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if len(entries) > first + size else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }


def contents_page(entries: Sequence[Json], query: Mapping[str, str], path: str, most: int = MOST) -> Json:
    """As the newer APIs page: whole addresses, under "meta"."""
    size, page, first = _bounds(query, most)

    def url(number: int) -> str:
        return f"https://content.twilio.com{path}?{_query(query, size, number, 'PT')}"

    meta = {
        "key": "contents",
        "page": page,
        "page_size": size,
        "url": url(page),
        "first_page_url": url(0),
        "next_page_url": url(page + 1) if len(entries) > first + size else None,
        "previous_page_url": url(page - 1) if page else None,
    }
    return {"contents": list(entries[first : first + size]), "meta": meta}


def matches(text: Text, query: Mapping[str, str]) -> bool:
    """Whether a list with these filters holds the message. What is not sent yet has no day to be found by."""
    if text.to != query.get("To", text.to) or text.sender != query.get("From", text.sender):
        return False
    on, until, since = (query.get(f"DateSent{sign}", "") for sign in ("", "<", ">"))
    if (on or until or since) and not text.is_sent:
        return False
    day = text.at.date().isoformat()
    moment = text.at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def at(bound: str) -> str:
        return moment if "T" in bound else day

    return (not on or on == at(on)) and (not until or at(until) <= until) and (not since or at(since) >= since)


def _bounds(query: Mapping[str, str], most: int) -> tuple[int, int, int]:
    """(size of a page, its number, where it begins)"""
    size = min(int(query.get("PageSize", 50)), most)
    page = int(query.get("Page", 0))
    return size, page, size * page


def _query(query: Mapping[str, str], size: int, number: int, token: str) -> str:
    here = {"PageSize": str(size), "Page": str(number)}
    return urlencode({**query, **here} | ({"PageToken": f"{token}{number:032x}"} if number else {}))
