"""What a delivery says when it leaves: to each what is theirs, and to all who read the same what was made once."""

from dataclasses import replace
from datetime import date

from broadcast.leaving import outgoing_of
from flows import Told
from storage.broadcasts import RESPONSE, Subject
from storage.responses import AnsweredContribution
from tests.broadcast.test_departures import CLAIMED

TEXT = Told({"en": "The forms come in May.", "fr": "Les formulaires viennent en mai."}, ("en",))
BULLETIN = replace(CLAIMED, renditions=TEXT.packed(), broadcast="b", subject=Subject("bulletin", "1"))
RESPONDED = replace(TEXT, opening={"en": "You told us what should change."})
RESPONSE_TO_ALL = replace(CLAIMED, renditions=RESPONDED.packed(), broadcast="r", subject=Subject(RESPONSE, "1"))


def test_all_who_read_the_same_get_what_was_made_once() -> None:
    assert outgoing_of(replace(BULLETIN, id="d1")) is outgoing_of(replace(BULLETIN, id="d2", to="70002"))
    assert outgoing_of(replace(BULLETIN, language="fr")).text == TEXT.text["fr"]


def test_a_text_that_was_changed_leaves_as_it_is_now() -> None:
    outgoing_of(BULLETIN)
    changed = replace(TEXT, text={"en": "The forms come in June."})
    assert outgoing_of(replace(BULLETIN, renditions=changed.packed())).text == "The forms come in June."


def test_a_response_says_to_each_what_it_answers_of_theirs() -> None:
    march, april = (AnsweredContribution(date(2026, month, 2), "", None, 0) for month in (3, 4))
    texts = [outgoing_of(replace(RESPONSE_TO_ALL, answers=answers)).text for answers in (march, april, None)]
    assert "March" in texts[0]
    assert "April" in texts[1]
    assert texts[2].startswith(RESPONDED.opening["en"])
