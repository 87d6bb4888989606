"""Everything that we hold about a person, erased."""

from collections.abc import Generator

from flows._engine.asking import agrees, proves
from flows._engine.effects import Forgotten
from flows._engine.facts import Facts
from flows._engine.talks import Answer, Ask, Say, Talk
from flows._engine.words import start_again, to_send
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("forget"),)
label = N_("Erase everything")
anywhere = True
needs = ("code",)


def offer(facts: Facts) -> str:
    return _(label) if not facts.silent else ""


def talk(facts: Facts) -> Talk:
    # Who said STOP cannot be asked who they are: a carrier that heard it refuses to carry the question.
    if facts.stopped and (facts.silent or facts.place.proves(facts.channel)):
        start, forget = start_again(facts.reserved_words), to_send("forget")
        yield Say(
            _(
                "Nothing was erased. Send {start} first, then {forget}: we then ask you if it is really you.",
                start=start,
                forget=forget,
            )
        )
        return
    if not facts.stopped and not (yield from _is_sure(facts)):
        yield Say(_("Nothing was erased."))
        return
    yield Forgotten()
    yield Say(_("It is done. Goodbye."))


def _is_sure(facts: Facts) -> Generator[Ask, Answer, bool]:
    agreed = yield from agrees(_warning(facts), _("Yes, erase it"), _("No, keep it"))
    return agreed and (yield from proves(facts))


def _warning(facts: Facts) -> str:
    sentences = (
        _what_is_erased(facts),
        _(facts.carrier.keeps),
        _("What was already published stays, without your name."),
        _("This cannot be undone. Shall we erase it?"),
    )
    return "\n".join(sentences)


def _what_is_erased(facts: Facts) -> str:
    if facts.linked:
        return _(
            "In all linked chats we erase your words, region, language and how we reach you. "
            "Backup copies are erased later."
        )
    return _(
        "We will erase your words, your region, your language and how we reach you. Backup copies are erased later."
    )
