"""A sum that is put to the vote: how it is checked, and how it stands on a ballot."""

from babel.numbers import list_currencies

import council
import flows
from handlers.writing import contents
from locales import N_, _, money, speaking, spoken, to_staff

LARGEST = 999_999_999_999
# To translators: what is voted on, and what it costs or gets, for example "Interpreters: 12,000 CHF".
PRICED = N_("{option}: {amount}")


def check(round_: contents.Round, rule: council.Rule) -> None:
    """Raises `contents.Unfit` where the rule needs a sum or costs that lack, has no use for them, or cannot reckon with
    them."""
    if any(matter.cost for matter in round_.matters) and "costs" not in rule.settles:
        wrong = {"field": "cost", "rule": round_.rule}
        raise contents.Unfit(to_staff("{field}: the rule {rule} does not know this; leave it out.", **wrong))
    if "costs" in rule.settles and not round_.budget:
        raise contents.Unfit(to_staff("budget: the rule {rule} needs the sum that is shared out.", rule=round_.rule))
    if not round_.budget:
        if round_.currency:
            raise contents.Unfit(to_staff("currency: there is no budget of this currency; give both or none."))
        return
    if not 1 <= round_.budget <= LARGEST:
        raise contents.Unfit(to_staff("budget: write a whole number, from 1 to {most}.", most=LARGEST))
    if round_.currency not in list_currencies():
        raise contents.Unfit(to_staff("currency: write the three letters of a currency, for example CHF."))
    if "costs" in rule.settles:
        _check_costs(round_)


def _check_costs(round_: contents.Round) -> None:
    for matter in round_.matters:
        if not 1 <= matter.cost <= round_.budget:
            label = flows.rendition(matter.label, spoken(), ()).text
            most = money(round_.budget, round_.currency)
            raise contents.Unfit(
                to_staff(
                    "{option}: cost: write a whole number, from 1 to all of the sum: {most}.", option=label, most=most
                )
            )


def read(written: str, what: str) -> int:
    """The whole number that a field of a form holds, its thousands apart or not; 0: it is empty. Raises
    `contents.Unfit`."""
    figures = "".join(written.split()).replace("'", "").replace("’", "")
    if figures and not (figures.isdecimal() and len(figures) <= len(str(LARGEST))):
        wrong = {"what": what, "written": written}
        raise contents.Unfit(to_staff("{what}: {written} is no whole number; write it like 12000.", **wrong))
    return int(figures or 0)


def options(round_: contents.Round) -> tuple[flows.Option, ...]:
    """What is voted on as it stands on a ballot: with what it costs, where that is settled."""
    return tuple(flows.Option(matter.value, label(round_, matter)) for matter in round_.matters)


def label(round_: contents.Round, matter: contents.Matter) -> flows.Renditions:
    if not matter.cost:
        return matter.label
    return {code: _priced(round_, text, matter.cost, code) for code, text in matter.label.items()}


def _priced(round_: contents.Round, text: str, amount: int, code: str) -> str:
    with speaking(code):
        return priced(text, amount, round_.currency)


def priced(text: str, amount: int, currency: str) -> str:
    """A text and an amount of money, in the language being spoken."""
    return _(PRICED, option=text, amount=money(amount, currency))
