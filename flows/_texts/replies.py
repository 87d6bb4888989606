"""All that is said to one person in one turn, as one message."""

from collections.abc import Sequence

from channels.messages import Outgoing
from flows._engine.processes import Lobby, Process
from flows._engine.talks import LISTED, Ask
from locales import _, speaking


def reply(
    texts: Sequence[str], question: Ask | None, language: str, place: Process | Lobby, token: str = ""
) -> Outgoing:
    """`token`: of the question, which ends it."""
    if question is None:
        return Outgoing("\n\n".join(texts), language, without_accents=place.sms_without_accents)
    return Outgoing(
        text="\n\n".join((*texts, question.text)),
        language=language,
        choices=question.choices,
        token=token,
        choose=_choose(language) if question.choices else "",
        several=question.wants in LISTED,
        without_accents=place.sms_without_accents,
    )


def _choose(language: str) -> str:
    with speaking(language):
        # To translators: on the button that opens a list to choose from. At most 20 letters.
        return _("Choose")
