"""A bare Reflex app to compare with: one page, one state, in a folder of its own."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.export import npm_registry, tools

CONFIG = """import reflex as rx
from reflex.plugins.sitemap import SitemapPlugin
config = rx.Config(app_name="bare", telemetry_enabled=False, disable_plugins=[SitemapPlugin])
"""
APP = """import reflex as rx

class State(rx.State):
    n: int = 0

    @rx.event
    async def up(self):
        self.n += 1

def index():
    return rx.el.main(rx.el.p(State.n), rx.el.button("Up", on_click=State.up))

app = rx.App()
app.add_page(index, route="/")
"""
ENVIRONMENT = tools() | {"REFLEX_CHECK_LATEST_VERSION": "false", "NPM_CONFIG_REGISTRY": npm_registry()}


@contextmanager
def bare_app() -> Iterator[Path]:
    """The app's folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bare-reflex-") as folder:
        root = Path(folder)
        (root / "bare").mkdir()
        (root / "bare" / "__init__.py").touch()
        (root / "bare" / "bare.py").write_text(APP)
        (root / "rxconfig.py").write_text(CONFIG)
        yield root


def export(root: Path) -> None:
    """Reflex's own build, as its manual says."""
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    subprocess.run(command, cwd=root, env=ENVIRONMENT, check=True, capture_output=True)
