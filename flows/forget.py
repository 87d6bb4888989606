"""Everything that we hold about a person, erased."""

from flows._asking import agrees
from flows._carriers import keeps
from flows._effects import Forgotten
from flows._engine import Say, Talk
from flows._facts import Facts
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("forget"),)
anywhere = True


def talk(facts: Facts) -> Talk:
    # Who said STOP cannot be asked back: Twilio refuses to carry the question.
    if not facts.stopped and not (yield from agrees(_warning(facts), _("Yes, erase it"), _("No, keep it"))):
        yield Say(_("Nothing was erased."))
        return
    yield Forgotten()
    yield Say(_("It is done. Goodbye."))


def _warning(facts: Facts) -> str:
    said = (
        _("We will erase your words, your region, your language and how we reach you. Backup copies are erased later."),
        keeps(facts.channel),
        _("What was already published stays, without your name."),
        _("This cannot be undone. Shall we erase it?"),
    )
    return "\n".join(said)
