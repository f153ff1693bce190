"""Makes each exported page a whole document: its audience's sheet, its chunks, the hashes of its scripts."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from portal_app.assets import asset_url, content
from scripts.after_paint import after_paint

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)
_MANIFEST = re.compile(r'href="(/assets/manifest-[^"]+\.js)"')
_NO_IMAGE = '<meta content="" property="og:image"/>'
_HEAD = (
    '<link rel="icon" href="/favicon.svg" type="image/svg+xml"/><meta name="robots" content="noindex"/>'
    '<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)"/>'
    '<meta name="theme-color" content="#151412" media="(prefers-color-scheme: dark)"/>'
)
_SHELL = "__spa-fallback.html"


@dataclass(frozen=True, slots=True)
class Document:
    """One page in one language, ready to be served."""

    route: str
    audience: str
    name: str
    html: str

    def facts(self) -> dict[str, object]:
        """What the site server reads."""
        return {"file": self.name, "audience": self.audience, "scripts": script_hashes(self.html)}


def script_hashes(html: str) -> list[str]:
    """The CSP source of every inline script, in order, each once."""
    codes = (match["code"] for match in _SCRIPT.finditer(html) if " src=" not in match["attributes"])
    digests = (hashlib.sha256(code.encode()).digest() for code in codes)
    return list(dict.fromkeys(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests))


def sheet(audience: str) -> str:
    """What a document's head holds for its look: the client's sheet itself, since each round trip of a
    phone costs half a second; a link to the staff's, which is larger and read all day."""
    frame = content("frame.css").decode()
    if audience == "client":
        ours = content("client.css").decode() + content("client_uploads.css").decode()
        return f"<style>{ours}{frame}</style>"
    return f'<link rel="stylesheet" href="{asset_url("staff.css")}"/><style>{frame}</style>'


def route_chunks(static: Path, html: str, route: str) -> list[str]:
    """The scripts that a dynamic route needs beyond the shell's, from React Router's own list."""
    found = _MANIFEST.search(html)
    if not found:
        raise ValueError("The shell names no manifest: read React Router's template again.")
    code = (static / found[1].removeprefix("/")).read_text(encoding="utf-8")
    manifest = json.loads(code.removeprefix("window.__reactRouterManifest=").rstrip().removesuffix(";"))
    wanted = re.sub(r"\[(\w+)\]", r":\1", route.removeprefix("/"))
    entry = next(entry for entry in manifest["routes"].values() if entry.get("path") == wanted)
    return [src for src in (entry["module"], *entry["imports"]) if f'href="{src}"' not in html]


def documents(static: Path) -> Iterator[Document]:
    """Every declared page of one export. Raises FileNotFoundError for a page that was not exported."""
    facts = json.loads((static / "pages.json").read_text(encoding="utf-8"))
    for page in facts["pages"]:
        route, is_dynamic = page["route"], "[" in page["route"]
        name = route.removeprefix("/").replace("/", ".") + ".html"
        source = static / (_SHELL if is_dynamic else f"{route.removeprefix('/')}.html")
        html = source.read_text(encoding="utf-8").replace(_NO_IMAGE, "")
        head = _HEAD + sheet(page["audience"])
        if is_dynamic:
            chunks = route_chunks(static, html, route)
            head += f"<title>{escape(page['title'])}</title>"
            head += "".join(f'<link rel="modulepreload" href="{src}"/>' for src in chunks)
        html = html.replace("</head>", head + "</head>", 1)
        if page["audience"] == "client":
            html = after_paint(html)
        yield Document(route, page["audience"], name, html)
