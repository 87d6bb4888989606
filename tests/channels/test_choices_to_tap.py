"""What can only be tapped has no numbers, and a sentence where it cannot be tapped."""

from dataclasses import replace

import pytest

import channels
from channels.messages import Choice, Outgoing, Template
from channels.telegram import _keyboard
from channels.whatsapp import fits_template

RATED = Outgoing(
    "You told us what should change\nIt was taken up.\n\nDoes this answer you?",
    choices=(Choice("yes.1", "Yes, it does"), Choice("no.1", "No, it does not")),
    token="told",
    instead="Send RATE to tell us.",
    purpose="response",
)


def test_by_sms_a_sentence_stands_in_place_of_the_choices() -> None:
    [text] = channels.texts_of("sms", RATED)
    assert text.endswith("Does this answer you? Send RATE to tell us.")
    assert "Yes, it does" not in text
    with_line = channels.texts_of("sms", replace(RATED, if_room=("To stop, send STOP.",)))
    assert with_line[0].endswith("Send RATE to tell us.\nTo stop, send STOP.")


def test_on_telegram_nothing_is_numbered() -> None:
    keyboard = _keyboard(RATED)
    assert keyboard is not None
    assert [row[0]["text"] for row in keyboard["inline_keyboard"]] == ["Yes, it does", "No, it does not"]
    assert "RATE" not in channels.texts_of("telegram", RATED)[0]


@pytest.mark.parametrize("outgoing", [RATED, replace(RATED, text="x" * 1200 + RATED.text)])
def test_on_whatsapp_what_leaves_without_buttons_says_what_to_send(outgoing: Outgoing) -> None:
    [text] = channels.texts_of("whatsapp", outgoing)
    assert text.rstrip("\u2069\u200f").endswith("Send RATE to tell us.")


def test_a_template_has_to_hold_that_sentence_too() -> None:
    room = 1024 - len(RATED.text) - len(" – ")
    template = Template("response", "en", "HX" + "0" * 32, "approved", body=f"{'x' * (room - 2)} {{{{1}}}} ")
    assert fits_template(replace(RATED, instead=""), [template])
    assert not fits_template(RATED, [template])
