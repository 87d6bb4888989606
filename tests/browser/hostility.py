"""Whether what attackers wrote has stayed text in a page."""

import re
from collections.abc import Iterable
from unicodedata import category

from playwright.async_api import Page

from tests.hostile import TEXTS

ALIENS = """
() => {
  const never = new Set(["base", "embed", "frame", "frameset", "iframe", "marquee", "math", "object", "plaintext",
    "portal", "xmp"]);
  const leads = ["action", "background", "data", "formaction", "href", "ping", "poster", "src", "srcset", "xlink:href"];
  const isAlien = (element) => never.has(element.localName)
    || [...element.attributes].some(({name, value}) => /^(on|hx-on|data-hx-|srcdoc|style$|shadowroot)/.test(name)
      || /hostile|js:/.test(name.startsWith("hx-") ? value : "")
      || (leads.includes(name) && /hostile\\.example|^[^a-z]*(javascript|vbscript|data|file|blob):/i.test(value)));
  return [...document.querySelectorAll("*")].filter(isAlien).map((element) => element.outerHTML.slice(0, 200));
}
"""
"""The elements that no template of ours makes."""
WORDS = """
() => [document.documentElement.textContent,
  ...[...document.querySelectorAll("input, textarea")].map((field) => field.value),
  ...[...document.querySelectorAll("[title], [aria-label], [data-label]")].flatMap((element) =>
    [...element.attributes].map(({value}) => value))].join(" ")
"""
UNSEEN = re.compile(r"[\s\uFFFD␦]+")


async def assert_is_text(page: Page, texts: Iterable[str] = TEXTS) -> None:
    """All of them stand in the page to be read, and nothing in it has come of them."""
    assert await page.evaluate(ALIENS) == [], page.url
    shown = seen(await page.evaluate(WORDS))
    assert [text for text in texts if seen(text) not in shown] == [], page.url


def seen(text: str) -> str:
    """A text without what has no shape: a field may take that away, or a page show a mark in its place."""
    return UNSEEN.sub("", "".join(sign for sign in text if category(sign) not in ("Cc", "Cf", "Cn")))
