"""What is sealed opens only where it was sealed, with the key it was sealed with."""

import hashlib
import hmac
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert
from sqlalchemy.exc import StatementError

from storage import Database, Keyring, PersonKey, Unreadable, UnsafeKeys
from storage import keys as stored
from storage.keys import SHORTEST, Box
from storage.tables import contribution, delivery, event, parked
from storage.together import Writes, write
from tests.storage.rows import NOW

WORDS = "The bus never comes. \u0627\u0644\u062d\u0627\u0641\u0644\u0629"


@pytest.fixture
def alice(keys: Keyring) -> PersonKey:
    return keys.new("alice")


def test_what_was_sealed_can_be_opened(alice: PersonKey) -> None:
    box = alice.seal(WORDS, contribution.c.words, "row")
    assert alice.open(box, contribution.c.words, "row") == WORDS
    assert bytes(box).find(WORDS.encode()) == -1


def test_the_same_words_never_look_the_same(alice: PersonKey) -> None:
    assert alice.seal(WORDS, contribution.c.words, "row") != alice.seal(WORDS, contribution.c.words, "row")


@pytest.mark.parametrize("text", ["", "yes", WORDS, "ends in zeros\0\0", "\u0080", "\u0080\0", "x" * 511, "x" * 512])
def test_padding_is_taken_away_and_nothing_else(alice: PersonKey, text: str) -> None:
    box = alice.seal(text, contribution.c.words, "row")
    assert alice.open(box, contribution.c.words, "row") == text
    assert (len(box) - SHORTEST) % 512 == 0


def test_what_may_be_longer_is_padded_as_if_it_were(alice: PersonKey) -> None:
    sizes = {len(alice.seal("x" * number, contribution.c.words, "row", 2000)) for number in (0, 700, 2000)}
    assert sizes == {2048 + SHORTEST}


@pytest.mark.parametrize("text", ["", "yes", WORDS, "ends like padding\0\u0080\0"])
def test_a_box_of_before_there_was_padding_still_opens(keys: Keyring, alice: PersonKey, text: str) -> None:
    box = unpadded(alice.secret, text, "v2|contribution|words|row|alice")
    assert alice.open(box, contribution.c.words, "row") == text
    own = hmac.new(keys.wrapping[1], b"hearback parked", hashlib.sha256).digest()
    assert keys.open(unpadded(own, text, "v2|parked|body|event"), parked.c.body, "event") == text


def unpadded(secret: bytes, text: str, place: str) -> bytes:
    nonce = os.urandom(12)
    return b"\x02" + nonce + AESGCM(secret).encrypt(nonce, text.encode(), place.encode())


def test_a_box_is_not_taken_for_one_of_the_other_kind(alice: PersonKey) -> None:
    box = alice.seal("yes", contribution.c.words, "row")
    old = unpadded(alice.secret, "yes", "v2|contribution|words|row|alice")
    for renamed in (b"\x02" + box[1:], b"\x03" + old[1:]):
        with pytest.raises(Unreadable):
            alice.open(renamed, contribution.c.words, "row")


def test_a_box_in_another_row_cannot_be_opened(alice: PersonKey) -> None:
    box = alice.seal(WORDS, contribution.c.words, "row")
    with pytest.raises(Unreadable):
        alice.open(box, contribution.c.words, "other")


def test_a_box_in_another_column_cannot_be_opened(alice: PersonKey) -> None:
    box = alice.seal(WORDS, contribution.c.words, "row")
    with pytest.raises(Unreadable):
        alice.open(box, contribution.c.voice, "row")


def test_a_box_in_another_table_cannot_be_opened(alice: PersonKey) -> None:
    box = alice.seal(WORDS, parked.c.body, "row")
    with pytest.raises(Unreadable):
        alice.open(box, delivery.c.body, "row")


def test_a_box_of_somebody_else_cannot_be_opened(keys: Keyring, alice: PersonKey) -> None:
    box = alice.seal(WORDS, contribution.c.words, "row")
    with pytest.raises(Unreadable):
        keys.new("alice").open(box, contribution.c.words, "row")
    with pytest.raises(Unreadable):
        PersonKey("bob", alice.secret).open(box, contribution.c.words, "row")


def test_a_box_with_one_flipped_bit_cannot_be_opened(alice: PersonKey) -> None:
    box = alice.seal("yes", contribution.c.words, "row")
    for place in range(len(box)):
        changed = bytearray(box)
        changed[place] ^= 1
        with pytest.raises(Unreadable):
            alice.open(bytes(changed), contribution.c.words, "row")


def test_a_box_that_was_cut_short_cannot_be_opened(alice: PersonKey) -> None:
    box = alice.seal("yes", contribution.c.words, "row")
    for length in range(len(box)):
        with pytest.raises(Unreadable):
            alice.open(box[:length], contribution.c.words, "row")


def test_a_key_wrapped_in_an_old_epoch_still_opens(keys: Keyring, alice: PersonKey) -> None:
    before = Keyring({1: keys.wrapping[1]}, keys.index_key)
    assert (before.epoch, keys.epoch) == (1, 2)
    assert keys.unwrap("alice", before.wrap(alice), 1) == alice
    assert keys.unwrap("alice", keys.wrap(alice), 2) == alice


def test_a_key_whose_epoch_was_destroyed_is_gone(keys: Keyring, alice: PersonKey) -> None:
    after = Keyring({2: keys.wrapping[2]}, keys.index_key)
    wrapped = Keyring({1: keys.wrapping[1]}, keys.index_key).wrap(alice)
    for epoch in (1, 2):
        with pytest.raises(Unreadable):
            after.unwrap("alice", wrapped, epoch)


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(40), bytes(41)])
def test_what_is_no_wrapped_key_is_refused(keys: Keyring, wrapped: bytes) -> None:
    with pytest.raises(Unreadable):
        keys.unwrap("alice", wrapped, 2)


def test_what_belongs_to_nobody_opens_in_its_place_and_in_later_epochs(keys: Keyring) -> None:
    box = Keyring({1: keys.wrapping[1]}, keys.index_key).seal(WORDS, parked.c.body, "here")
    assert keys.open(box, parked.c.body, "here") == WORDS
    with pytest.raises(Unreadable):
        keys.open(box, parked.c.body, "there")


def test_an_index_depends_on_the_key_the_channel_and_the_sender(keys: Keyring) -> None:
    other = Keyring(keys.wrapping, bytes(range(100, 132)))
    found = {
        keys.index("sms", "+15005550006"),
        keys.index("whatsapp", "+15005550006"),
        keys.index("sms", "+15005550001"),
        other.index("sms", "+15005550006"),
    }
    assert len(found) == 4
    assert keys.index("sms", "+15005550006") in found


def test_no_secret_is_shown(keys: Keyring, alice: PersonKey) -> None:
    shown = f"{keys!r} {alice!r} {keys} {alice}"
    for secret in (*keys.wrapping.values(), keys.index_key, alice.secret):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown


def test_an_exception_shows_nothing(alice: PersonKey) -> None:
    box = alice.seal(WORDS, contribution.c.words, "row")
    with pytest.raises(Unreadable) as wrong:
        alice.open(box, contribution.c.words, "other")
    assert str(wrong.value) == str(wrong.value.__cause__) == ""


def test_a_new_key_file_opens_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    keyring = stored.load(path)
    alice = keyring.new("alice")
    assert stored.load(path).unwrap("alice", keyring.wrap(alice), 1) == alice


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        stored.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    path.chmod(mode)
    with pytest.raises(UnsafeKeys, match="chmod 600"):
        stored.load(path)


def test_a_missing_key_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnsafeKeys, match="hearback keys new"):
        stored.load(tmp_path / "keys")


def test_a_new_epoch_is_the_current_one_and_the_old_key_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    before = stored.load(path)
    alice = before.new("alice")
    wrapped, parked_box = before.wrap(alice), before.seal(WORDS, parked.c.body, "here")
    assert stored.begin_epoch(path) == 2
    after = stored.load(path)
    assert (after.epoch, after.index_key) == (2, before.index_key)
    assert after.unwrap("alice", wrapped, 1) == alice
    assert after.open(parked_box, parked.c.body, "here") == WORDS
    assert path.stat().st_mode & 0o777 == 0o600


def test_after_the_old_epoch_has_ended_no_key_that_is_left_opens_what_it_wrapped(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    wrapped = (keyring := stored.load(path)).wrap(keyring.new("alice"))
    stored.begin_epoch(path)
    stored.end_old_epochs(path, 2)
    after = stored.load(path)
    assert list(after.wrapping) == [2]
    for epoch in (1, 2):
        with pytest.raises(Unreadable):
            after.unwrap("alice", wrapped, epoch)


def test_an_epoch_that_began_meanwhile_is_not_ended(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    stored.begin_epoch(path)
    stored.begin_epoch(path)
    with pytest.raises(UnsafeKeys, match="meanwhile"):
        stored.end_old_epochs(path, 2)
    assert set(stored.load(path).wrapping) == {1, 2, 3}


def test_a_program_that_runs_takes_up_a_new_epoch_and_lets_an_old_one_go(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    running = stored.load(path)
    alice = running.new("alice")
    stored.begin_epoch(path)
    other = stored.load(path)
    assert running.epoch == 1
    assert running.unwrap("alice", other.wrap(alice), 2) == alice
    assert running.epoch == 2
    stored.end_old_epochs(path, 2)
    assert followed(running).refresh()
    assert list(running.wrapping) == [2]


def followed(keyring: Keyring) -> stored.Followed:
    assert isinstance(keyring.wrapping, stored.Followed)
    return keyring.wrapping


@pytest.mark.parametrize("spoil", ["another deployment's", "no keys", "others can read it", "gone"])
def test_a_program_that_runs_keeps_its_keys_when_the_file_is_spoilt(tmp_path: Path, spoil: str) -> None:
    path, other = tmp_path / "keys", tmp_path / "other"
    stored.create(path)
    stored.create(other)
    running = stored.load(path)
    before = dict(running.wrapping)
    match spoil:
        case "another deployment's":
            other.replace(path)
        case "no keys":
            path.write_text("{}")
        case "others can read it":
            path.chmod(0o644)
        case _:
            path.unlink()
    assert not followed(running).refresh()
    assert dict(running.wrapping) == before
    assert str(next(iter(before.values()))) not in repr(running.wrapping)


class Killed(BaseException):
    """As if the process had ended there."""


STEPS = ("open", "fchmod", "fchown", "fsync", "replace")


@pytest.mark.parametrize("begins", [True, False])
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_change_of_the_file_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool, begins: bool
) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    first = stored.load(path).wrapping[1]
    if not begins:
        stored.begin_epoch(path)
    second = dict(stored.load(path).wrapping).get(2)
    change = (lambda: stored.begin_epoch(path)) if begins else (lambda: stored.end_old_epochs(path, 2))
    with monkeypatch.context() as dying:
        kills = die_at(dying, step, after)
        with pytest.raises(Killed):
            change()
    assert kills == [step]
    left = stored.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    if begins:
        assert left.wrapping[1] == first
    else:
        assert left.wrapping[2] == second
    if len(left.wrapping) == (1 if begins else 2):
        change()
    assert set(stored.load(path).wrapping) == ({1, 2} if begins else {2})


def die_at(monkeypatch: pytest.MonkeyPatch, step: str, after: bool) -> list[str]:
    """Die before or after this step, the first time that it is for the new file."""
    target: object = Path if step == "replace" else os
    real = getattr(target, step)
    kills: list[str] = []

    def deadly(*arguments: object, **more: object) -> object:
        if step == "open" and not str(arguments[0]).endswith(".new"):
            return real(*arguments, **more)
        kills.append(step)
        if after:
            real(*arguments, **more)
        raise Killed

    monkeypatch.setattr(target, step, deadly)
    return kills


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_that_root_rotates_still_belongs_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    os.chown(path, 4242, 4243)
    stored.begin_epoch(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (4242, 4243)


def test_a_key_file_behind_a_link_is_changed_where_it_lies(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    stored.create(real)
    link.symlink_to(real)
    stored.begin_epoch(link)
    assert link.is_symlink()
    assert stored.load(real).epoch == 2


def all_zero(keys: dict[str, object]) -> object:
    return keys | {"wrapping": {"1": "A" * 43 + "="}}


def zero_index(keys: dict[str, object]) -> object:
    return keys | {"index": "A" * 43 + "="}


def too_short(keys: dict[str, object]) -> object:
    return keys | {"index": "c2hvcnQ="}


def no_epochs(keys: dict[str, object]) -> object:
    return keys | {"wrapping": {}}


def no_index(keys: dict[str, object]) -> object:
    return {"wrapping": keys["wrapping"]}


def odd_epoch(keys: dict[str, object]) -> object:
    return keys | {"wrapping": {"first": keys["index"]}}


def a_list(keys: dict[str, object]) -> object:
    return [keys]


@pytest.mark.parametrize("spoil", [all_zero, zero_index, too_short, no_epochs, no_index, odd_epoch, a_list])
def test_a_malformed_key_file_is_refused(tmp_path: Path, spoil: Callable[[dict[str, object]], object]) -> None:
    path = tmp_path / "keys"
    stored.create(path)
    keys = json.loads(path.read_text())
    path.write_text(json.dumps(spoil(keys)))
    with pytest.raises(UnsafeKeys, match="Restore it") as wrong:
        stored.load(path)
    assert keys["index"] not in str(wrong.value)
    assert wrong.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", bytes(range(64))])
def test_a_key_file_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(UnsafeKeys, match="Restore it") as wrong:
        stored.load(path)
    assert wrong.value.__context__ is None


@pytest.mark.parametrize("plain", [WORDS, WORDS.encode(), b"\x02 looks almost right", b""])
async def test_what_was_not_sealed_is_refused_before_it_is_stored(database: Database, plain: object) -> None:
    row = {"id": "p", "channel": "sms", "index": None, "body": plain, "fault": "KeyError", "at": NOW}
    async with database.writing() as session:
        with pytest.raises(StatementError, match="only what is sealed") as wrong:
            await session.execute(insert(parked).values(row))
        assert "bus" not in str(wrong.value)
        writes = Writes()
        writes.insert(parked, **row)
        with pytest.raises(TypeError, match="only what is sealed") as refused:
            await write(session, writes)
        assert "bus" not in str(refused.value)


async def test_a_sealed_column_gives_back_what_it_was_given(database: Database, alice: PersonKey) -> None:
    box = alice.seal(WORDS, parked.c.body, "p")
    row = {"id": "p", "channel": "sms", "index": None, "body": box, "fault": "KeyError", "at": NOW}
    async with database.writing() as session:
        await session.execute(insert(parked).values(row))
        found = (await session.execute(parked.select())).one()
    assert alice.open(found.body, parked.c.body, "p") == WORDS
    assert found.at == NOW
    assert Box(found.body) == box


async def test_a_conflict_shows_nothing_of_the_row(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(event).values(id="sms:SM1", seen=NOW))
    with pytest.raises(StatementError) as wrong:
        async with database.writing() as session:
            await session.execute(insert(event).values(id="sms:SM1", seen=NOW))
    assert str(NOW.year) not in str(wrong.value)
