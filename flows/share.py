"""A recommendation, in the person's own words."""

from flows._engine.asking import agrees, choose, hear
from flows._engine.effects import Shared
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.objectives import SOMETHING_ELSE, groups, within
from flows._texts.renditions import named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("share"),)


def talk(facts: Facts) -> Talk:
    topic = yield from choose(_("What is it about?"), groups())
    if topic != SOMETHING_ELSE:
        topic = yield from choose(_("Which of these is closest?"), within(topic))
    what = _("What should change? Please leave out names and addresses. Send 0 to go back.")
    text = yield from hear(what, facts.takes_voice)
    if not (
        yield from agrees(_("Shall we pass it on?"), _("Yes, pass it on"), _("No, do not"), loosely=True, goes_on=True)
    ):
        yield Say(_("We did not pass it on and did not keep it. Send {share} to try again.", share=to_send("share")))
        return
    yield Shared(topic, text)
    yield Say(
        _(
            "Thank you. {organizer} will read it. We will tell you here what was done with it. "
            "Send {menu} to see what else you can do.",
            organizer=named(facts, facts.process.organizer),
            menu=to_send("menu"),
        )
    )
