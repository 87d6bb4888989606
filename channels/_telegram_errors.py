"""What each error of Telegram's means for a message and for the person's address."""

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

from channels._aiohttp_request import ServerFailed, WireFailed
from channels.messages import Gone, Later, Never, NotSent, Reach, Stopped, Unknown

# The words are those of github.com/tdlib/telegram-bot-api, in lower case.
FORBIDDEN = {
    "bot was blocked by the user": Reach.BLOCKED,
    "user is deactivated": Reach.INVALID,
    "bot can't initiate conversation": Reach.NOT_ON_CHANNEL,
    "bot was kicked": Reach.INVALID,
    "bot is not a member": Reach.INVALID,
    "group chat was deleted": Reach.INVALID,
}
# A wrong TELEGRAM_TOKEN gives these for everybody, so they count as "never started", which one message undoes.
NOT_FOUND = {
    "chat not found": Reach.NOT_ON_CHANNEL,
    "peer_id_invalid": Reach.NOT_ON_CHANNEL,
    "user not found": Reach.NOT_ON_CHANNEL,
}
WRONG_MESSAGE = {
    "message is too long": "400_too_long",
    "text is empty": "400_empty",
    "button_data_invalid": "400_button",
    "reply markup": "400_keyboard",
    "can't parse entities": "400_entities",
}
NOT_PROCESSED = {429, 502, 503}
"""After any other status of the server's the message may be on its way."""
SOON = timedelta(seconds=5)
ONE_CHAT_ONLY = timedelta(seconds=5)
"""Telegram does not say whether a 429 is for a chat or for the bot; a short one is the chat's."""


def problem(error: TelegramError) -> NotSent:
    # BadRequest is a NetworkError to python-telegram-bot: the order of these lines matters.
    if isinstance(error, WireFailed):
        return error.problem
    if isinstance(error, ServerFailed):
        return _server(error)
    if isinstance(error, Forbidden):
        return _gone("403", FORBIDDEN, error) or Never("403")
    if isinstance(error, BadRequest):
        return _gone("400", NOT_FOUND, error) or Never(_wrong(error))
    if isinstance(error, ChatMigrated):
        return Gone("400_migrated", Reach.INVALID)
    if isinstance(error, InvalidToken):
        return Stopped("401")
    if isinstance(error, Conflict):
        return Stopped("409")
    return _other(error)


def _server(error: ServerFailed) -> NotSent:
    code = str(error.status)
    if error.status not in NOT_PROCESSED:
        return Unknown(code)
    is_one_chat = error.status == 429 and timedelta(0) < error.retry_after <= ONE_CHAT_ONLY
    return Later(code, error.retry_after or SOON, everyone=not is_one_chat)


def _gone(code: str, table: dict[str, Reach], error: TelegramError) -> Gone | None:
    said = error.message.lower()
    return next((Gone(code, reach) for words, reach in table.items() if words in said), None)


def _wrong(error: BadRequest) -> str:
    said = error.message.lower()
    return next((code for words, code in WRONG_MESSAGE.items() if words in said), "400")


def _other(error: TelegramError) -> NotSent:
    # python-telegram-bot keeps only the phrase of a status that it has no class for: 413 and its kind are refusals.
    # A 2xx that nobody can read, or a failure within the library, may have been a success.
    is_refusal = isinstance(error, NetworkError) and isinstance(error.__cause__, TelegramError | None)
    return Never("refused") if is_refusal else Unknown("unreadable")
