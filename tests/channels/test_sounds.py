"""Voice notes are told by what they are, lose all that is not voice, and are looked into where they can do no harm."""

import struct
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels._sound import looking, ogg
from channels._sound.looking import looked_into
from channels._sound.reading import read
from channels._sound.sounds import Misshapen, Sound
from channels.messages import Later, Never
from channels.recordings import LARGEST, LONGEST, SoundKind
from demo.platforms.voices import BESIDE, SILENCE, VOICE, spoken
from tests.sounds import MADE, NONE, SECRET, amr, mp3, mp4, wav, webm

KINDS = {
    "audio/ogg": (VOICE, 7.0),
    "audio/mpeg": (mp3(3), 3.0),
    "audio/mp4": (mp4(4), 4.0),
    "audio/amr": (amr(2), 2.0),
    "audio/wav": (wav(2), 2.0),
    "audio/webm": (webm(5000), 5.0),
}


def test_there_is_an_example_of_every_kind() -> None:
    assert KINDS.keys() == set(SoundKind)


@pytest.mark.parametrize("kind", KINDS)
def test_its_kind_and_its_length_are_told_by_what_it_is(kind: str) -> None:
    raw, seconds = KINDS[kind]
    sound = read(raw)
    assert sound.kind == kind
    assert sound.seconds == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_but_the_voice(kind: str) -> None:
    content = read(KINDS[kind][0]).content
    assert SECRET not in content
    assert struct.pack(">I", MADE) not in content
    assert not [word for word in BESIDE if word.encode() in content]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_looked_into_is_the_same_when_it_is_looked_into_again(kind: str) -> None:
    sound = read(KINDS[kind][0])
    assert read(sound.content) == sound


def test_every_packet_of_ogg_is_still_there_and_every_page_is_whole() -> None:
    content = read(spoken(3)).content
    assert content.count(SILENCE) == 150
    place, numbers = 0, []
    while place < len(content):
        magic, _version, _flags, _granule, _serial, number, checksum, segments = ogg.PAGE.unpack_from(content, place)
        end = place + ogg.PAGE.size + segments + sum(content[place + ogg.PAGE.size :][:segments])
        page = bytearray(content[place:end])
        page[22:26] = bytes(4)
        assert (magic, checksum) == (b"OggS", bit_by_bit(bytes(page)))
        numbers.append(number)
        place = end
    assert numbers == list(range(5))


def bit_by_bit(page: bytes) -> int:
    """The checksum as RFC 3533 describes it, without a table."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _bit in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


def test_comments_that_fill_several_pages_are_gone_too() -> None:
    pages = list(ogg._pages(VOICE))
    comments = ogg.TAGS + SECRET * 3000
    first = ogg.Page(0, 0, 7001, b"\xff" * 255, comments[: 255 * 255])
    rest = comments[255 * 255 :]
    last = ogg.Page(1, 0, 7001, b"\xff" * (len(rest) // 255) + bytes([len(rest) % 255]), rest)
    raw = b"".join(ogg.written(page, number) for number, page in enumerate([pages[0], first, last, *pages[2:]]))
    assert read(raw) == read(VOICE)


def test_a_second_stream_in_it_is_left_out() -> None:
    pages = list(ogg._pages(VOICE))
    other = ogg.Page(2, 0, 7, bytes([len(SECRET)]), SECRET)
    raw = b"".join(ogg.written(page, number) for number, page in enumerate([pages[0], other, *pages[1:]]))
    assert read(raw) == read(VOICE)


def test_a_length_that_a_page_claims_is_not_believed() -> None:
    lies = [ogg.Page(page.flags, 2**62, page.serial, page.lacing, page.body) for page in ogg._pages(VOICE)]
    assert read(b"".join(ogg.written(page, number) for number, page in enumerate(lies))).seconds == 7.0


def test_a_browsers_recording_that_says_nowhere_where_it_ends_is_taken() -> None:
    sound = read(webm(sized=False))
    assert (sound.kind, SECRET in sound.content) == ("audio/webm", False)


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_voice_note_is_none(name: str) -> None:
    with pytest.raises((Misshapen, struct.error)):
        read(NONE[name])


@settings(max_examples=300)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(st.integers(0, 10**6), st.binary(max_size=9)), max_size=8))
def test_a_file_that_was_tampered_with_is_read_or_refused(kind: str, changes: list[tuple[int, bytes]]) -> None:
    """Whatever is raised ends the child; here, that it ends at all, and that what is left is no larger."""
    raw = bytearray(KINDS[kind][0])
    for place, content in changes:
        at = place % len(raw)
        raw[at : at + len(content)] = content
    try:
        sound: Sound | None = read(bytes(raw))
    except (Misshapen, ValueError, IndexError, OverflowError, struct.error):
        sound = None
    assert sound is None or len(sound.content) <= len(raw) + 64


@pytest.mark.parametrize("kind", KINDS)
async def test_a_child_looks_into_it(kind: str) -> None:
    raw, seconds = KINDS[kind]
    recording = await looked_into(raw)
    assert (recording.kind, recording.sound) == (kind, read(raw).content)
    assert recording.length is not None
    assert recording.length.total_seconds() == pytest.approx(seconds, abs=0.05)
    assert "sound" not in repr(recording)


@pytest.mark.parametrize("name", ["nothing", "a page that begins like Ogg", "a film"])
async def test_a_child_finds_none(name: str) -> None:
    assert await refusal(NONE[name]) == "not_audio"


async def test_what_nobody_can_listen_to_in_ten_minutes_is_too_long() -> None:
    assert await refusal(spoken(LONGEST.seconds + 1)) == "too_long"
    assert (await looked_into(spoken(LONGEST.seconds))).length == LONGEST


async def test_the_largest_is_looked_into_in_time() -> None:
    raw = wav(1)
    assert len((await looked_into(raw + bytes(LARGEST - len(raw)))).sound) < len(raw)


@pytest.mark.parametrize(
    "hostile",
    [
        "bytearray(1 << 30)",
        "open('/etc/hostname')",
        "__import__('socket').socket()",
        "__import__('os').abort()",
        "1 // 0",
        "(print('audio/ogg 1'), __import__('os')._exit(3))",
    ],
)
async def test_a_file_that_takes_its_child_over_gains_nothing(monkeypatch: pytest.MonkeyPatch, hostile: str) -> None:
    taken_over(monkeypatch, f"lambda raw: {hostile}")
    assert await refusal(VOICE) == "not_audio"


async def test_a_file_that_never_ends_costs_a_while_and_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken_over(monkeypatch, "lambda raw: exec('while True: pass')")
    monkeypatch.setattr(looking, "PATIENCE", timedelta(seconds=0.3))
    with pytest.raises(Later) as later:
        await looked_into(VOICE)
    assert later.value.code == "slow"


@pytest.mark.parametrize("kind", ["text/html", "audio/ogg; charset=x", "audio/\xff"])
async def test_a_child_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    taken_over(monkeypatch, f"lambda raw: __import__('channels._sound.sounds').Sound({kind!r}, raw, 1.0)")
    assert await refusal(VOICE) == "not_audio"


def taken_over(monkeypatch: pytest.MonkeyPatch, instead: str) -> None:
    """The child does this instead of reading, with all that it is confined by."""
    begin = looking.BEGIN.replace(
        "from channels._sound.child import main;", f"from channels._sound import child; child.read = {instead};"
    )
    assert begin != looking.BEGIN
    monkeypatch.setattr(looking, "BEGIN", begin.replace("main()", "child.main()"))


async def refusal(raw: bytes) -> str:
    with pytest.raises(Never) as never:
        await looked_into(raw)
    return never.value.code
