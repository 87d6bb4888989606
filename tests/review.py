"""The review that tests and benchmarks are about: its process, its keys, the addresses of its people."""

from flows import Process, Region
from storage import Keyring

KEYS = Keyring({1: bytes(range(32))}, bytes(range(32, 64)))
PROCESS = Process(
    title={"en": "Regional review", "fr": "Examen régional", "es": "Examen regional", "ar": "الاستعراض الإقليمي"},
    organizer={"en": "Harbour Migration Forum"},
    languages=("en", "fr", "es", "ar"),
    regions=(
        Region("north", {"en": "The north", "fr": "Le nord", "es": "El norte", "ar": "الشمال"}),
        Region("south", {"en": "The south", "fr": "Le sud", "es": "El sur", "ar": "الجنوب"}),
    ),
    contact={"en": "help@forum.example"},
)


def address(channel: str, number: int) -> str:
    """Of somebody who writes there, from the ranges that are kept for fiction."""
    return {
        "telegram": f"{7_000_000 + number}",
        "whatsapp": f"whatsapp:+1202555{100 + number:04}",
        "sms": f"+1202555{100 + number:04}",
    }[channel]
