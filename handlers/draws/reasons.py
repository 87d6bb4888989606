"""Why nobody can be drawn, and what would have to change, in plain sentences."""

from collections.abc import Mapping, Sequence

from council import lots
from council.lots import Cannot
from handlers.draws.labels import CATEGORY
from locales import to_staff


def why(cannot: Cannot, labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Why nobody can be drawn, a sentence each, the last of which say what to do.

    `labels`: by category and value, what staff call it, as `labels_of` gives it.
    """
    category = _label(labels, cannot.category)
    match cannot:
        case Cannot("not_installed"):
            return [
                to_staff("The libraries that draw are not installed on this server."),
                to_staff("Install the extra “lots”: {command}", command="./run install lots"),
            ]
        case Cannot("too_few", numbers=(candidates, seats)):
            return [
                to_staff("Candidates: {candidates}. Seats to be drawn: {seats}.", candidates=candidates, seats=seats),
                to_staff("There has to be at least one seat, and no fewer candidates than seats."),
            ]
        case Cannot("missing", numbers=(candidates,)):
            return [
                to_staff(
                    "What candidates told about “{category}” is missing. Of so many candidates: {candidates}.",
                    category=category,
                    candidates=candidates,
                )
            ]
        case Cannot("contradicting", numbers=(least, most, seats)):
            return [
                to_staff("The quotas for “{category}” do not fit {seats} seats.", category=category, seats=seats),
                to_staff("Together they ask for at least {least} and allow at most {most}.", least=least, most=most),
            ]
        case Cannot("infeasible", relaxations=relaxations):
            return [
                to_staff("No group of these candidates keeps all the quotas."),
                to_staff("One would if you changed this, and as little as possible:"),
                *(_relaxed(relaxation, labels) for relaxation in relaxations),
            ]
        case Cannot("unfilled", numbers=(seats,)):
            return [
                to_staff(
                    "Too few candidates fit what {seats} seats require: {what}.",
                    seats=seats,
                    what=in_words(lots.required(cannot.category), labels),
                ),
                to_staff("Abolish some of these seats and add others, or call for more candidates."),
            ]
        case Cannot("too_varied", numbers=(most,)):
            return [to_staff("The seats of one draw can require at most {most} different things.", most=most)]
        case Cannot("dissolved"):
            return [to_staff("The council was dissolved before the seats were given.")]
    return [to_staff("The draw broke off again and again. Whoever runs this server finds the reason in its log.")]


def in_words(requirements: Sequence[lots.Requirement], labels: Mapping[str, Mapping[str, str]]) -> str:
    """What seats require, as staff call it."""
    each = [
        ", ".join(f"{_label(labels, category)} {_label(labels, category, value)}" for category, value in its.items())
        for its in requirements
    ]
    return "; ".join(each)


def _relaxed(relaxation: lots.Relaxation, labels: Mapping[str, Mapping[str, str]]) -> str:
    if seats := lots.required(relaxation.category):
        return to_staff(
            "Seats that require this: {instead} instead of {before}. {what}",
            before=relaxation.limits.least,
            instead=relaxation.instead.least,
            what=in_words(seats, labels),
        )
    names = {
        "category": _label(labels, relaxation.category),
        "value": _label(labels, relaxation.category, relaxation.value),
    }
    before, instead = relaxation.limits, relaxation.instead
    if instead.least == before.least:
        return to_staff(
            "{category}, {value}: at most {instead} instead of {before}.",
            before=before.most,
            instead=instead.most,
            **names,
        )
    if instead.most == before.most:
        return to_staff(
            "{category}, {value}: at least {instead} instead of {before}.",
            before=before.least,
            instead=instead.least,
            **names,
        )
    return to_staff("{category}, {value}: from {least} to {most}.", least=instead.least, most=instead.most, **names)


def _label(labels: Mapping[str, Mapping[str, str]], category: str, value: str = CATEGORY) -> str:
    return labels.get(category, {}).get(value, category if value == CATEGORY else value)
