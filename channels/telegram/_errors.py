"""What each error of Telegram's means for a message, for the person's address and for our bot."""

from collections.abc import Mapping
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from channels.messages import Gone, Later, Never, NotSent, Stopped, TooFast, Unknown
from channels.telegram._request import ServerFailed, WireFailed
from channels.verdicts import BLOCKED_BY_MANY, DROPPED, UNCOUNTED, WIRE, Act, Alarm, Reach, Verdict


def _lose(says: str, reach: Reach, strikes: int = 1) -> Verdict:
    return Verdict(Act.DROP, says, reach=reach, strikes=strikes, elsewhere=True)


def _fault(says: str) -> Verdict:
    return Verdict(Act.DROP, says, alarm=Alarm.CONTENT)


VERDICTS: Mapping[str, Verdict] = {
    "403_blocked": Verdict(
        Act.DROP, "the person blocked the bot", reach=Reach.BLOCKED, elsewhere=True, most=BLOCKED_BY_MANY
    ),
    "403_deactivated": _lose("the account is gone", Reach.INVALID),
    "403_never_started": _lose("the person never started the chat", Reach.NOT_ON_CHANNEL),
    "403_kicked": _lose("the bot is not in this group any more", Reach.INVALID),
    "403": Verdict(Act.DROP, "forbidden, for a reason that is not in this table"),
    # A wrong TELEGRAM_TOKEN says this of everybody, so the chat is believed lost only when it comes again.
    "400_not_found": _lose("there is no such chat", Reach.INVALID, strikes=2),
    "400_migrated": _lose("the group has become another chat", Reach.INVALID),
    "400_too_long": _fault("longer than Telegram takes"),
    "400_empty": _fault("without text"),
    "400_button": _fault("a button's data is not valid"),
    "400_keyboard": _fault("the keyboard is not valid"),
    "400_entities": _fault("the formatting cannot be read"),
    "400": Verdict(Act.DROP, "refused, for a reason that is not in this table", alarm=Alarm.FAULT),
    "413": _fault("larger than Telegram takes"),
    "refused": Verdict(Act.DROP, "refused with a status that is not in this table", alarm=Alarm.FAULT),
    "empty": _fault("nothing to send"),
    "401": Verdict(Act.STOP, "TELEGRAM_TOKEN is wrong or was revoked", alarm=Alarm.PAGE),
    "409": Verdict(Act.STOP, "somebody else fetches this bot's messages", alarm=Alarm.PAGE),
    "429": Verdict(
        Act.WAIT, "faster than Telegram permits", after=timedelta(seconds=5), tries=UNCOUNTED, alarm=Alarm.NONE
    ),
    "502": Verdict(Act.WAIT, "Telegram is not available", after=timedelta(seconds=5), everyone=True),
    "503": Verdict(Act.WAIT, "Telegram is not available", after=timedelta(seconds=5), everyone=True),
    **WIRE,
    "500": Verdict(Act.UNKNOWN, "Telegram failed after it had the message"),
}
"""By the HTTP status and what Telegram's words come down to; what is not here is final, and counted."""

# The words are those of github.com/tdlib/telegram-bot-api, in lower case.
FORBIDDEN = {
    "bot was blocked by the user": "403_blocked",
    "user is deactivated": "403_deactivated",
    "bot can't initiate conversation": "403_never_started",
    "bot was kicked": "403_kicked",
    "bot is not a member": "403_kicked",
    "group chat was deleted": "403_kicked",
}
REFUSED = {
    "chat not found": "400_not_found",
    "peer_id_invalid": "400_not_found",
    "user not found": "400_not_found",
    "message is too long": "400_too_long",
    "text is empty": "400_empty",
    "button_data_invalid": "400_button",
    "reply markup": "400_keyboard",
    "can't parse entities": "400_entities",
}
NOT_PROCESSED = {429, 502, 503}
"""After any other status of the server's the message may be on its way."""
SOON = timedelta(seconds=5)


def problem(error: TelegramError) -> NotSent:
    # BadRequest is a NetworkError to python-telegram-bot: the order of these lines matters.
    if isinstance(error, WireFailed):
        return error.problem
    if isinstance(error, ServerFailed):
        return _server(error)
    if isinstance(error, Forbidden):
        return _refused("403", FORBIDDEN, error)
    if isinstance(error, BadRequest):
        return _refused("400", REFUSED, error)
    if isinstance(error, ChatMigrated):
        return Gone("400_migrated", VERDICTS["400_migrated"])
    if isinstance(error, InvalidToken):
        return Stopped("401", VERDICTS["401"])
    if isinstance(error, Conflict):
        return Stopped("409", VERDICTS["409"])
    return _other(error)


def _server(error: ServerFailed) -> NotSent:
    code = str(error.status)
    verdict = VERDICTS.get(code, DROPPED)
    if error.status not in NOT_PROCESSED:
        return Unknown(code, verdict)
    after = error.retry_after or SOON
    # Telegram does not say whether a 429 is for a chat or for the bot.
    too_fast = error.status == 429
    return TooFast(code, after, verdict=verdict) if too_fast else Later(code, after, everyone=True, verdict=verdict)


def _refused(status: str, table: Mapping[str, str], error: TelegramError) -> NotSent:
    description = error.message.lower()
    code = next((code for words, code in table.items() if words in description), status)
    verdict = VERDICTS[code]
    return Gone(code, verdict) if verdict.reach else Never(code, verdict)


def _other(error: TelegramError) -> NotSent:
    # python-telegram-bot keeps only the phrase of a status that it has no class for: 413 and its kind are refusals.
    # A 2xx that nobody can read, or a failure within the library, may have been a success.
    is_refusal = isinstance(error, NetworkError) and isinstance(error.__cause__, TelegramError | None)
    code = "refused" if is_refusal else "unreadable"
    return Never(code, VERDICTS[code]) if is_refusal else Unknown(code, VERDICTS[code])
