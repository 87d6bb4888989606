"""A deployment that is unsafe or incomplete does not start, is told all of it at once, and no secret is shown."""

from pathlib import Path

import pytest

from bot import settings
from handlers.second_factors import SecondFactor
from storage import keys

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which everything is right."""
    for folder in ("data", "safe"):
        (tmp_path / folder).mkdir()
    file = tmp_path / "safe" / "keys.json"
    keys.create(file)
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'hearback.db'}",
        "HEARBACK_KEYS": str(file),
        "TELEGRAM_TOKEN": TOKEN,
    }


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(settings.Refusal) as refused:
        settings.load(environment)
    return str(refused.value)


def test_what_is_right_is_taken(environment: dict[str, str]) -> None:
    loaded = settings.load(environment)
    assert list(loaded.channels) == ["telegram"]
    assert TOKEN not in repr(loaded)
    assert environment["DATABASE_URL"] not in repr(loaded)


def test_only_the_environment_that_is_given_is_read(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "9999")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    monkeypatch.setenv("HEARBACK_KEYS", "nowhere.json")
    loaded = settings.load(environment | {"HOST": "0.0.0.0", "UNKNOWN": "1"})  # noqa: S104 nothing listens
    assert (loaded.host, loaded.port, loaded.redis_url) == ("0.0.0.0", 8080, "")  # noqa: S104
    plain = settings.plain({"PORT": "8181"})
    assert (plain.port, plain.hearback_keys, plain.database_url) == (8181, "", "sqlite:///hearback.db")


def test_everything_that_is_wrong_is_named_at_once() -> None:
    explanation = refusal({"DATABASE_URL": "mysql://root:hunter2@db/hearback"})
    assert "DATABASE_URL has to be" in explanation
    assert "Set HEARBACK_KEYS" in explanation
    assert "No channel is set" in explanation
    assert "hunter2" not in explanation


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://a@b/c", "sqlite://", "sqlite:///:memory:"])
def test_a_database_that_would_not_last_is_refused(environment: dict[str, str], url: str) -> None:
    assert (
        refusal(environment | {"DATABASE_URL": url})
        == "DATABASE_URL has to be sqlite:///FILE or postgresql://USER@HOST/NAME."
    )


def test_keys_that_others_can_read_are_refused(environment: dict[str, str]) -> None:
    Path(environment["HEARBACK_KEYS"]).chmod(0o640)
    assert "chmod 600" in refusal(environment)


def test_keys_beside_the_database_are_refused(environment: dict[str, str], tmp_path: Path) -> None:
    beside = tmp_path / "data" / "keys.json"
    keys.create(beside)
    assert "beside the database" in refusal(environment | {"HEARBACK_KEYS": str(beside)})


def test_keys_that_are_not_there_are_refused(environment: dict[str, str], tmp_path: Path) -> None:
    assert "hearback keys new" in refusal(environment | {"HEARBACK_KEYS": str(tmp_path / "nowhere.json")})


def test_each_channel_that_is_set_wrong_is_named(environment: dict[str, str]) -> None:
    explanation = refusal(environment | {"TELEGRAM_TOKEN": "not a token", "SMS_FROM": "+15005550006"})
    assert "TELEGRAM_TOKEN has to be" in explanation
    assert "Set TWILIO_ACCOUNT and TWILIO_TOKEN and PUBLIC_URL" in explanation
    assert "not a token" not in explanation


@pytest.mark.parametrize("url", ["http://hearback.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "hearback"])
def test_an_address_that_others_could_listen_in_on_is_refused(environment: dict[str, str], url: str) -> None:
    secret = {"TELEGRAM_SECRET": "a-made-up-secret-of-ours"}
    assert "PUBLIC_URL has to" in refusal(environment | secret | {"PUBLIC_URL": url})


@pytest.mark.parametrize(
    "url", ["https://hearback.example", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:1"]
)
def test_an_address_over_https_or_of_this_machine_is_taken(environment: dict[str, str], url: str) -> None:
    secret = {"TELEGRAM_SECRET": "a-made-up-secret-of-ours"}
    assert settings.load(environment | secret | {"PUBLIC_URL": url}).channels


def test_a_port_that_is_none_is_refused(environment: dict[str, str]) -> None:
    explanation = refusal(environment | {"PORT": "secret"})
    assert explanation.startswith("PORT: ")
    assert "'secret'" not in explanation


@pytest.mark.parametrize(("port", "meant"), [(None, None), ("", None), ("0", 0), ("9100", 9100)])
def test_metrics_are_read_only_where_a_port_is_set(
    environment: dict[str, str], port: str | None, meant: int | None
) -> None:
    assert settings.load(environment if port is None else environment | {"METRICS_PORT": port}).metrics_port == meant


def test_a_port_for_metrics_that_is_none_is_refused(environment: dict[str, str]) -> None:
    assert refusal(environment | {"METRICS_PORT": "70000"}).startswith("METRICS_PORT: ")


def test_all_but_translators_need_a_second_factor_unless_it_is_set(environment: dict[str, str]) -> None:
    assert settings.load(environment).second_factor is SecondFactor.ALL_BUT_TRANSLATORS
    assert settings.load(environment | {"HEARBACK_SECOND_FACTOR": "all"}).second_factor is SecondFactor.ALL
    explanation = refusal(environment | {"HEARBACK_SECOND_FACTOR": "secret"})
    assert explanation == "HEARBACK_SECOND_FACTOR has to be one of: all, all-but-translators, nobody."
