"""One text on its way to many people, each of whom reads it in their own language."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import msgspec

from channels.messages import Outgoing
from flows._engine.processes import Renditions
from flows._engine.words import to_send
from flows._texts import ratings
from flows._texts.objectives import has_label, topic_label
from flows._texts.renditions import rendition, with_notice
from locales import _, in_words, ngettext, speaking, spoken


@dataclass(frozen=True, slots=True)
class Given:
    """The newest contribution of its reader that a response answers, and how many others it answers."""

    day: date
    topic: str
    consultation: str
    """Its id; "" where it answers none."""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """`order`: the languages in which a missing rendition falls back."""

    text: Renditions
    order: tuple[str, ...]
    organizer: Renditions = field(default_factory=dict)
    """Who tells it; said by SMS where there is room, with how to stop. {}: nothing is said of it."""
    without_accents: bool = False
    """By SMS, where that saves a segment."""
    opening: Renditions = field(default_factory=dict)
    """Of a response: what it begins with where we cannot say any more what it answers of its reader's."""
    titles: Mapping[str, Renditions] = field(default_factory=dict)
    """Of a response: what the consultations are called whose answers it answers, by their ids."""
    short: Renditions = field(default_factory=dict)
    """What the process is called that tells it, where others share the bot or number; {}: nothing is said of it."""
    part: Renditions = field(default_factory=dict)
    """Of a decision: the heading of the part of a text that it is about; {}: it is about none."""
    response: str | None = None
    """Of a response: its id. Its readers are asked below it whether it answers them. None: nothing is asked."""

    def to(self, language: str, answered: Given | None = None) -> str:
        """What a reader of this language gets, with a notice in it when the text is in another one."""
        text = with_notice(rendition(self.text, language, self.order), language)
        if not self.opening:
            return text
        return f"{self._begins(language, answered)}\n{text}"

    def outgoing(
        self, language: str, purpose: str = "", answered: Given | None = None, beside_others: bool = False
    ) -> Outgoing:
        """The message to a reader of this language; `purpose` is what it is for.

        `beside_others`: several processes write to them from there, so it begins with which this is.
        """
        text = self.to(language, answered)
        short = rendition(self.short, language, self.order).text if beside_others else ""
        outgoing = Outgoing(
            f"{short}\n{text}" if short else text,
            language,
            purpose=purpose,
            if_room=self._if_room(language),
            without_accents=self.without_accents,
        )
        return outgoing if self.response is None else _rated(outgoing, self.response)

    def packed(self) -> str:
        return msgspec.json.encode(self).decode()

    def _begins(self, language: str, answered: Given | None) -> str:
        """In few words: on SMS each costs money."""
        if answered is None:
            return rendition(self.opening, language, self.order).text
        with speaking(language):
            about = self._about(answered)
            return f"{about} {_and_more(answered.more)}" if answered.more else about

    def _about(self, answered: Given) -> str:
        if self.part:
            part = rendition(self.part, spoken(), self.order).text
            return _("On {day} you wrote to us about this part: {part}", day=in_words(answered.day), part=part)
        titles = self.titles.get(answered.consultation)
        title = "" if titles is None else rendition(titles, spoken(), self.order).text
        return gave(answered.day, answered.topic, title)

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


def gave(day: date, topic: str, title: str = "") -> str:
    """What somebody gave, without their words. `title`: of the consultation that they answered; "" for none."""
    if title:
        return _("On {day} you answered our questions: {title}", day=in_words(day), title=title)
    if has_label(topic):
        return _("On {day} you told us about: {topic}", day=in_words(day), topic=topic_label(topic))
    return _("On {day} you told us what should change", day=in_words(day))


def _rated(outgoing: Outgoing, response: str) -> Outgoing:
    """With the question whether this response answers its reader."""
    with speaking(outgoing.language):
        return replace(
            outgoing,
            text=f"{outgoing.text}\n\n{ratings.question()}",
            choices=ratings.buttons(response),
            token=ratings.RATED,
            instead=ratings.how_to_answer(),
        )


def told(packed: str) -> Told:
    return _decoder.decode(packed)


def _and_more(number: int) -> str:
    # To translators: after what a person told us: the answer is also for {number} other things that they told us.
    return ngettext("(and {number} more)", "(and {number} more)", number)


_decoder = msgspec.json.Decoder(Told)
