"""A running program follows its key file, and says truly what is wrong with it."""

import errno
import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import bot.commands.keys
from storage import keys

NOT_OURS = {"event": "key file is not ours", "log_level": "critical"}


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EIO])
def test_that_no_file_can_be_opened_says_nothing_of_the_key_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    file = tmp_path / "keys"
    keys.create(file)
    running = keys.load(file)
    keys.begin_epoch(file)

    def read(_file: Path) -> bytes:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as starved, capture_logs() as log:
        starved.setattr(Path, "read_bytes", read)
        assert bot.commands.keys.look(running, True)
        with pytest.raises(KeyError):
            running.wrapping[2]
    assert [line["event"] for line in log] == ["key file not looked at"]
    assert log[0]["code"] == errno.errorcode[number]
    with capture_logs() as log:
        assert bot.commands.keys.look(running, True)
    assert (log, running.epoch) == ([], 2)


def test_a_key_file_that_is_gone_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    keys.create(file)
    running = keys.load(file)
    file.rename(tmp_path / "elsewhere")
    with capture_logs() as log:
        fits = bot.commands.keys.look(running, True)
        assert not bot.commands.keys.look(running, fits)
    assert log == [NOT_OURS]
