"""What the company that carries the messages can see and keeps, said for each channel."""

from collections.abc import Mapping

from locales import N_, _

SEES: Mapping[str, str] = {
    "sms": N_(
        "Text messages are not private. The phone company and the authorities can read them. "
        "Do not send names, places or papers."
    ),
    "telegram": N_(
        "This is not a secret chat. Telegram can read it. "
        "It may give your phone number and your internet address to a court."
    ),
    "whatsapp": N_(
        "Meta, which owns WhatsApp, and our carrier Twilio can read these messages. "
        "Meta can keep them for up to 30 days and knows that your number writes to us."
    ),
}
SEES_VOTES: Mapping[str, str] = {
    "sms": N_("The phone company can see your vote."),
    "telegram": N_("Telegram can see your vote."),
    "whatsapp": N_("Meta and Twilio can see your vote."),
}
KEEPS: Mapping[str, str] = {
    "sms": N_("We cannot erase what stays on your phone or with the phone company."),
    "telegram": N_("We cannot erase what stays on your phone or with Telegram."),
    "whatsapp": N_("We cannot erase what stays on your phone or with Meta and Twilio."),
}
UNKNOWN_SEES = N_("The company that carries these messages can read them.")
UNKNOWN_SEES_VOTES = N_("The company that carries these messages can see your vote.")
UNKNOWN_KEEPS = N_("We cannot erase what stays on your phone or with the company that carries it.")


def sees(channel: str) -> str:
    """What can be seen of this chat."""
    return _(SEES.get(channel, UNKNOWN_SEES))


def sees_votes(channel: str) -> str:
    """What can be seen of a vote."""
    return _(SEES_VOTES.get(channel, UNKNOWN_SEES_VOTES))


def keeps(channel: str) -> str:
    """What FORGET cannot reach."""
    return _(KEEPS.get(channel, UNKNOWN_KEEPS))
