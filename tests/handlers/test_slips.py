"""What an organizer wrote wrong is explained in the words of the file, never in those of a library."""

import re
from typing import Any

import pytest

import flows
from handlers.writing import contents

TITLE = 'title = { en = "x" }\n'
PROCESS = TITLE + 'organizer = { en = "x" }\n'
NEWS = 'text = { en = "x" }\n'
CASES: list[tuple[type[Any], str, str, str]] = [
    (flows.Process, 'languages = ["en"]', "title", "is missing"),
    (
        contents.Consultation,
        TITLE + 'questions = []\n[promise]\npurpose = { en = "x" }',
        "promise.who_decides",
        "missing",
    ),
    (contents.Round, TITLE + 'matters = [{ value = "a" }]\ncloses = 2027-01-01', "matters.1.label", "is missing"),
    (contents.Round, TITLE + 'matters = ["a"]\ncloses = 2027-01-01', "matters.1", "names with values"),
    (flows.Process, PROCESS + 'regions = []\nlanguages = "en"', "languages", "square brackets"),
    (flows.Process, PROCESS + "regions = []\nlanguages = [1]", "languages.1", "quotation marks"),
    (flows.Process, PROCESS + 'languages = ["en"]\nregions = []\ndaytime = "day"', "daytime", "names with values"),
    (contents.Bulletin, NEWS + '[audience]\nmembers = "yes"', "audience.members", "true or false"),
    (contents.Bulletin, NEWS + 'audience = "all"', "audience", "names with values"),
    (contents.Bulletin, 'text = "x"', "text", "en = "),
    (contents.Bulletin, "text = { en = 1 }", "text", "quotation marks"),
    (contents.Bulletin, NEWS + 'not_after = "soon"', "not_after", "2027-06-30"),
    (contents.Bulletin, NEWS + "not_after = 3", "not_after", "2027-06-30"),
    (contents.Bulletin, NEWS + "urgent = 1", "urgent", "true or false"),
]


@pytest.mark.parametrize(("kind", "toml", "place", "what"), CASES)
def test_a_slip_is_named_as_it_is_written_with_what_to_write(kind: type[Any], toml: str, place: str, what: str) -> None:
    with pytest.raises(contents.Unfit) as unfit:
        contents.read(toml, kind)
    explanation = str(unfit.value)
    assert explanation.startswith(f"{place}: ")
    assert what in explanation
    assert not re.search(r"\$|`|Object|Expected|RFC|null|\bstr\b|array|field", explanation)
