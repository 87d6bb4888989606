"""The facts that a council's calls ask, by which its seats can require something."""

from collections.abc import Iterable, Mapping, Sequence

import flows
from handlers.writing import contents
from locales import to_staff
from storage import Session, member_calls


async def of_council(session: Session, process_id: str, council_id: str) -> Sequence[flows.QuotaFact]:
    """Each once, as the newest call that asks it has it."""
    facts: dict[str, flows.QuotaFact] = {}
    for call in await member_calls.of_council(session, process_id, council_id):
        for fact in contents.unpack(call.content, contents.MemberCall).facts:
            facts.setdefault(fact.value, fact)
    return list(facts.values())


async def check_required(session: Session, process_id: str, council_id: str, requires: Mapping[str, str]) -> None:
    """Raises `contents.Unfit` where no call asks what seats are to require."""
    options = {
        fact.value: {option.value for option in fact.options}
        for fact in await of_council(session, process_id, council_id)
    }
    if any(value not in options.get(fact, ()) for fact, value in requires.items()):
        raise contents.Unfit(to_staff("A seat can only require what a call of its council asks."))


async def check_same(session: Session, process_id: str, council_id: str, facts: Iterable[flows.QuotaFact]) -> None:
    """Raises `contents.Unfit` where a fact has the name of one that asks something else.

    A seat that requires an answer would get somebody who gave it to another question.
    """
    before = {fact.value: fact for fact in await of_council(session, process_id, council_id)}
    for fact in facts:
        if fact.value in before and not _asks_the_same(before[fact.value], fact):
            raise contents.Unfit(
                to_staff("{fact}: an earlier call asks something else by this name. Choose another.", fact=fact.value)
            )


def named(facts: Sequence[flows.QuotaFact], before: Sequence[flows.QuotaFact]) -> tuple[flows.QuotaFact, ...]:
    """These, each with the name of the one that asked the same before, or one that nothing had."""
    taken = {fact.value for fact in before}
    made: list[flows.QuotaFact] = []
    for fact in facts:
        same = next((it for it in before if alike(it.label, fact.label)), None)
        name = same.value if same is not None else _fresh("f", taken)
        taken.add(name)
        made.append(flows.QuotaFact(name, fact.label, fact.why, _options(fact.options, same.options if same else ())))
    return tuple(made)


def alike(first: flows.Renditions, second: flows.Renditions) -> bool:
    """Whether they say the same in each language that both have, and there is one."""
    shared = first.keys() & second.keys()
    return bool(shared) and all(first[language] == second[language] for language in shared)


def _options(options: Sequence[flows.Option], before: Sequence[flows.Option]) -> tuple[flows.Option, ...]:
    taken = {option.value for option in before}
    made = []
    for option in options:
        same = next((it for it in before if alike(it.label, option.label)), None)
        name = same.value if same is not None else _fresh("o", taken)
        taken.add(name)
        made.append(flows.Option(name, option.label))
    return tuple(made)


def _fresh(letter: str, taken: set[str]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"{letter}{number}") not in taken)


def _asks_the_same(first: flows.QuotaFact, second: flows.QuotaFact) -> bool:
    labels = {option.value: option.label for option in first.options}
    return alike(first.label, second.label) and all(
        option.value not in labels or alike(labels[option.value], option.label) for option in second.options
    )
