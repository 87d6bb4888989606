"""What others said: the matters that everybody may read, to follow and to support."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.contributions import PublicMatter
from flows._engine.effects import Effect, Switched
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import to_send
from flows._texts.lists import Entry, listed
from flows._texts.objectives import topic_label
from flows._texts.renditions import named
from flows._texts.states import STATES
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("others"),)
label = N_("See what others said")
needs = ("matters",)

AT_ONCE = 5
FOLLOWED = "followed"
"""In place of a topic: what this person follows."""
MORE, FOLLOW, SUPPORT, WITHDRAW, UNFOLLOW, BACK, MENU = (
    "more", "follow", "support", "withdraw", "unfollow", "back", "menu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Browsed(Effect):
    """The person wants to see the matters of this topic, or those that they follow."""

    topic: str


@dataclass(frozen=True, slots=True)
class LookedInto(Effect):
    """The person wants to read what became of a matter, from the beginning."""

    matter: str


@dataclass(frozen=True, slots=True)
class Followed(Effect):
    """The person wants to be told what becomes of a matter; `supports`: they say that it should be so."""

    matter: str
    supports: bool


@dataclass(frozen=True, slots=True)
class Unfollowed(Effect):
    """The person does not want to be told of a matter any more, and supports it no more."""

    matter: str


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.raised else ""


def talk(facts: Facts) -> Talk:
    if not facts.topics:
        share = to_send("share")
        yield Say(_("There is nothing to see from others yet. Send {share} to say what should change.", share=share))
        return
    if not facts.topic:
        yield Browsed((yield from choose(_("What do you want to read about?"), _topics(facts))))
        yield Switched("others")
        return
    if not facts.matters:
        yield Say(_("There is nothing on this any more. Send {others} to see the rest.", others=to_send("others")))
        return
    matter = yield from _which(facts, facts.matters)
    yield LookedInto(matter.id)
    match (yield from choose(_("You can also do this:"), _wishes(facts, matter), exactly=(SUPPORT,))):
        case "follow":
            yield Followed(matter.id, supports=False)
            yield Say(_("We will tell you here what is done with it. To undo this, send {others}.", others=_word()))
        case "support":
            yield Followed(matter.id, supports=True)
            yield Say(
                _("Thank you. We count you with those who want this, and will tell you here what is done with it. "
                  "To undo this, send {others}.", others=_word())
            )  # fmt: skip
        case "withdraw":
            yield Followed(matter.id, supports=False)
            yield Say(_("We do not count you any more with those who want this. You still follow it."))
        case "unfollow":
            yield Unfollowed(matter.id)
            yield Say(_("You do not follow this any more."))
        case "back":
            yield Browsed(facts.topic)
            yield Switched("others")
        case _menu:
            yield Switched("menu")


def _word() -> str:
    return to_send("others")


def _topics(facts: Facts) -> Iterator[Choice]:
    for topic in facts.topics:
        # To translators: leads to a list of what somebody follows. At most 20 letters.
        yield Choice(topic, _("What I follow") if topic == FOLLOWED else topic_label(topic))


def _wishes(facts: Facts, matter: PublicMatter) -> Iterator[Choice]:
    """Three at most, which fit buttons. In a process that is over nothing follows any more."""
    if facts.over:
        yield Choice(MENU, _("Menu"))
    elif matter.supports:
        # To translators: not to be counted any more with those who want something. At most 20 letters.
        yield Choice(WITHDRAW, _("I do not want this"))
    else:
        # To translators: to be counted with those who want something. At most 20 letters.
        yield Choice(SUPPORT, _("I want this too"))
    if not facts.over:
        # To translators: not to be told any more what becomes of it. At most 20 letters.
        # To translators: to be told what becomes of it. At most 20 letters.
        yield Choice(UNFOLLOW, _("Do not follow it")) if matter.follows else Choice(FOLLOW, _("Follow it"))
    # To translators: leads back to the list of what others said. At most 20 letters.
    yield Choice(BACK, _("Back to the list"))


def _which(facts: Facts, matters: Sequence[PublicMatter]) -> Generator[Ask, Answer, PublicMatter]:
    """It is shown what it is even where there is one alone: it can be gone back from."""
    shown = matters[:AT_ONCE] if len(matters) > AT_ONCE + 1 else matters
    entries = [Entry(matter.id, named(facts, matter.title), _line(facts, matter)) for matter in shown]
    text, offered = listed(facts, entries, _("About which one do you want to know more?"))
    if len(shown) < len(matters):
        offered = (*offered, Choice(MORE, _("Show more")))
    answer = yield from choose(text, offered)
    if answer == MORE:
        return (yield from _which(facts, matters[len(shown) :]))
    return next(matter for matter in shown if matter.id == answer)


def _line(facts: Facts, matter: PublicMatter) -> str:
    state = _("There is no response yet.") if matter.state is None else _(STATES[matter.state])
    # To translators: for example "Interpreters at clinics: It was taken up."
    return _("{title}: {state}", title=named(facts, matter.title), state=state)
