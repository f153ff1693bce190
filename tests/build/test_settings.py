"""Unsafe settings stop the start, each with a sentence that says what to do (15.4; asvs_57)."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from portal_app.assets import ROOT
from portal_app.settings import Settings, StartRefused, checked, faults


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test."""
    for name in [name for name in os.environ if name.startswith(("PORTAL_", "REFLEX_")) or name == "PORT"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A good key, outside the data folder."""
    path = tmp_path / "secret.key"
    path.write_text("q7Jb0nT4vKx2Zr9LmPfWc6HdYs1AeUg8oEiNtRkVwXyBzQaCjMuDhGlSpF53O")
    path.chmod(0o600)
    return path


@pytest.fixture
def safe(tmp_path: Path, key: Path) -> dict[str, Any]:
    """Settings with which the portal starts."""
    return {
        "public_url": "https://portal.example.com",
        "secret_key_file": key,
        "data_dir": tmp_path / "data",
    }


def test_safe_settings_start(safe: dict[str, Any]) -> None:
    settings = Settings(**safe)

    assert checked(settings) is settings


@pytest.mark.parametrize(
    ("unsafe", "sentence"),
    [
        ({"public_url": ""}, "PORTAL_PUBLIC_URL is not set"),
        ({"public_url": "http://portal.example.com"}, "plain http"),
        ({"allowed_origins": ("*",)}, "every site"),
        ({"allowed_origins": ("https://*.example.com",)}, "every site"),
        ({"dev_tools": True}, "PORTAL_DEV_TOOLS"),
        ({"workers": 2}, "PORTAL_REDIS_URL"),
        ({"workers": 2, "redis_url": "redis://localhost"}, "on SQLite"),
        ({"redis_url": "redis://cache.example.com"}, "rediss://"),
        ({"database_url": "postgresql+psycopg://db.example.com/portal"}, "sslmode"),
        ({"database_url": "postgresql+psycopg://db.example.com/portal?sslmode=prefer"}, "sslmode"),
        ({"smtp_host": "mail.example.com", "smtp_security": "none"}, "starttls"),
        ({"s3_bucket": "files", "s3_endpoint": "http://s3.example.com"}, "PORTAL_S3_ENDPOINT reaches"),
        ({"s3_bucket": "files", "s3_endpoint": "s3.example.com"}, "is an address"),
        ({"s3_endpoint": "https://s3.example.com"}, "PORTAL_S3_BUCKET"),
        ({"s3_bucket": "files", "s3_key": "AKIA"}, "PORTAL_S3_SECRET_FILE"),
        ({"s3_bucket": "files", "s3_secret_file": Path("/nowhere/s3")}, "does not exist"),
        ({"scanner_url": "tcp://clamav.example.com:3310"}, "stunnel"),
        ({"scanner_url": "clamd"}, "PORTAL_SCANNER_URL is"),
        ({"bounce_imap_url": "imap://mail.example.com/INBOX"}, "imaps://"),
        ({"bounce_imap_url": "https://mail.example.com"}, "PORTAL_BOUNCE_IMAP_URL"),
        ({"bounce_imap_url": "imaps://me:secret@mail.example.com"}, "PORTAL_BOUNCE_IMAP_PASSWORD"),
        ({"bounce_address": "bounces+x@example.com"}, "PORTAL_BOUNCE_ADDRESS"),
        ({"bounce_secret": "short"}, "PORTAL_BOUNCE_SECRET"),
        ({"secret_key_file": None}, "No secret key"),
        ({"secret_key_file": Path("/nowhere/secret.key")}, "does not exist"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unsafe_setting_stops_the_start_and_says_what_to_do(
    safe: dict[str, Any], unsafe: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(StartRefused, match=r"does not start") as refusal:
        checked(Settings(**safe | unsafe))

    assert sentence in str(refusal.value)


@pytest.mark.parametrize("secret", ["", "secret", "change-me-change-me-change-me-change-me", "0" * 64])
def test_a_weak_key_stops_the_start(safe: dict[str, Any], key: Path, secret: str) -> None:
    key.write_text(secret)

    assert any("too weak" in fault for fault in faults(Settings(**safe)))


def test_a_key_that_others_can_read_stops_the_start(safe: dict[str, Any], key: Path) -> None:
    key.chmod(0o644)

    assert [fault for fault in faults(Settings(**safe)) if f"chmod 600 {key}" in fault]


def test_a_key_beside_the_data_stops_the_start(safe: dict[str, Any], tmp_path: Path) -> None:
    assert any("beside the data" in fault for fault in faults(Settings(**safe | {"data_dir": tmp_path})))


def test_reflex_s_own_list_of_origins_may_not_override_ours(
    safe: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFLEX_CORS_ALLOWED_ORIGINS", "*")

    assert any("REFLEX_CORS_ALLOWED_ORIGINS" in fault for fault in faults(Settings(**safe)))


def test_every_fault_is_named_at_once(safe: dict[str, Any]) -> None:
    both = {"public_url": "http://portal.example.com", "dev_tools": True}

    assert len(faults(Settings(**safe | both))) == 2


def test_the_demo_starts_with_nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "true")
    monkeypatch.setenv("PORT", "8123")

    settings = checked(Settings())

    assert settings.public_url == "http://localhost:8123"
    assert settings.dev_tools is True
    assert settings.database_url.startswith("sqlite:////")


def test_even_the_demo_refuses_two_workers_without_redis() -> None:
    with pytest.raises(StartRefused, match="PORTAL_REDIS_URL"):
        checked(Settings(demo=True, workers=2))


@pytest.mark.parametrize(
    "url", ["portal.example.com", "https://portal.example.com/portal", "ftp://x", "https://"]
)
def test_the_public_url_is_scheme_host_and_port_only(url: str) -> None:
    with pytest.raises(ValidationError, match="scheme, host and port only"):
        Settings(public_url=url)


def test_origins_come_from_one_comma_separated_line(
    monkeypatch: pytest.MonkeyPatch, safe: dict[str, Any]
) -> None:
    monkeypatch.setenv("PORTAL_ALLOWED_ORIGINS", "https://a.example.com, https://b.example.com")

    origins = Settings(**safe).origins

    assert origins == ("https://portal.example.com", "https://a.example.com", "https://b.example.com")


def test_the_server_ends_with_the_sentence_before_anything_listens() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORTAL_PUBLIC_URL": "http://portal.example.com",
    }
    command = [sys.executable, "-m", "portal_app.serve"]

    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert "plain http" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_somebody_has_is_not_shared() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PORTAL_DEMO": "true",
            "PORT": port,
        }
        command = [sys.executable, "-m", "portal_app.serve"]

        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert ended.returncode == 1
    assert f"port {port}" in ended.stderr
