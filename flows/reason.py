"""Why somebody votes as they do, for the others who may vote to read."""

from flows._engine.effects import Remarked
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows.ask import in_words_alone, which
from locales import N_, _
from storage.states import RemarkKind

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("reasons"),)
label = N_("Say why you vote so")
needs = ("round",)


def talk(facts: Facts) -> Talk:
    opened = facts.round
    if opened is None:
        yield Say(_("There is no vote open for you now."))
        return
    option = yield from which(facts, opened)
    words = yield from in_words_alone(
        _(
            "Why do you see it so? When the organizers have read it, everybody who may vote can read it, without your "
            "name. It is not kept with your vote. When the vote closes, nobody can say any more whose it was."
        )
    )
    if words:
        yield Remarked(opened.id, option, RemarkKind.REASON, words, quotable=True)
        yield Say(_("Thank you. The organizers read it first."))
