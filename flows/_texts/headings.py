"""What a part of a text is called: its first line."""

LONGEST = 60


def heading(text: str) -> str:
    """The first line of a part, cut at a word where it is long."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= LONGEST:
        return line
    cut = line[: LONGEST - 1].rstrip()
    whole, _space, _rest = cut.rpartition(" ")
    return f"{whole if len(whole) > LONGEST // 2 else cut}…"
