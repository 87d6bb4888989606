"""Reads Telegram's updates: typed structs, because building `telegram.Update` costs a hundred times as much."""

import json
from typing import Any

import msgspec
from msgspec import Struct, field

from channels import Refused
from channels._body import clean
from channels._tap import unpack
from channels.messages import Kind, Message

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
MEMBERSHIP = {"kicked": Kind.BLOCKED, "member": Kind.UNBLOCKED}


class User(Struct):
    id: int
    is_bot: bool = False
    language_code: str = ""


class TelegramChat(Struct):
    id: int
    type: str


class TelegramVoice(Struct):
    file_id: str


class Written(Struct):
    chat: TelegramChat
    author: User | None = field(name="from", default=None)
    text: str | None = None
    caption: str = ""
    voice: TelegramVoice | None = None
    pinned_message: object = None
    message_auto_delete_timer_changed: object = None
    chat_background_set: object = None
    write_access_allowed: object = None

    @property
    def is_notice(self) -> bool:
        """The app wrote it, not the person: nobody waits for an answer."""
        return any(
            (
                self.pinned_message,
                self.message_auto_delete_timer_changed,
                self.chat_background_set,
                self.write_access_allowed is not None,
            )
        )


class TappedMessage(Struct):
    chat: TelegramChat


class Tapped(Struct):
    id: str
    author: User = field(name="from")
    message: TappedMessage | None = None
    data: str = ""


class ChatMember(Struct):
    status: str


class Membership(Struct):
    chat: TelegramChat
    author: User = field(name="from")
    new_chat_member: ChatMember


class Update(Struct):
    update_id: int
    message: Written | None = None
    edited_message: Written | None = None
    callback_query: Tapped | None = None
    my_chat_member: Membership | None = None


_DECODER = msgspec.json.Decoder(Update)


def parse(raw: bytes) -> Update:
    try:
        return _DECODER.decode(raw)
    except (ValueError, RecursionError):
        return _parse_patiently(raw)


def convert(update: object) -> Update:
    try:
        return msgspec.convert(update, Update)
    except (msgspec.ValidationError, ValueError, RecursionError):  # also a name with a lone surrogate
        refusal = Refused(400, "not an update")
    raise refusal


def _parse_patiently(raw: bytes) -> Update:
    """msgspec refuses a lone surrogate; a phone that cut an emoji in two sends one."""
    try:
        update = json.loads(raw.decode())
    except (ValueError, RecursionError):
        refusal = Refused(400, "not JSON")
    else:
        return convert(update)
    raise refusal


def read(channel: str, update: Update) -> Message | None:
    """What a person did, in a private chat; None for everything else, and for what another bot did.

    Two bots that answer each other would never end.
    """
    if _is_bot(update):
        return None
    event = str(update.update_id)
    if update.message:
        return _written(channel, event, update.message)
    if update.edited_message:
        return _edited(channel, event, update.edited_message)
    if update.callback_query:
        return _tapped(channel, event, update.callback_query)
    if update.my_chat_member:
        return _membership(channel, event, update.my_chat_member)
    return None


def _is_bot(update: Update) -> bool:
    did = update.message or update.edited_message or update.callback_query or update.my_chat_member
    return did is not None and did.author is not None and did.author.is_bot


def _written(channel: str, event: str, written: Written) -> Message | None:
    if written.chat.type != "private" or written.is_notice:
        return None
    if written.text is not None:
        return _message(channel, event, written.chat.id, Kind.TEXT, written.author, text=clean(written.text))
    caption = clean(written.caption)
    if written.voice:
        voice = clean(written.voice.file_id)
        return _message(channel, event, written.chat.id, Kind.VOICE, written.author, text=caption, voice=voice)
    return _message(channel, event, written.chat.id, Kind.OTHER, written.author, text=caption)


def _edited(channel: str, event: str, written: Written) -> Message | None:
    if written.chat.type != "private":
        return None
    text = clean(written.text or written.caption)
    return _message(channel, event, written.chat.id, Kind.EDITED, written.author, text=text)


def _tapped(channel: str, event: str, tapped: Tapped) -> Message | None:
    if tapped.message and tapped.message.chat.type != "private":
        return None
    # Forged or ancient data become a tap on no question: the person gets the words for an old button.
    token, choice = unpack(tapped.data) or ("", "")
    return _message(
        channel, event, tapped.author.id, Kind.CHOICE, tapped.author, token=token, choice=choice, tap=clean(tapped.id)
    )


def _membership(channel: str, event: str, membership: Membership) -> Message | None:
    kind = MEMBERSHIP.get(membership.new_chat_member.status)
    if membership.chat.type != "private" or not kind:
        return None
    return _message(channel, event, membership.chat.id, kind, membership.author)


def _message(channel: str, event: str, chat: int, kind: Kind, author: User | None, **more: Any) -> Message:
    language = clean(author.language_code) if author else ""
    return Message(channel=channel, event=event, external=str(chat), kind=kind, language=language, **more)
