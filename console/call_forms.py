"""The form of a call for members: how many seats, what it asks and gives, the facts for the quotas."""

from collections.abc import Sequence
from dataclasses import dataclass

import flows
from console._frame.desks import Desk
from console.numbers import typed_number
from console.wording import typed
from handlers import quota_facts
from handlers.writing import contents, moments
from locales import _

FACTS = 3
"""So many facts can be asked for in the form; a file can have more."""


@dataclass(frozen=True, slots=True)
class TypedFact:
    """A fact as it stands in the form; the options one a line, the same lines in each language."""

    number: int
    label: flows.Renditions
    why: flows.Renditions
    options: flows.Renditions


def facts_typed(desk: Desk) -> Sequence[TypedFact]:
    return [
        TypedFact(number, typed(desk, f"fact{number}"), typed(desk, f"why{number}"), typed(desk, f"options{number}"))
        for number in range(1, FACTS + 1)
    ]


def typed_call(desk: Desk, before: Sequence[flows.QuotaFact]) -> contents.MemberCall:
    """`before`: the facts of earlier calls; what asks the same has the same name. Raises `contents.Unfit`."""
    closes = moments.day(desk.line("closes"), _("open until"))
    if closes is None:
        raise contents.Unfit(_("Write the last day on which people can put themselves forward."))
    facts = quota_facts.named([_fact(fact) for fact in facts_typed(desk) if fact.label], before)
    return contents.MemberCall(typed_number(desk, "seats"), typed(desk, "asks"), typed(desk, "gives"), closes, facts)


def _fact(fact: TypedFact) -> flows.QuotaFact:
    in_lines = {code: _lines(text) for code, text in fact.options.items()}
    lengths = {len(lines) for lines in in_lines.values()}
    if len(lengths) > 1:
        raise contents.Unfit(_("Write as many answers in each language, one a line, in the same order."))
    options = tuple(
        flows.Option(f"o{place + 1}", {code: lines[place] for code, lines in in_lines.items()})
        for place in range(lengths.pop() if lengths else 0)
    )
    return flows.QuotaFact(f"f{fact.number}", fact.label, fact.why, options)


def _lines(text: str) -> Sequence[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
