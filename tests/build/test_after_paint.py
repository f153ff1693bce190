"""A client's document asks for its scripts when something has been painted (figure 1)."""

from __future__ import annotations

import re

import pytest

from scripts.after_paint import after_paint
from scripts.weigh import weights
from tests.build.test_built_site import html_of

LINK = '<link rel="modulepreload" href="/assets/root-1.js"/>'
MODULE = (
    '<script type="module" async="">import "/assets/manifest-1.js";\nimport * as route0 from "/assets/root-1.js";\n'
    'import * as route1 from "/assets/home-1.js";\n  \n  window.__reactRouterRouteModules = '
    '{"root":route0,"routes/[home]._index":route1};\n\nimport("/assets/entry-1.js");</script>'
)
HTML = f"<html><head>{LINK}</head><body>{MODULE}</body></html>"


def test_no_script_is_asked_for_before_the_paint() -> None:
    body, _, early = after_paint(HTML).partition('<template id="early">')

    assert "modulepreload" not in body
    assert not re.search(r'import\s+["*]', body)
    assert early == f"{LINK}</template></body></html>"


def test_after_it_all_come_at_once_and_start_in_react_router_s_order() -> None:
    code = after_paint(HTML)

    asked = '[import("/assets/manifest-1.js"),import("/assets/root-1.js"),import("/assets/home-1.js")]'
    assert f"const [,route0,route1]=await Promise.all({asked});" in code
    assert 'window.__reactRouterRouteModules={"root":route0,"routes/[home]._index":route1};' in code
    assert code.index("__reactRouterRouteModules") < code.index('import("/assets/entry-1.js")')


def test_the_thread_is_free_between_a_few_addresses_and_the_next() -> None:
    code = after_paint(HTML)

    few = "while(links.length){document.head.append(...links.splice(0,5));await new Promise(free=>setTimeout(free))}"
    assert code.index(few) < code.index("await Promise.all")


@pytest.mark.parametrize("html", [HTML.replace(LINK, ""), HTML.replace("import * as", "import"), ""])
def test_a_document_written_another_way_stops_the_build(html: str) -> None:
    with pytest.raises(ValueError, match="another way"):
        after_paint(html)


def test_every_client_page_is_built_so_and_no_staff_page() -> None:
    for page in weights():
        assert ('<template id="early">' in html_of(page.language, page.route)) == (page.audience == "client")
