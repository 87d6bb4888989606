"""What became of what a person gave, without their words."""

from flows._engine.asking import agrees
from flows._engine.facts import Facts, OwnContribution
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.objectives import topic_label
from flows._texts.renditions import named, written
from flows._texts.states import STATES
from locales import N_, _, in_words

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("status"),)
label = N_("See what was done")
needs = ("own_contributions",)

AT_ONCE = 3


def offer(facts: Facts) -> str:
    return _(label) if facts.takes_part and facts.gave else ""


def talk(facts: Facts) -> Talk:
    contributions = sorted(facts.own_contributions, key=lambda contribution: contribution.day, reverse=True)
    if not contributions:
        share = to_send("share")
        yield Say(_("You have not told us anything yet. Send {share} to tell us what should change.", share=share))
    while contributions:
        yield Say("\n".join(_became(facts, contribution) for contribution in contributions[:AT_ONCE]))
        contributions = contributions[AT_ONCE:]
        if contributions and not (
            yield from agrees(_("Do you want to see more?"), _("Yes, show more"), _("No, thank you"))
        ):
            yield Say(_("All right. Send {menu} to see what else you can do.", menu=to_send("menu")))
            return


def _became(facts: Facts, contribution: OwnContribution) -> str:
    # To translators: for example "May 1, 2026, Legal ways to move: It was taken up."
    state = _(
        "{day}, {topic}: {state}",
        day=in_words(contribution.day),
        topic=_about(facts, contribution),
        state=_(STATES[contribution.state]),
    )
    return f"{state}\n{written(facts, contribution.reason)}" if contribution.reason else state


def _about(facts: Facts, contribution: OwnContribution) -> str:
    if contribution.consultation:
        return named(facts, contribution.consultation)
    # To translators: stands for its topic where a person named none: "May 1, 2026, what you told us: It was taken up."
    return topic_label(contribution.topic) if contribution.topic else _("what you told us")
