"""The examples in deploy/ name settings, commands and files that there are (15.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from portal_app import cli
from portal_app.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path.name for path in DEPLOY.iterdir())
ELSEWHERE = {"PORTAL_DOMAIN", "PORTAL_UPSTREAM"}
"""What only the proxies' own files read."""
COMMANDS = set(get_command(cli.app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", FILES)
def test_15_3_every_setting_that_an_example_names_is_one(name: str) -> None:
    named = set(re.findall(r"PORTAL_[A-Z_]+[A-Z]", (DEPLOY / name).read_text(encoding="utf-8")))
    assert named - ELSEWHERE <= {f"PORTAL_{setting.upper()}" for setting in Settings.model_fields}


@pytest.mark.parametrize("name", FILES)
def test_15_3_every_command_that_an_example_runs_is_one(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert set(re.findall(r"portal_app\.cli (\w+)", text)) <= COMMANDS


def test_15_3_the_manual_names_every_command_and_every_example() -> None:
    manual = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    listed = manual[manual.index("## The command") :]
    assert [name for name in COMMANDS if f"`{name}" not in listed] == []
    named = [name for name in FILES if name.endswith((".service", ".timer", ".yaml", ".conf", "Caddyfile"))]
    assert [name for name in named if name.removeprefix("comptoir-backup") not in manual] == []


def test_15_3_the_containers_are_wired_to_what_they_name() -> None:
    made = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = made["services"]
    for service in services.values():
        volumes = [one.partition(":")[0] for one in service.get("volumes", [])]
        assert {one for one in volumes if one.isidentifier()} <= set(made["volumes"])
        assert set(service.get("secrets", [])) <= set(made["secrets"])
        assert set(service.get("depends_on", [])) <= set(services)
    assert (
        ROOT / "deploy" / services["portal"]["build"]["context"] / services["portal"]["build"]["dockerfile"]
    ).is_file()
    assert services["caddy"]["environment"]["PORTAL_UPSTREAM"] == "portal:8000"
