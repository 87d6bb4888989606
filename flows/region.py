"""Where a person lives, coarsely."""

from channels.messages import Choice
from flows._engine.asking import choose
from flows._engine.effects import Moved
from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._texts.renditions import choices, noticed
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("region"),)
label = N_("Say where you live")

RATHER_NOT = "rather_not_say"


def offer(facts: Facts) -> str:
    has_to_be_asked = facts.takes_part and facts.process.regions and not facts.region_known
    return _(label) if has_to_be_asked else ""


def talk(facts: Facts) -> Talk:
    regions = facts.process.regions
    if regions:
        where = _("Where do you live? We ask because we want to hear every region.")
        question = noticed(facts, where, (region.label for region in regions))
        rather_not = Choice(RATHER_NOT, _("I'd rather not say"))
        region = yield from choose(question, (*choices(facts, regions), rather_not))
        yield Moved("" if region == RATHER_NOT else region)
    yield Say(_("Thank you."))
