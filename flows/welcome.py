"""The first talk: who we are, the truth about this channel, consent."""

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Consented, Declined, Spoke, Switched
from flows._engine.facts import Facts
from flows._engine.languages import languages_of, other_languages, unseen_languages
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.over import over
from flows._texts.renditions import named
from locales import _

words = ()  # nobody asks for it: it opens by itself for who has not agreed yet
edition = 2

WORDING = "1"
"""The version of what people agree to. It rises with every change of meaning in `_terms`."""


def talk(facts: Facts) -> Talk:
    if facts.over:
        yield Say(over(facts))
        return
    yield Say(_terms(facts))
    answers = (Choice("yes", _("Yes, I agree")), Choice("no", _("No, thank you")), *other_languages(facts))
    answer = yield from choose(
        _("Do you want to take part?"), answers, loosely=False, unseen=unseen_languages(facts, answers)
    )
    if answer == "no":
        yield Declined()
        yield Say(_("That is all right. We keep nothing about you. If you change your mind, write to us again."))
        return
    if answer == "yes":
        yield Consented(WORDING)
        yield Say(_("Thank you."))
        yield Switched("share")
        return
    # Nobody agrees to what they have not read: all of it is said again, in the other language.
    if answer in languages_of(facts):
        yield Spoke(answer)
    yield Switched("welcome" if answer in languages_of(facts) else "language")


def _terms(facts: Facts) -> str:
    sentences = (
        # To translators: {organizer} is a name, {title} the name of a meeting or a review.
        _(
            "This is {organizer}. We ask migrants what should change. It is for: {title}.",
            organizer=named(facts, facts.process.organizer),
            title=named(facts, facts.process.title),
        ),
        _(facts.carrier.sees),
        _("Whoever holds your phone can read this chat too."),
        _("The people who read your words do not see your number."),
        # To translators: {stop} and {forget} are the words that people send, in capitals.
        _(
            "You choose if you take part. Send {stop} at any time and we stop writing. "
            "Send {forget} and we erase what we hold about you.",
            stop=to_send("stop"),
            forget=to_send("forget"),
        ),
    )
    return "\n".join(sentences)
