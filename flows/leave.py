"""A person takes part in this process no more; what they gave stays theirs."""

from dataclasses import dataclass

from flows._engine.asking import agrees
from flows._engine.effects import Effect
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.renditions import named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("leave"),)
label = N_("Leave this review")


@dataclass(frozen=True, slots=True)
class Departed(Effect):
    """The person takes part in this process no more: nothing of it is sent to them."""


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part else ""


def talk(facts: Facts) -> Talk:
    title = named(facts, facts.process.title)
    if not (yield from agrees(_warning(facts, title), _("Yes, leave"), _("No, stay"))):
        yield Say(_("You have not left."))
        return
    yield Departed()
    yield Say(
        _(
            "You have left: {title}. To take part again, write to us. "
            "Send {forget} and we erase what we hold about you.",
            title=title,
            forget=to_send("forget"),
        )
    )


def _warning(facts: Facts, title: str) -> str:
    sentences = (
        # To translators: {title} is the name of a meeting or a review.
        _("If you leave, we send you nothing more about: {title}.", title=title),
        _("You also give up your seat on the council.") if facts.seated else "",
        _("What you told us stays. Do you want to leave?"),
    )
    return "\n".join(sentence for sentence in sentences if sentence)
