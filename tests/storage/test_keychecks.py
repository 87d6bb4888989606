"""A database knows the keys that it was used with, whatever was done to them in order, and no others."""

import os
from dataclasses import replace

import pytest

from storage import Database, Keyring, UnsafeKeys, keychecks
from tests.storage.rows import meet

OTHER = Keyring({1: os.urandom(32)}, os.urandom(32))


async def takes(database: Database, keys: Keyring) -> bool:
    try:
        async with database.writing() as session:
            await keychecks.verify(session, keys)
    except UnsafeKeys:
        return False
    return True


async def test_the_first_keys_are_taken_and_no_others_after_them(database: Database, keys: Keyring) -> None:
    assert await takes(database, keys)
    assert await takes(database, keys)
    assert not await takes(database, OTHER)
    assert not await takes(database, replace(keys, index_key=OTHER.index_key))
    assert await takes(database, keys)


async def test_keys_may_be_changed_in_order(database: Database) -> None:
    first, second = os.urandom(32), os.urandom(32)
    index = os.urandom(32)
    for wrapping in ({1: first}, {1: first, 2: second}, {2: second}):
        assert await takes(database, Keyring(wrapping, index))
    for wrapping in ({1: first}, {1: first, 2: os.urandom(32)}, {3: os.urandom(32)}):
        assert not await takes(database, Keyring(wrapping, index))
    assert await takes(database, Keyring({1: first, 2: second}, index))


async def test_before_there_were_proofs_whoever_is_there_has_to_open(database: Database, keys: Keyring) -> None:
    async with database.writing() as session:
        await meet(session, keys)
    assert not await takes(database, OTHER)
    assert await takes(database, keys)


async def test_a_refused_file_leaves_no_trace(database: Database, keys: Keyring) -> None:
    assert await takes(database, keys)
    assert not await takes(database, replace(keys, wrapping={**keys.wrapping, 1: os.urandom(32), 2: os.urandom(32)}))
    changed = replace(keys, wrapping={**keys.wrapping, max(keys.wrapping) + 1: os.urandom(32)})
    assert await takes(database, changed)


def test_what_is_said_of_wrong_keys_shows_none_of_them(keys: Keyring) -> None:
    why = keychecks.mismatch({1: "no proof"}, keys)
    assert why
    assert keys.proof(max(keys.wrapping)) not in why


@pytest.mark.parametrize("epoch", [1])
def test_a_proof_depends_on_both_keys(epoch: int) -> None:
    same = Keyring(OTHER.wrapping, os.urandom(32))
    assert OTHER.proof(epoch) != same.proof(epoch)
    assert OTHER.proof(epoch) == Keyring(dict(OTHER.wrapping), OTHER.index_key).proof(epoch)
