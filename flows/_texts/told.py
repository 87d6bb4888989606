"""One text on its way to many people, each of whom reads it in their own language."""

from dataclasses import dataclass

import msgspec

from channels.messages import Outgoing
from flows._engine.facts import Renditions
from flows._texts.renditions import rendition, with_notice


@dataclass(frozen=True, slots=True)
class Told:
    """`order`: the languages in which a missing rendition falls back."""

    text: Renditions
    order: tuple[str, ...]
    without_accents: bool = False
    """By SMS, where that saves a segment."""

    def to(self, language: str) -> str:
        """What a reader of this language gets, with a notice in it when the text is in another one."""
        return with_notice(rendition(self.text, language, self.order), language)

    def outgoing(self, language: str, purpose: str = "") -> Outgoing:
        """The message to a reader of this language; `purpose` is what it is for."""
        return Outgoing(self.to(language), language, purpose=purpose, without_accents=self.without_accents)

    def packed(self) -> str:
        return msgspec.json.encode(self).decode()


def told(packed: str) -> Told:
    return _decoder.decode(packed)


_decoder = msgspec.json.Decoder(Told)
