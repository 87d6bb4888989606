"""A text on its way to many says who writes and how to stop, where that costs nothing."""

import pytest

import flows
from channels.messages import Outgoing
from channels.sms import segments_of
from locales import languages

FORUM = {"en": "Harbour Forum", "fr": "Forum du Port"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x" * 100, "\nFrom Harbour Forum. To stop, send STOP."),
        ("x" * 130, "\nTo stop, send STOP."),
        ("x" * 145, "\nHarbour Forum"),
        ("x" * 160, ""),
        ("x" * 161, "\nFrom Harbour Forum. To stop, send STOP."),
    ],
)
def test_a_text_message_says_so_within_its_segments(text: str, line: str) -> None:
    outgoing = flows.Told({"en": text}, ("en",), FORUM).outgoing("en")
    with_line = Outgoing(text + line)
    assert line.strip() in ("", *outgoing.if_room)
    assert segments_of(outgoing) == segments_of(Outgoing(text)) == segments_of(with_line)


@pytest.mark.parametrize("language", languages())
def test_it_is_said_in_the_language_of_the_reader(language: str) -> None:
    bulletin = flows.Told({"en": "News."}, ("en",), FORUM)
    both, _stop, organizer = bulletin.outgoing(language).if_room
    assert organizer in both
    assert len({bulletin.outgoing(code).if_room[1] for code in languages()}) == len(languages())


def test_what_was_stored_before_says_nothing_more() -> None:
    stored = flows.told('{"text":{"en":"News."},"order":["en"]}').outgoing("en", "bulletin")
    assert stored == Outgoing("News.", "en", purpose="bulletin")


SHORT = {"en": "Regional review", "fr": "Examen régional"}


def test_beside_others_it_begins_with_which_process_it_is_of() -> None:
    bulletin = flows.Told({"en": "News.", "fr": "Nouvelles."}, ("en",), FORUM, short=SHORT)
    assert bulletin.outgoing("fr", beside_others=True).text == "Examen régional\nNouvelles."
    assert bulletin.outgoing("es", beside_others=True).text.startswith("Regional review\n")
    assert bulletin.outgoing("fr").text == "Nouvelles."
    nameless = flows.Told({"en": "News."}, ("en",), FORUM)
    assert nameless.outgoing("en", beside_others=True).text == "News."


def test_a_line_of_its_own_costs_no_more_than_the_title_and_one_letter() -> None:
    bulletin = flows.Told({"en": "x" * 144}, ("en",), FORUM, short=SHORT)
    assert segments_of(bulletin.outgoing("en", beside_others=True)) == 1
