"""Clients of tus that others wrote, as tests run them: tuspy in this process, tus-js-client by Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from tusclient.client import TusClient

from portal_app.domain.uploads import MB
from tests.conftest import absent

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / ".web" / "node_modules" / "tus-js-client"
NODE = Path(sys.executable).with_name("node")
NAME = "Relevé.pdf"


def by_tuspy(url: str, headers: dict[str, str], task: UUID, body: bytes, **more: Any) -> None:
    """Upload `body` a megabyte at a time, and try each up to fifty times."""
    told = {"task": str(task), "filename": NAME}
    client = TusClient(f"{url}/files/", headers=headers)
    chosen = {"chunk_size": MB, "retries": 50, "retry_delay": 0} | more
    client.uploader(file_stream=BytesIO(body), metadata=told, **chosen).upload()


def by_tus_js(
    url: str,
    headers: dict[str, str],
    task: UUID,
    file: Path,
    *more: str,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Upload `file` by the client that our pages use (see tus_client.mjs), and give back what it says."""
    if not (NODE.exists() and LIBRARY.is_dir()):
        absent("tus-js-client", "the site is not built (make build)")
    told = {"task": str(task), "filename": NAME}
    arguments = [LIBRARY, f"{url}/files/", file, json.dumps(headers), json.dumps(told)]
    command = [NODE, ROOT / "tests/files/tus_client.mjs", *arguments, *more]
    ran = subprocess.run(
        command, capture_output=True, check=True, timeout=240, env=os.environ | dict(environment or {})
    )
    said: dict[str, Any] = json.loads(ran.stdout)
    return said
