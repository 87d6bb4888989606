"""What is said to whoever wants to take part in a process that is over."""

from flows._engine.facts import Facts
from flows._texts.renditions import named
from flows._texts.shorts import go_elsewhere
from locales import _


def over(facts: Facts) -> str:
    # To translators: {title} is the name of a meeting or a review.
    is_over = _(
        "This review is over: {title}. You can no longer take part in it.", title=named(facts, facts.process.title)
    )
    return f"{is_over} {go_elsewhere()}" if facts.elsewhere else is_over
