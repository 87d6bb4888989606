"""What is sealed opens only where it was sealed, with the key it was sealed with."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import StatementError

from storage import Database, Keyring, PersonKey, Unreadable, UnsafeKeys
from storage import keys as stored
from storage.keys import Box
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
    box = Keyring({1: keys.wrapping[1]}, keys.index_key).seal(WORDS, "here")
    assert keys.open(box, "here") == WORDS
    with pytest.raises(Unreadable):
        keys.open(box, "there")


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
        with pytest.raises(StatementError, match="only what is sealed") as wrong:
            await write(session, writes)
        assert "bus" not in str(wrong.value)


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
