"""A voice note: played to whoever may read its contribution, and written down by them for everybody else."""

from collections.abc import Collection, Mapping

from aiohttp import web

from channels.recordings import SoundKind
from console._frame import pages
from console._frame.desks import Desk, see
from console._frame.routes import get, post
from handlers import journal, recordings, staff
from handlers.journal import Act
from handlers.recordings import Listener, NotKept, OpenedSound, StoredRecording, Why, WrittenDown
from locales import N_, _
from storage import Session
from storage.roles import Role

LISTENERS = (Role.ORGANIZER, Role.MODERATOR)
ENDINGS: Mapping[str, str] = {
    SoundKind.OGG: "ogg",
    SoundKind.MP3: "mp3",
    SoundKind.MP4: "m4a",
    SoundKind.AMR: "amr",
    SoundKind.WAV: "wav",
    SoundKind.WEBM: "webm",
}
"""What is served, each with the end of the name under which it is saved. Nothing else is."""
# To translators: {number} is a number of characters.
WHYS: Mapping[Why, str] = {
    Why.EMPTY: N_("Write down what is said in it."),
    Why.LONG: N_("At most {number} characters can be kept."),
    Why.NEWER: N_("Somebody else has changed this text meanwhile. Nothing was overwritten: compare the two."),
}
NOTHING_ELSE = "default-src 'none'; sandbox"
"""What a browser may do that opens a sound as if it were a page."""


async def show(desk: Desk) -> web.StreamResponse:
    async with desk.reading() as session:
        recording = await _found(desk, session)
        return await _show(desk, session, recording, recording.words)


async def write_down(desk: Desk) -> web.StreamResponse:
    """What they heard. Whoever keeps it after seeing what somebody else heard means it."""
    try:
        async with desk.writing() as session:
            await keep(desk, session)
    except NotKept as refusal:
        async with desk.reading() as session:
            recording = await _found(desk, session)
            return await _show(desk, session, recording, desk.text("words"), refusal.why)
    raise see(desk.request.path, done="written")


async def keep(desk: Desk, session: Session) -> None:
    """What stands in the form, of the voice note of the path. Raises `NotKept`."""
    recording = await _found(desk, session)
    written = WrittenDown(desk.text("words").strip(), _edited(desk) + 1, desk.who.id, desk.now)
    await recordings.write_down(session, desk.office.keys, desk.process, recording.contribution, written)
    facts: dict[str, journal.Fact] = {"language": recording.language, "number": written.edition}
    await desk.note(session, journal.Entry(Act.RECORDING_WRITE, recording.contribution, facts))


def reason(why: Why) -> str:
    """Why what was heard is not kept, for whoever wrote it down."""
    return _(WHYS[why], number=recordings.LONGEST)


async def play(desk: Desk) -> web.StreamResponse:
    """The sound. Browsers ask for it piece by piece, those of Apple play nothing else."""
    async with desk.reading() as session:
        name = desk.at("contribution")
        sound = await recordings.opened(session, desk.office.keys, desk.process, name, listener(desk))
    if sound is None or sound.kind not in ENDINGS:
        raise web.HTTPNotFound
    return _piece(desk.request, sound)


def listener(desk: Desk) -> Listener:
    """Who sits there. Moderators hear what was given in their languages, until something in it is masked."""
    if desk.has(Role.ORGANIZER):
        return Listener(None, hears_masked=True)
    return Listener(desk.languages(Role.MODERATOR), hears_masked=False)


async def writers(session: Session, found: Collection[StoredRecording]) -> dict[str, str]:
    """What those are called who wrote these down, by their ids: the part of a page that shows one needs it."""
    return dict(await staff.names(session, {recording.written_by for recording in found if recording.written_by}))


async def _found(desk: Desk, session: Session) -> StoredRecording:
    """That of the path. One of another process, or in a language that is not theirs, is not there."""
    name = desk.at("contribution")
    found = await recordings.of(session, desk.office.keys, desk.process, [name], listener(desk))
    if name not in found:
        raise web.HTTPNotFound
    return found[name]


async def _show(
    desk: Desk, session: Session, recording: StoredRecording, typed: str, why: Why | None = None
) -> web.StreamResponse:
    return desk.page_with_sound(
        "recording.html",
        422 if why else 200,
        recording=recording,
        names=await writers(session, [recording]),
        transcript=typed,
        wrong="" if why is None else reason(why),
        is_newer=why is Why.NEWER,
    )


def _edited(desk: Desk) -> int:
    """The edition that they had before them; 0: nobody had written anything."""
    edited = desk.line("edited")
    return int(edited) if edited.isdecimal() and len(edited) < 9 else 0


def _piece(request: web.Request, sound: OpenedSound) -> web.Response:
    """The piece that was asked for; all of it where several were, or none that we understand."""
    size = len(sound.content)
    headers = pages.HEADERS | {
        "Content-Type": sound.kind,
        "Content-Disposition": f'attachment; filename="voice-note.{ENDINGS[sound.kind]}"',
        "Content-Security-Policy": NOTHING_ELSE,
        "Accept-Ranges": "bytes",
    }
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(None)
    if wanted.start is None:
        return web.Response(body=sound.content, headers=headers)
    first, end, _step = wanted.indices(size)
    if first >= end:
        return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    piece = {"Content-Range": f"bytes {first}-{end - 1}/{size}"}
    return web.Response(status=206, body=sound.content[first:end], headers=headers | piece)


routes = [
    get("/p/{slug}/inbox/{contribution}/voice", play, LISTENERS),
    get("/p/{slug}/inbox/{contribution}/recording", show, LISTENERS),
    post("/p/{slug}/inbox/{contribution}/recording", write_down, LISTENERS),
]
