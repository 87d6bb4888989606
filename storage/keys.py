"""Encryption: one key a person, wrapped by keys that live outside the database."""

import hmac
import json
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import Column

Box = NewType("Box", bytes)
"""Something encrypted: b"\\x03", a nonce of 12 bytes, the AES-256-GCM text with its tag. The text is padded, so that
its length says next to nothing of it."""

VERSION = b"\x03"
UNPADDED = b"\x02"
"""Boxes of before: they are opened, and no more are made."""
NONCE = 12
KEY = 32
LARGE_STEP = 4096
"""Of a voice note that is about a second."""
SHORTEST = len(VERSION) + NONCE + 16
"""The box of an empty text: its tag is there."""


class Unreadable(Exception):
    """This box cannot be opened with this key in this place: it was moved, changed, or its key is gone."""


class UnsafeKeys(Exception):
    """The key file is missing, malformed, or others can read it. The text says what to do."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of one person. A box opens only in the table, column and row it was sealed for."""

    person: str
    secret: bytes = field(repr=False)
    cipher: AESGCM = field(init=False, repr=False, compare=False)
    """Made once: that takes three times as long as sealing something with it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cipher", AESGCM(self.secret))

    def seal(self, text: str, column: Column[Box], row: str, least: int = 0) -> Box:
        """`least`: as if the text had at least so many bytes, where texts of several lengths have to look alike."""
        return _sealed(self.cipher, text, column, f"{row}|{self.person}", least)

    def open(self, box: bytes, column: Column[Box], row: str) -> str:
        """Raises `Unreadable`."""
        return _opened(self.cipher, box, column, f"{row}|{self.person}").decode()

    def hand_over(self, box: bytes, column: Column[Box], row: str, to: "PersonKey") -> Box:
        """The same for another person, and no shorter: how long it looks tells no more than before.

        Raises `Unreadable`.
        """
        return to.seal(self.open(box, column, row), column, row, len(box) - SHORTEST)


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The key of one large thing of a person's. Theirs seals it: when that changes, the thing stays as it is.

    The thing opens only in the table, column and row that it was sealed for.
    """

    secret: bytes = field(repr=False)

    @staticmethod
    def new() -> "OwnKey":
        return OwnKey(AESGCM.generate_key(256))

    @staticmethod
    def opened(key: PersonKey, box: bytes, column: Column[Box], row: str) -> "OwnKey":
        """Raises `Unreadable`."""
        try:
            return OwnKey(bytes.fromhex(key.open(box, column, row)))
        except ValueError:
            pass
        raise Unreadable

    def sealed_by(self, key: PersonKey, column: Column[Box], row: str) -> Box:
        return key.seal(self.secret.hex(), column, row)

    def seal(self, content: bytes, column: Column[bytes], row: str) -> Box:
        """Padded to `LARGE_STEP` bytes."""
        nonce = os.urandom(NONCE)
        padded_content = _filled(content, LARGE_STEP)
        return Box(VERSION + nonce + AESGCM(self.secret).encrypt(nonce, padded_content, _place("v3", column, row)))

    def open(self, box: bytes, column: Column[bytes], row: str) -> bytes:
        """Raises `Unreadable`."""
        return _opened(AESGCM(self.secret), box, column, row)


@dataclass(frozen=True, slots=True)
class RoundKey:
    """The key of one vote: it seals the ballots, and whose each of them is. When it is destroyed, nobody can tell."""

    round: str
    secret: bytes = field(repr=False)

    @staticmethod
    def new(round_id: str) -> "RoundKey":
        return RoundKey(round_id, AESGCM.generate_key(256))

    @staticmethod
    def opened(keys: "Keyring", box: bytes, column: Column[Box], round_id: str) -> "RoundKey":
        """Raises `Unreadable`."""
        try:
            return RoundKey(round_id, bytes.fromhex(keys.open(box, column, round_id)))
        except ValueError:
            pass
        raise Unreadable

    def sealed_by(self, keys: "Keyring", column: Column[Box]) -> Box:
        return keys.seal(self.secret.hex(), column, self.round)

    def seal(self, text: str, column: Column[Box], row: str) -> Box:
        return _sealed(AESGCM(self.secret), text, column, f"{row}|{self.round}", 0)

    def open(self, box: bytes, column: Column[Box], row: str) -> str:
        """Raises `Unreadable`."""
        return _opened(AESGCM(self.secret), box, column, f"{row}|{self.round}").decode()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of a deployment: key-encryption keys by epoch (the highest is the current one) and the index key."""

    wrapping: Mapping[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)

    @property
    def epoch(self) -> int:
        return max(self.wrapping)

    def new(self, person: str) -> PersonKey:
        return PersonKey(person, AESGCM.generate_key(256))

    def wrap(self, key: PersonKey) -> bytes:
        """Wrapped with the current epoch's key (AES key wrap, RFC 3394)."""
        return aes_key_wrap(self.wrapping[self.epoch], key.secret)

    def unwrap(self, person: str, wrapped: bytes, epoch: int) -> PersonKey:
        """Raises `Unreadable`."""
        try:
            return PersonKey(person, aes_key_unwrap(self.wrapping[epoch], wrapped))
        except (KeyError, InvalidUnwrap) as wrong:
            raise Unreadable from wrong

    def index(self, channel: str, external: str) -> str:
        """What an address is looked up by: HMAC-SHA-256 of the channel and the platform's id, in hexadecimal."""
        return hmac.digest(self.index_key, f"v1|{channel}|{external}".encode(), "sha256").hex()

    def seal(self, text: str, column: Column[Box], row: str) -> Box:
        """For what belongs to no person that we know."""
        return _sealed(self._own(self.epoch), text, column, row)

    def open(self, box: bytes, column: Column[Box], row: str) -> str:
        """Raises `Unreadable`."""
        for epoch in self.wrapping:
            try:
                return _opened(self._own(epoch), box, column, row).decode()
            except Unreadable:
                continue
        raise Unreadable

    def proof(self, epoch: int) -> str:
        """What tells this wrapping key, with the index key beside it, from any other; it says nothing of either."""
        return hmac.digest(self.wrapping[epoch], b"hearback key check" + self.index_key, "sha256").hex()

    def _own(self, epoch: int) -> AESGCM:
        return AESGCM(hmac.digest(self.wrapping[epoch], b"hearback parked", "sha256"))


def _sealed(cipher: AESGCM, text: str, column: Column[Box], row: str, least: int = 0) -> Box:
    nonce = os.urandom(NONCE)
    sealed = cipher.encrypt(nonce, padded(text.encode(), column, least), _place("v3", column, row))
    return Box(VERSION + nonce + sealed)


def _opened(cipher: AESGCM, box: bytes, column: Column[Any], row: str) -> bytes:
    version = bytes(box[:1])
    if version not in (VERSION, UNPADDED) or len(box) < SHORTEST:
        raise Unreadable
    # The version is part of the place, so that nobody can have a padded text taken for one that is not.
    place = _place("v3" if version == VERSION else "v2", column, row)
    try:
        text = cipher.decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], place)
    except InvalidTag as wrong:
        raise Unreadable from wrong
    return text.rstrip(b"\0")[:-1] if version == VERSION else text


def _place(version: str, column: Column[Any], row: str) -> bytes:
    return f"{version}|{column.table.name}|{column.name}|{row}".encode()


def padded(text: bytes, column: Column[Box], least: int = 0) -> bytes:
    """As ISO/IEC 7816-4 pads: b"\\x80", then zeros up to a multiple of the column's step."""
    kind: Any = column.type
    return _filled(text, kind.step, least)


def _filled(content: bytes, step: int, least: int = 0) -> bytes:
    steps = -(-max(len(content) + 1, least) // step)
    return (content + b"\x80").ljust(steps * step, b"\0")


def create(path: Path) -> None:
    """Write a new key file that only its owner can read. Raises `FileExistsError` rather than overwrite one."""
    keys = {"wrapping": {"1": _random()}, "index": _random()}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())


def load(path: Path) -> Keyring:
    """Read the keys of a deployment, and follow what is done to the file later. Raises `UnsafeKeys`."""
    keyring = _loaded(path)
    return Keyring(Followed(path, keyring), keyring.index_key)


def begin_epoch(path: Path, after: int | None = None) -> int:
    """Add a new wrapping key to the file, which is the current one from then on; gives its epoch.

    The file is replaced in one step: whenever we are stopped, it is the old one or the new one. Raises `UnsafeKeys`,
    also when another epoch than `after` is the current one by now.
    """
    with _alone_with(path) as file:
        keyring = _loaded(file)
        if after not in (None, keyring.epoch):
            raise _changed_meanwhile(path)
        _replace(file, keyring, {**keyring.wrapping, keyring.epoch + 1: secrets.token_bytes(KEY)})
    return keyring.epoch + 1


def end_old_epochs(path: Path, current: int) -> None:
    """Leave only the current epoch's wrapping key in the file. What the others wrapped is gone with them.

    Raises `UnsafeKeys`, also when another epoch than `current` has begun meanwhile.
    """
    with _alone_with(path) as file:
        keyring = _loaded(file)
        if keyring.epoch != current:
            raise _changed_meanwhile(path)
        _replace(file, keyring, {current: keyring.wrapping[current]})


def _changed_meanwhile(path: Path) -> UnsafeKeys:
    return UnsafeKeys(f"The key file {path} was changed meanwhile. Look again.")


def changed(path: Path) -> datetime:
    """When the file was last written."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


class Followed(Mapping[int, bytes]):
    """The wrapping keys by epoch, as a file holds them that is rotated while programs run.

    `refresh` looks whether it was; a key of an epoch that we have not heard of makes us look at once.
    """

    def __init__(self, path: Path, keyring: Keyring) -> None:
        self._path = path
        self._known = keyring
        self._seen: object = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def __getitem__(self, epoch: int) -> bytes:
        if epoch not in self._known.wrapping:
            with suppress(OSError):
                self.refresh()
        return self._known.wrapping[epoch]

    def __iter__(self) -> Iterator[int]:
        return iter(self._known.wrapping)

    def __len__(self) -> int:
        return len(self._known.wrapping)

    def refresh(self) -> bool:
        """False when there is no file that goes on from the one that we know: then we keep what we have.

        Raises `OSError` when we cannot look now: that says nothing about the file.
        """
        try:
            file = self._path.stat()
            seen = (file.st_ino, file.st_mtime_ns, file.st_size)
            if seen == self._seen:
                return True
            keyring = _loaded(self._path)
        except (FileNotFoundError, NotADirectoryError, PermissionError, UnsafeKeys):
            return False
        if not _goes_on(self._known, keyring):
            return False
        self._known, self._seen = keyring, seen
        return True


def _goes_on(before: Keyring, after: Keyring) -> bool:
    """Whether it is the same deployment's: somebody may put the file of another one in its place."""
    shared = before.wrapping.items() & after.wrapping.items()
    return before.index_key == after.index_key and bool(shared)


@contextmanager
def _alone_with(path: Path) -> Iterator[Path]:
    """The file itself, where a link leads; nobody else changes it meanwhile."""
    file = path.resolve()
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        flock(folder, LOCK_EX)
        yield file
        os.fsync(folder)
    finally:
        os.close(folder)


def _replace(path: Path, keyring: Keyring, wrapping: Mapping[int, bytes]) -> None:
    """The new file keeps the owner of the old one, though root may be the one who rotates."""
    old = path.stat()
    keys = {"wrapping": {str(epoch): _text(key) for epoch, key in wrapping.items()}, "index": _text(keyring.index_key)}
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        os.fchown(file.fileno(), old.st_uid, old.st_gid)
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _loaded(path: Path) -> Keyring:
    if not path.is_file():
        raise UnsafeKeys(f"There is no key file {path}. Make one with: hearback keys new {path}")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafeKeys(f"Others can read the key file {path}. Run: chmod 600 {path}")
    keyring = _read(path.read_bytes())
    if keyring is None:
        raise UnsafeKeys(
            f"The key file {path} is not one that `hearback keys new` made. Restore it from where you keep it."
        )
    return keyring


def _read(file: bytes) -> Keyring | None:
    """None rather than an exception: those of the parser carry the file with them."""
    try:
        keys = json.loads(file)
        wrapping = {int(epoch): _key(secret) for epoch, secret in keys["wrapping"].items()}
        return Keyring(wrapping, _key(keys["index"])) if wrapping else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _random() -> str:
    return _text(secrets.token_bytes(KEY))


def _text(key: bytes) -> str:
    return b64encode(key).decode()


def _key(text: str) -> bytes:
    secret = b64decode(text, validate=True)
    if len(secret) != KEY or len(set(secret)) < KEY // 4:
        raise ValueError
    return secret
