"""What is wrong with a value in an organizer's file, in the words of the file and with what to write instead."""

import re

MISSING = re.compile(r"missing required field `(\w+)`")
EXPECTED = re.compile(r"Expected `(\w+)")
PLACE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
DAY = "write a day like 2027-06-30, without quotation marks"
WRITTEN = {
    "str": "write a text in quotation marks",
    "bool": "write true or false, without quotation marks",
    "int": "write a whole number, without quotation marks",
    "float": "write a number, without quotation marks",
    "date": DAY,
    "array": 'write a list in square brackets, like ["one", "two"]',
    "object": 'write names with values, like { en = "..." }',
}
"""By what the library would have taken."""
OTHERWISE = "this cannot be understood"
EXAMPLES = "docs/examples has one of each file."


def explained(wrong: str) -> str:
    """What the library that reads values says of a wrong one, said anew for whoever wrote the file."""
    place = _place(wrong)
    if missing := MISSING.search(wrong):
        return f"{'.'.join(filter(None, (place, missing[1])))}: this is missing. {EXAMPLES}"
    before = f"{place}: " if place else ""
    return f"{before}{_what_to_write(wrong)}. {EXAMPLES}"


def _place(wrong: str) -> str:
    """`matters[0].label` is "matters.1.label", as an organizer counts. A text is one in whatever language."""
    found = PLACE.search(wrong)
    place = found[1].replace("[...]", "") if found else ""
    return re.sub(r"\[(\d+)\]", lambda number: f".{int(number[1]) + 1}", place).lstrip(".")


def _what_to_write(wrong: str) -> str:
    if "date" in wrong and "Invalid" in wrong:
        return DAY
    expected = EXPECTED.search(wrong)
    return WRITTEN.get(expected[1], OTHERWISE) if expected else OTHERWISE
