"""What reviewers have corrected in our own texts, as files that we can take over."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

import locales
from bot.commands.terminal import reading, say, stop
from handlers import corrections
from locales import ENGLISH, FOLDER, STAFF, catalogs
from storage import Session


def export(
    language: str,
    file: Annotated[Path, typer.Argument(dir_okay=False)],
    staff: Annotated[bool, typer.Option("--staff", help="What only staff read, in the console.")] = False,
) -> None:
    """Write our catalog of a language to FILE, with everything in it that was corrected here."""
    path = (STAFF if staff else FOLDER) / f"{language}.po"
    if language == ENGLISH or language not in locales.languages() or not path.exists():
        stop(f"There is no catalog of {language!r}: choose from {', '.join(locales.languages()[1:])}.")

    async def load(session: Session, _now: datetime) -> locales.Corrections:
        return await corrections.load(session)

    its = reading(load).get(language, {})
    texts = {english for english, _form in its} & catalogs.texts(path)
    file.write_text(catalogs.written(catalogs.corrected(path, its)), encoding="utf-8")
    say(f"Written: {file}. Texts in it that were corrected here: {len(texts)}.")


GROUPS = {"words": "Our own texts, as they were corrected here."}
COMMANDS: Mapping[str, Callable[..., None]] = {"words export": export}
