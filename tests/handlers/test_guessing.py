"""In which language somebody new is met."""

import pytest

import flows
from channels.messages import Kind, Message
from handlers.talk.guessing import first_guess
from tests.every_channel import every_channel
from tests.review import PROCESS, address


def guess(text: str, app: str = "", sender: str = "", channel: str = "sms", process: flows.Process = PROCESS) -> str:
    message = Message(channel, "1", sender or address(channel, 1), Kind.TEXT, text, language=app)
    return first_guess(message, process, every_channel()[channel].reserved_words)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello", "en"),
        ("Bonjour", "fr"),
        ("Bonjour, comment ça va ?", "fr"),
        ("HOLA", "es"),
        ("Buenas", "es"),
        ("مرحبا", "ar"),
        ("السلام عليكم", "ar"),
        ("salam", "ar"),
        ("Je veux participer", "fr"),
        ("Français", "fr"),
        ("español", "es"),
        ("Arabi", "ar"),
        ("ayuda", "es"),
    ],
)
def test_it_is_known_by_what_they_write(text: str, language: str) -> None:
    assert guess(text) == language


def test_it_is_known_by_what_their_app_says() -> None:
    assert guess("/start", "es-MX", "70001", "telegram") == "es"
    assert guess("👋", "ar", "70001", "telegram") == "ar"


def test_english_is_written_by_everybody() -> None:
    assert guess("hello", "fr", "70001", "telegram") == "fr"
    assert guess("bonjour", "en", "70001", "telegram") == "fr"


@pytest.mark.parametrize(
    ("sender", "language"),
    [
        ("+212500000001", "ar"),
        ("+33199000001", "fr"),
        ("+34900000001", "es"),
        ("+441632960001", "en"),
        ("whatsapp:+33199000001", "fr"),
        ("US.1234", "en"),
    ],
)
def test_it_is_known_by_the_country_of_their_number(sender: str, language: str) -> None:
    assert guess("?", sender=sender) == language


def test_words_on_every_poster_say_nothing() -> None:
    assert guess("START", sender="+33199000001") == "fr"


def test_else_it_is_the_first_of_the_process() -> None:
    french = flows.Process(PROCESS.title, PROCESS.organizer, ("fr", "ar"), ())
    assert guess("hello", process=french) == "fr"
    assert guess("?", sender="70001", channel="telegram", process=french) == "fr"
