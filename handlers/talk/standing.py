"""Where a conversation stands: the talks under way in one chat, small enough to keep with every address."""

import dataclasses
from datetime import datetime
from functools import cache

import msgspec
from msgspec import Struct
from msgspec.structs import replace

import flows
from flows import Ask
from handlers.talk.patience import Heard

UNSEEN = ("",)
"""In place of the choices that a question was sent with which was not sent: nothing typed or tapped chooses there."""

RECOGNISE = "recognise"
"""The flow that asks who it is, after a silence in which a number may have become somebody else's."""

ANSWERS = 512
"""The bytes that the choices of a talk are given, with those that are offered next. Only free words need more."""
VOTE = 2560
"""The same of a vote: its longest ballot, given twice, beside the longest list of what can be chosen and all that was
read before."""


class KeptTalk(Struct, frozen=True, omit_defaults=True):
    """One flow under way: all that is kept of it."""

    flow: str
    edition: int
    facts: flows.Kept
    answers: tuple[flows.Answer, ...] = ()

    def opened(self, surroundings: flows.Surroundings) -> flows.Turn:
        """What it begins with."""
        return flows.advance(flows.flows()[self.flow].talk, self.facts.within(surroundings), ())

    def played(self, surroundings: flows.Surroundings) -> flows.Played:
        """As it stands after these answers. Raises `DoesNotFit`."""
        flow = flows.flows().get(self.flow)
        if flow is None or flow.edition != self.edition:
            raise flows.DoesNotFit
        return flows.play(flow.talk, self.facts.within(surroundings), self.answers)

    def answered(self, answer: flows.Answer) -> "KeptTalk":
        return KeptTalk(self.flow, self.edition, self.facts, (*self.answers, answer))

    def without_ballot(self) -> "KeptTalk":
        """As it is kept: what the person chose in a vote has been told when the talk opened, and nothing else."""
        vote = self.facts.round
        facts = replace(self.facts, own_ballots=()) if self.facts.own_ballots else self.facts
        if vote is not None and vote.ballot:
            facts = replace(facts, round=dataclasses.replace(vote, ballot=""))
        return KeptTalk(self.flow, self.edition, facts, self.answers)

    def without_last_answer(self) -> "KeptTalk":
        return KeptTalk(self.flow, self.edition, self.facts, self.answers[:-1])


class Standing(Struct, frozen=True, omit_defaults=True):
    """The talks under way in one chat, the innermost last, and the token of the question that is open."""

    talks: tuple[KeptTalk, ...] = ()
    token: str = ""
    invitation: str = ""
    """What somebody who has not agreed yet was invited with, as it is looked up; their seat waits for their yes."""
    offered: tuple[str, ...] | None = None
    """The choices that the open question was sent with, in this order. None: we cannot tell any more."""
    heard: Heard = Heard()
    tries: tuple[datetime, ...] = ()
    """When they last sent a number of a chat to link that there is not."""

    @property
    def chosen_from(self) -> str:
        """The token of the open question if it offers choices: words can be written without having read a question."""
        return self.token if self.offered else ""

    @property
    def votes(self) -> bool:
        """Whether a vote is open, in which a ballot may be read back."""
        return any(talk.facts.round is not None for talk in self.talks)

    @property
    def votes_in(self) -> frozenset[str]:
        """The rounds in which somebody is just filling in a ballot: it is read back to them before it counts."""
        return frozenset(talk.facts.round.id for talk in self.talks if talk.facts.round is not None)

    @property
    def recognises(self) -> bool:
        """Whether what is open is who writes."""
        return bool(self.talks) and self.talks[-1].flow == RECOGNISE

    def with_talks(self, talks: tuple[KeptTalk, ...]) -> "Standing":
        return replace(self, talks=talks)

    def in_another_process(self) -> "Standing":
        """The same where their chat goes into another process: nothing of the one before is open there."""
        return replace(self, talks=(), token="", offered=None)

    def asking(self, token: str, question: Ask | None) -> "Standing":
        """The same, once this question has been sent."""
        return self._with_open(token, question.offered if question is not None else ())

    def unsent(self, token: str, question: Ask | None) -> "Standing":
        """The same, where this question was not sent: what they see is another one, or none."""
        return self._with_open(token, UNSEEN if question is not None else ())

    def _with_open(self, token: str, offered: tuple[str, ...]) -> "Standing":
        return replace(self, token=token, offered=offered)

    def without(self, flow: str) -> "Standing":
        """The same, with no talk of this flow under way: nothing that was sent for it counts any more."""
        stays = tuple(talk for talk in self.talks if talk.flow != flow)
        return self if stays == self.talks else replace(self, talks=stays, token="", offered=UNSEEN)

    def in_language(self, language: str) -> "Standing":
        """The same, to be replayed in another language."""
        if all(talk.facts.language == language for talk in self.talks):
            return self
        return self.with_talks(tuple(replace(t, facts=replace(t.facts, language=language)) for t in self.talks))

    def beneath(self, flow: str, inside: bool) -> "Standing":
        """What stays under way when a flow is opened, inside it or instead of it: no flow is open twice."""
        stays = tuple(talk for talk in self.talks if talk.flow != flow) if inside else ()
        return self.with_talks(stays)


def lost(facts: flows.Kept) -> Standing:
    """In place of what cannot be read any more: a talk that fits no flow."""
    return Standing((KeptTalk("", 0, facts),))


def packed(standing: Standing) -> str:
    return msgspec.json.encode(standing).decode()


def room(standing: Standing) -> int:
    """The bytes that it takes when it is kept, whatever was answered by choice: its length must not tell a vote."""
    unanswered = tuple(KeptTalk(talk.flow, talk.edition, talk.facts) for talk in standing.talks)
    free = sum(VOTE if talk.facts.round is not None else ANSWERS for talk in standing.talks)
    return len(packed(replace(standing, talks=unanswered, offered=None)).encode()) + max(free, ANSWERS)


def unpacked(text: str | None) -> Standing:
    """Raises `DoesNotFit` when it was packed by a version that kept other things."""
    if text is None:
        return Standing()
    try:
        return _decoder().decode(text)
    except msgspec.DecodeError as wrong:
        raise flows.DoesNotFit from wrong


@cache
def _decoder() -> msgspec.json.Decoder[Standing]:
    return msgspec.json.Decoder(Standing)
