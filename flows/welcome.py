"""The first talk: language, the truth about this channel, consent, region."""

from channels.messages import Choice
from flows._engine.asking import agrees, choose
from flows._engine.effects import Consented, Declined, Moved, Spoke, Switched
from flows._engine.facts import Facts
from flows._engine.languages import choose_language
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.renditions import choices, named, noticed, written
from locales import _

words = ()  # nobody asks for it: it opens by itself for who has not agreed yet
needs = ("bulletin",)

WORDING = "1"
"""The version of what people agree to. It rises with every change of meaning in `_terms`."""
RATHER_NOT = "rather_not_say"


def talk(facts: Facts) -> Talk:
    yield Spoke((yield from choose_language(facts)))
    yield Say(_terms(facts))
    if not (yield from agrees(_("Do you want to take part?"), _("Yes, I agree"), _("No, thank you"))):
        yield Declined()
        yield Say(_("That is all right. We keep nothing about you. If you change your mind, write to us again."))
        return
    yield Consented(WORDING)
    if facts.process.regions:
        rather_not = Choice(RATHER_NOT, _("I'd rather not say"))
        where = _("Where do you live? We ask because we want to hear every region.")
        regions = facts.process.regions
        question = noticed(facts, where, (region.label for region in regions))
        region = yield from choose(question, (*choices(facts, regions), rather_not))
        yield Moved("" if region == RATHER_NOT else region)
    yield Say(_("Thank you for taking part."))
    if facts.bulletin:
        yield Say(written(facts, facts.bulletin))
    yield Switched("menu")


def _terms(facts: Facts) -> str:
    said = (
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
    return "\n".join(said)
