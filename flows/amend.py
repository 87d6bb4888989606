"""A text that is written together: reading it part by part, saying something of a part, proposing other words."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from channels.messages import Choice
from flows._engine.asking import agrees, choose, hear
from flows._engine.effects import Allowed, Effect, Switched, Words
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.texts import OpenPart, OpenText, PlaceInText, Proposal
from flows._engine.words import to_send
from flows._texts.lists import Entry, listed
from flows._texts.renditions import choices, named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("read"),)
# To translators: a text that many people write together. At most 24 letters.
label = N_("Read the common text")
needs = ("texts", "contribution")

MORE, READ_ON, PROPOSE, COMMENT, PROPOSALS, CHANGES, NEXT, LIST, SUPPORT, WITHDRAW, BACK = (
    "more", "read_on", "propose", "comment", "proposals", "changes", "next", "list", "support", "withdraw", "back",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turned(Effect):
    """The person goes on reading there."""

    place: PlaceInText


@dataclass(frozen=True, slots=True)
class Presented(Effect):
    """The person wants to know what a text is to become, and who decides."""

    text: str


@dataclass(frozen=True, slots=True)
class PartRead(Effect):
    """The person wants to read a part, or a piece of it."""

    place: PlaceInText


@dataclass(frozen=True, slots=True)
class PartCompared(Effect):
    """The person wants to know what the newest edition of a part changed."""

    text: str
    part: str


@dataclass(frozen=True, slots=True)
class ProposalRead(Effect):
    """The person wants to read what somebody else proposed for a part."""

    proposal: str


@dataclass(frozen=True, slots=True)
class Amended(Effect):
    """The person said something of a part, or proposed other words for it. Given again, it takes the first's place."""

    text: str
    part: OpenPart
    contribution: str
    words: Words
    proposes: bool


@dataclass(frozen=True, slots=True)
class Supported(Effect):
    """The person wants what somebody else proposed, or does not want it any more."""

    text: str
    proposal: str
    supports: bool


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.drafted else ""


def talk(facts: Facts) -> Talk:
    if not facts.texts:
        yield Say(_("There is no text to read here now."))
    elif facts.opened is None:
        text = yield from choose(_("Which text do you want to read?"), choices(facts, facts.texts))
        yield from _turn(PlaceInText(text))
    elif facts.opened.part is None:
        yield from _choose_part(facts, facts.opened)
    else:
        yield PartRead(facts.opened.place)
        yield from _read(facts, facts.opened, facts.opened.part)


def _turn(place: PlaceInText) -> Talk:
    yield Turned(place)
    yield Switched("amend")


def _choose_part(facts: Facts, opened: OpenText) -> Talk:
    if not opened.place.knows:
        yield Presented(opened.place.text)
    if not opened.parts:
        yield Say(_("There is no text to read here now."))
        return
    entries = [Entry(part.value, named(facts, part.label), named(facts, part.label)) for part in opened.parts]
    if facts.costs_by_length:
        question, offered = listed(facts, entries, _("Which part do you want to read?"))
    else:
        question, offered = _("Which part do you want to read?"), listed(facts, entries, "")[1]
    if opened.more:
        offered = (*offered, Choice(MORE, _("Show more")))
    answer = yield from choose(question, offered)
    place = replace(opened.place, knows=True)
    if answer == MORE:
        yield from _turn(replace(place, after=place.after + len(opened.parts)))
    else:
        yield from _turn(replace(place, part=answer))


def _read(facts: Facts, opened: OpenText, part: OpenPart) -> Talk:
    compared = False
    while True:
        offered = _wishes(opened, part, compared=compared)
        match (yield from choose(_("You can also do this:"), offered)):
            case "read_on":
                yield from _turn(replace(opened.place, piece=opened.place.piece + 1))
            case "next":
                yield from _turn(replace(opened.place, part=part.behind, piece=0))
            case "changes":
                compared = True
                yield PartCompared(opened.place.text, part.id)
                continue
            case "propose":
                yield from _propose(facts, opened, part)
            case "comment":
                yield from _comment(facts, opened, part)
            case "proposals":
                yield from _look_through(opened, part.proposals)
            case _list:
                yield from _turn(replace(opened.place, part="", piece=0, after=0))
        return


def _wishes(opened: OpenText, part: OpenPart, *, compared: bool) -> Iterator[Choice]:
    if opened.place.piece + 1 < part.pieces:
        # To translators: leads to the next piece of a long text. At most 20 letters.
        yield Choice(READ_ON, _("Read on"))
    if opened.takes:
        # To translators: to write how a passage should read instead. At most 20 letters.
        yield Choice(PROPOSE, _("Propose other words"))
        # To translators: to say what one thinks of a passage. At most 20 letters.
        yield Choice(COMMENT, _("Say what I think"))
    if part.proposals:
        # To translators: leads to what others propose for a passage. At most 20 letters.
        yield Choice(PROPOSALS, _("What others propose"))
    if part.edition > 1 and not compared:
        # To translators: leads to what has changed in a passage. At most 20 letters.
        yield Choice(CHANGES, _("What changed"))
    if part.behind:
        # To translators: leads to the next part of a text. At most 20 letters.
        yield Choice(NEXT, _("Next part"))
    # To translators: leads to the list of all parts of a text. At most 20 letters.
    yield Choice(LIST, _("All parts"))


def _propose(facts: Facts, opened: OpenText, part: OpenPart) -> Talk:
    what = _("How should this part read? Please leave out names and addresses.")
    proposed = yield from hear(what, facts.takes_voice)
    yield Amended(opened.place.text, part, facts.contribution, proposed, proposes=True)
    question = _(
        "May others read your own words, without your name? Whoever knows you may still recognise you by them."
    )
    if quotable := (yield from agrees(question, _("Yes, they may"), _("No, they may not"))):
        yield Allowed(facts.contribution, quotable)
    organizer = named(facts, facts.process.organizer)
    thanks = _("Thank you. {organizer} will read it. We will tell you here what is decided.", organizer=organizer)
    support = _("Others can support it once it has been looked at.")
    yield Say(f"{thanks} {support}" if quotable else thanks)


def _comment(facts: Facts, opened: OpenText, part: OpenPart) -> Talk:
    what = _("What do you think of this part? Please leave out names and addresses.")
    comment = yield from hear(what, facts.takes_voice)
    yield Amended(opened.place.text, part, facts.contribution, comment, proposes=False)
    organizer = named(facts, facts.process.organizer)
    yield Say(
        _("Thank you. {organizer} will read it. We will tell you here what was done with it.", organizer=organizer)
    )


def _look_through(opened: OpenText, proposals: Sequence[Proposal]) -> Talk:
    """One at a time: by SMS each costs."""
    for number, proposal in enumerate(proposals, start=1):
        yield ProposalRead(proposal.id)
        is_last = number == len(proposals)
        match (yield from _wants(opened, proposal, is_last=is_last)):
            case "next":
                continue
            case "support":
                yield Supported(opened.place.text, proposal.id, supports=True)
                yield Say(
                    _(
                        "Thank you. We will tell you here what is decided. To undo this, send {word}.",
                        word=to_send("read"),
                    )
                )
            case "withdraw":
                yield Supported(opened.place.text, proposal.id, supports=False)
                yield Say(_("We do not count you any more with those who want this."))
            case _back:
                yield from _turn(replace(opened.place, part="", piece=0, after=0))
        return


def _wants(opened: OpenText, proposal: Proposal, *, is_last: bool) -> Generator[Ask, Answer, str]:
    offered = []
    if opened.takes and proposal.supports:
        offered.append(Choice(WITHDRAW, _("I do not want this")))
    elif opened.takes:
        offered.append(Choice(SUPPORT, _("I want this too")))
    if not is_last:
        # To translators: leads to what the next person proposes. At most 20 letters.
        offered.append(Choice(NEXT, _("Next proposal")))
    offered.append(Choice(BACK, _("All parts")))
    return (yield from choose(_("You can also do this:"), offered, exactly=(SUPPORT,)))
