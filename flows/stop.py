"""No more messages."""

from flows._engine.effects import Left
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import start_again, to_send
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("stop"),)
label = N_("Stop messages")
anywhere = True


def offer(facts: Facts) -> str:
    return _(label) if not facts.stopped else ""


def talk(facts: Facts) -> Talk:
    yield Left()
    if facts.linked:
        yield Say(_("This is for this chat. To stop in your others, too, send {stop} there.", stop=to_send("stop")))
    start, forget = start_again(facts.reserved_words), to_send("forget")
    # Who may be somebody else erases nobody before they have said who they are.
    if facts.silent or facts.place.proves(facts.channel):
        yield Say(
            _(
                "We will not write to you any more. Send {start} to come back. "
                "To have everything erased, send {start} and then {forget}.",
                start=start,
                forget=forget,
            )
        )
        return
    yield Say(
        _(
            "We will not write to you any more. Send {start} to come back, "
            "or {forget} and we erase what we hold about you.",
            start=start,
            forget=forget,
        )
    )
