"""Somebody puts themselves forward for a council, withdraws, or says whether they take a seat that was drawn."""

from collections.abc import Generator
from dataclasses import dataclass, field

from channels.messages import Choice
from flows._engine.asking import agrees, choose
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.votes import MemberCall, QuotaFact
from flows._engine.words import to_send
from flows._texts.renditions import choices, named, written
from flows.region import RATHER_NOT
from locales import N_, _, in_words

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("candidate"),)
label = N_("Join a council")
needs = ("calls",)


@dataclass(frozen=True, slots=True)
class FactTold:
    """One fact for the quotas."""

    fact: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Forwarded(Effect):
    """The person put themselves forward, and told this of themselves for the quotas."""

    call: str
    facts: tuple[FactTold, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withdrawn(Effect):
    """The person stands for this call no more: nothing of it is left."""

    call: str


@dataclass(frozen=True, slots=True)
class SeatTaken(Effect):
    """The person takes the seat that they were drawn for."""

    call: str


@dataclass(frozen=True, slots=True)
class SeatDeclined(Effect):
    """The person does not take the seat that they were drawn for."""

    call: str


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.called else ""


def talk(facts: Facts) -> Talk:
    if not facts.calls:
        yield Say(_("No council looks for members now."))
        return
    call = facts.calls[0]
    if len(facts.calls) > 1:
        offered = tuple(Choice(its.id, named(facts, its.council)) for its in facts.calls)
        chosen = yield from choose(_("Several councils look for members. Which one is it about?"), offered)
        call = next(its for its in facts.calls if its.id == chosen)
    if call.state == "offered":
        yield from _answer(facts, call)
    elif call.state:
        yield from _withdraw(facts, call)
    else:
        yield from _stand(facts, call)


def _stand(facts: Facts, call: MemberCall) -> Talk:
    if not (yield from agrees(_terms(facts, call), _("Yes, go on"), _("No, not now"), goes_on=True)):
        yield Say(_("You do not stand. You can change your mind until {day}.", day=in_words(call.closes)))
        return
    answers = []
    for fact in call.facts:
        value = yield from _ask(facts, fact)
        if value != RATHER_NOT:
            answers.append(FactTold(fact.value, value))
    yield Forwarded(call.id, tuple(answers))
    yield Say(
        _(
            "You have put yourself forward. We write to you when it is decided. To withdraw, send {word}: then nothing "
            "of it is left.",
            word=to_send("candidate"),
        )
    )


def _terms(facts: Facts, call: MemberCall) -> str:
    sentences = [
        written(facts, call.council, (call.asks, call.gives)),
        *([named(facts, call.about)] if call.about else ()),
        _("What we ask of you: {asks}", asks=named(facts, call.asks)),
        _("What you get: {gives}", gives=named(facts, call.gives)),
    ]
    if call.facts:
        sentences.append(
            _("We then ask about you, so that all kinds of people are drawn. You may skip it. Only totals are seen.")
        )
    sentences.append(_("You can withdraw at any time. Do you want to put yourself forward?"))
    return "\n".join(sentences)


def _ask(facts: Facts, fact: QuotaFact) -> Generator[Ask, Answer, str]:
    text = "\n".join((written(facts, fact.label, (fact.why,)), named(facts, fact.why)))
    return (yield from choose(text, (*choices(facts, fact.options), Choice(RATHER_NOT, _("I'd rather not say")))))


def _answer(facts: Facts, call: MemberCall) -> Talk:
    question = "\n".join(
        (
            _("You were drawn for a seat on this council: {name}.", name=named(facts, call.council)),
            _("What we ask of you: {asks}", asks=named(facts, call.asks)),
            _("Do you take the seat?"),
        )
    )
    if (yield from agrees(question, _("Yes, I take it"), _("No, I do not"))):
        yield SeatTaken(call.id)
        yield Say(_("Welcome to the council. We will write to you when there is something to vote on."))
        yield Say(_("To give up your seat, send {word}.", word=to_send("seat")))
        return
    yield SeatDeclined(call.id)
    yield Say(_("All right, somebody else gets the seat. Thank you for telling us."))


def _withdraw(facts: Facts, call: MemberCall) -> Talk:
    question = _(
        "You have put yourself forward for this council: {name}. Do you want to withdraw? Then nothing of it is left.",
        name=named(facts, call.council),
    )
    if not (yield from agrees(question, _("Yes, withdraw"), _("No, I stay"))):
        yield Say(_("Nothing has changed."))
        return
    yield Withdrawn(call.id)
    yield Say(_("You have withdrawn. Nothing of it is left here."))
