"""The Bot API's shapes: its methods' arguments and answers, and what an update holds."""

import json
import re
import secrets
from datetime import datetime
from typing import Any

from aiohttp import web

from demo.platforms.chats import Bubble, Button, Look

Json = dict[str, Any]

LONGEST_TEXT = 4096
"""UTF-16 code units in a message."""
VOICE_ID = "AwACAgIAAxk"
"""What the names of files begin with."""
LARGEST_FILE = 20 * 1024 * 1024
"""Bytes that a bot can download."""
LONGEST_DATA = 64
"""Bytes in a button's callback_data."""


class RefusedByTelegram(Exception):
    """What the Bot API does not do, and why in its words."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def answer(result: object) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def refusal(refused: RefusedByTelegram) -> web.Response:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=refused.code)


async def parameters(request: web.Request) -> Json:
    """The arguments of a method: from the address, a form or JSON."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            arguments.update(await request.json())
        except ValueError as error:
            raise RefusedByTelegram(400, "Bad Request: can't parse JSON object") from error
    elif request.can_read_body:
        arguments.update(await request.post())
    return arguments


def structure(value: object, name: str) -> Any:
    """An object or a list, which a form carries as JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise RefusedByTelegram(400, f"Bad Request: can't parse {name} JSON object") from error


def text_of(arguments: Json) -> str:
    text = arguments.get("text", "")
    if not isinstance(text, str) or not text.strip():
        raise RefusedByTelegram(400, "Bad Request: message text is empty")
    try:
        length = len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError as error:
        raise RefusedByTelegram(400, "Bad Request: strings must be encoded in UTF-8") from error
    if length > LONGEST_TEXT:
        raise RefusedByTelegram(400, "Bad Request: message is too long")
    if arguments.get("parse_mode"):
        raise RefusedByTelegram(400, "Bad Request: unsupported parse_mode")  # This Telegram shows plain text only.
    return text.strip()


def buttons_of(arguments: Json) -> tuple[Button, ...]:
    """The inline keyboard of a message, row after row."""
    markup = structure(arguments.get("reply_markup") or {}, "reply markup")
    if "keyboard" in markup:
        raise RefusedByTelegram(400, "Bad Request: reply keyboards are not supported here")
    return tuple(_button(button) for row in markup.get("inline_keyboard", ()) for button in row)


def _button(markup: Json) -> Button:
    label, data = str(markup.get("text", "")), markup.get("callback_data", "")
    if not label.strip():
        raise RefusedByTelegram(400, "Bad Request: can't parse inline keyboard button: Text buttons must be non-empty")
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= LONGEST_DATA:
        raise RefusedByTelegram(400, "Bad Request: BUTTON_DATA_INVALID")
    return Button(label, data)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def user(person: str, name: str, language: str, is_bot: bool = False) -> Json:
    shape: Json = {"id": int(person), "is_bot": is_bot, "first_name": name}
    if language:
        shape["language_code"] = language
    return shape


def private_chat(person: str, name: str) -> Json:
    return {"id": int(person), "type": "private", "first_name": name}


def message(bubble: Bubble, sender: Json, chat: Json) -> Json:
    """A message as updates and answers hold it."""
    shape: Json = {"message_id": int(bubble.id), "from": sender, "chat": chat, "date": seconds(bubble.at)}
    return shape | _content(bubble) | _keyboard(bubble.buttons)


def _content(bubble: Bubble) -> Json:
    match bubble.look:
        case Look.VOICE:
            return {"voice": {"duration": 7, "mime_type": "audio/ogg", "file_size": 23456} | file_of(bubble)}
        case Look.STICKER:
            size = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": {"type": "regular", "emoji": bubble.text} | size | file_of(bubble)}
    return {"text": bubble.text} | _entities(bubble.text)


def file_of(bubble: Bubble) -> Json:
    """Names of a file: the same for the same message, however often it is sent."""
    file = f"{VOICE_ID}{bubble.id}{bubble.look}"
    return {"file_id": file, "file_unique_id": unique_id(file)}


def unique_id(file: str) -> str:
    return f"AgAD{''.join(sign for sign in file.removeprefix(VOICE_ID) if sign.isdigit())}"


def _entities(text: str) -> Json:
    command = re.match(r"/[A-Za-z0-9_]{1,32}", text)
    if command is None:
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": command.end()}]}


def _keyboard(buttons: tuple[Button, ...]) -> Json:
    if not buttons:
        return {}
    rows = [[{"text": button.label, "callback_data": button.value}] for button in buttons]
    return {"reply_markup": {"inline_keyboard": rows}}


def callback_query(sender: Json, under: Json, data: str) -> Json:
    query = {"id": secrets.token_hex(8), "from": sender, "message": under, "data": data}
    return query | {"chat_instance": str(sender["id"] * 7919)}


def membership(sender: Json, chat: Json, bot: Json, moment: datetime, blocked: bool) -> Json:
    """What my_chat_member holds when a person blocks the bot or lets it write again."""
    outside = {"status": "kicked", "user": bot, "until_date": 0}
    inside = {"status": "member", "user": bot}
    old, new = (inside, outside) if blocked else (outside, inside)
    return {"chat": chat, "from": sender, "date": seconds(moment), "old_chat_member": old, "new_chat_member": new}


def kind(update: Json) -> str:
    """What an update holds: message, callback_query, ..."""
    return next(key for key in update if key != "update_id")


def encoded(update: Json) -> bytes:
    return json.dumps(update).encode()
