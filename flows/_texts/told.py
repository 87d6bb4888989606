"""One text on its way to many people, each of whom reads it in their own language."""

from dataclasses import dataclass, field

import msgspec

from channels.messages import Outgoing
from flows._engine.facts import Renditions
from flows._engine.words import to_send
from flows._texts.renditions import rendition, with_notice
from locales import _, speaking


@dataclass(frozen=True, slots=True)
class Told:
    """`order`: the languages in which a missing rendition falls back."""

    text: Renditions
    order: tuple[str, ...]
    organizer: Renditions = field(default_factory=dict)
    """Who tells it; said by SMS where there is room, with how to stop. {}: nothing is said of it."""
    without_accents: bool = False
    """By SMS, where that saves a segment."""

    def to(self, language: str) -> str:
        """What a reader of this language gets, with a notice in it when the text is in another one."""
        return with_notice(rendition(self.text, language, self.order), language)

    def outgoing(self, language: str, purpose: str = "") -> Outgoing:
        """The message to a reader of this language; `purpose` is what it is for."""
        return Outgoing(
            self.to(language),
            language,
            purpose=purpose,
            if_room=self._if_room(language),
            without_accents=self.without_accents,
        )

    def packed(self) -> str:
        return msgspec.json.encode(self).decode()

    def _if_room(self, language: str) -> tuple[str, ...]:
        """Who writes and how to stop; else only how to stop; else only who writes."""
        if not self.organizer:
            return ()
        organizer = rendition(self.organizer, language, self.order).text
        with speaking(language):
            stop = to_send("stop")
            # To translators: short, at the end of a text message. {organizer} is a name.
            both = _("From {organizer}. To stop, send {stop}.", organizer=organizer, stop=stop)
            return both, _("To stop, send {stop}.", stop=stop), organizer


def told(packed: str) -> Told:
    return _decoder.decode(packed)


_decoder = msgspec.json.Decoder(Told)
