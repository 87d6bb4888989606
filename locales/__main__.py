"""Brings every .po file up to date with the texts in the code, and says what is missing: `python -m locales`."""

import sys
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Message

from locales import FOLDER
from locales.catalogs import COLLEAGUES, PEOPLE, extracted, missing, updated, written


def main() -> None:
    for readers in (PEOPLE, COLLEAGUES):
        texts = extracted(FOLDER.parent, readers)
        for path in sorted(readers.folder.glob("*.po")):
            catalog = updated(path, texts)
            path.write_text(written(catalog), encoding="utf-8")
            report(path, missing(catalog))


def report(path: Path, without: list[Message]) -> None:
    """One line for the language, one for each text that it lacks."""
    lines = [f"{path.relative_to(FOLDER)}: {Locale.parse(path.stem).english_name} lacks {len(without)} texts"]
    lines += (f"  {message.id if isinstance(message.id, str) else message.id[0]}" for message in without)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
