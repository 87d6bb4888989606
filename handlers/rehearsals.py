"""A consultation as it will be held on a phone of each platform: the invitation, the promise, and every question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

import channels
import flows
from channels import Channel
from flows import OpenConsultation, Wants
from handlers import consultations
from handlers.processes import OpenProcess
from handlers.telling import Announcement
from handlers.writing import contents
from storage.broadcasts import CONSULTATION, Subject


@dataclass(frozen=True, slots=True)
class Said:
    """What we say in one turn."""

    texts: tuple[str, ...] = field(repr=False)
    """Message by message."""
    buttons: tuple[str, ...] = ()
    """What can be tapped; () where choices stand in the text, or none are offered."""


@dataclass(frozen=True, slots=True)
class RehearsedPhone:
    """The talk on one platform."""

    kind: str
    turns: tuple[Said, ...]
    is_here: bool
    """We have a sender there."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The talk in one language."""

    language: str
    written_in: str
    """The language that its title stands in for them."""
    phones: tuple[RehearsedPhone, ...]

    @property
    def is_foreign(self) -> bool:
        """They read it in another language than theirs, after a sentence that says so."""
        return self.written_in != self.language


def rehearsals(
    process: OpenProcess, consultation: contents.Consultation, senders: Mapping[str, Channel]
) -> Sequence[Rehearsal]:
    """In every language of the process. `senders`: those that we have, by name."""
    ours = {channel.kind: channel for channel in senders.values()}
    invited = Announcement(Subject(CONSULTATION, ""), consultations.invitation(process, consultation))
    invitation = invited.told(process.content)
    return [
        Rehearsal(
            language,
            flows.rendition(consultation.title, language, process.content.languages).language,
            tuple(
                RehearsedPhone(
                    kind,
                    (
                        Said(tuple(filter(None, channels.texts_of(kind, invitation.outgoing(language, CONSULTATION))))),
                        *_turns(process, consultation, kind, ours.get(kind), language),
                    ),
                    kind in ours,
                )
                for kind in channels.kinds()
            ),
        )
        for language in process.content.languages
    ]


def _turns(
    process: OpenProcess, consultation: contents.Consultation, kind: str, channel: Channel | None, language: str
) -> Iterator[Said]:
    """Every question is answered in some way, so that all that is said is."""
    opened = OpenConsultation("", consultation.title, consultation.promise, consultation.questions)
    kept = flows.Kept(language=language, channel=kind, consented=True, consulted=True, consultation=opened)
    talk, known = flows.flows()["answer"].talk, kept.within(_surroundings(process, channel))
    turn, played = flows.advance(talk, known, ()), flows.play(talk, known, ())
    while turn.question is not None:
        yield _said(process, kind, language, turn)
        # One talk that goes on, where a replay for each answer would take the square of its length.
        turn = played.go_on(_some(turn.question))
        played.question = turn.question
    yield _said(process, kind, language, turn)


def _some(question: flows.Ask) -> flows.Answer:
    if question.wants is Wants.WORDS:
        return flows.Words()
    return question.offered[:1] if question.wants is Wants.SEVERAL else question.offered[0]


def _said(process: OpenProcess, kind: str, language: str, turn: flows.Turn) -> Said:
    outgoing = flows.reply(turn.texts, turn.question, language, process.content)
    texts = tuple(filter(None, channels.texts_of(kind, outgoing)))
    labels = tuple(choice.label for choice in outgoing.choices)
    is_listed = all(label in texts[-1] for label in labels)
    return Said(texts, () if is_listed else labels)


def _surroundings(process: OpenProcess, channel: Channel | None) -> flows.Surroundings:
    around = flows.Surroundings(process.content)
    if channel is None:
        return around
    return replace(
        around,
        costs_by_length=channel.costs_by_length,
        takes_voice=channel.takes_voice,
        reserved_words=channel.reserved_words,
        carrier=channel.carrier,
        shows_numbers=channel.shows_numbers,
        most_buttons=channel.most_buttons,
    )
