"""What the build changes in Reflex's files is still there to be changed in the pinned version."""

from __future__ import annotations

import pytest

from portal_app.frontend import bare_document, own_words
from portal_app.text import use_locale
from scripts.build_site import at_this_origin
from scripts.site_documents import script_hashes

DOCUMENT = (
    'import reflexGlobalStyles from "$/styles/__reflex_global_styles.css?url"\n'
    'jsx("html",{},jsx("script",{},"\\n// Only run in browser environment, not during SSR\\nif (x) { y(); }\\n"),'
    'jsx("link",{as:"style",href:reflexGlobalStyles,rel:"preload"},),'
    'jsx("link",{href:reflexGlobalStyles,rel:"stylesheet",type:"text/css"},),jsx(Links,{},))'
)


def test_the_document_loses_reflex_s_sheet_and_colour_script() -> None:
    assert bare_document(DOCUMENT) == 'jsx("html",{},jsx(Links,{},))'


def test_a_document_of_another_form_stops_the_build() -> None:
    with pytest.raises(ValueError, match="read its template again"):
        bare_document('jsx("html",{},jsx(Links,{},))')


def test_reflex_s_client_says_our_words() -> None:
    with use_locale("fr"):
        code = own_words("")

    assert 'banner.append("Le portail a une nouvelle version.")' in code
    assert 'button.textContent = "Recharger"' in code
    assert "A new version of this app" not in code


def test_addresses_come_from_where_the_page_came_from() -> None:
    code = at_this_origin("e={EVENT:`ws://portal.invalid/_event`,PING:`http://portal.invalid/ping`}")

    assert "portal.invalid" not in code
    assert "location.origin" in code
    assert "+`/_event`" in code


def test_a_chunk_without_an_address_stops_the_build() -> None:
    with pytest.raises(ValueError, match="no baked address"):
        at_this_origin("e={}")


def test_a_script_s_hash_is_the_one_a_browser_works_out() -> None:
    html = '<script>alert(1)</script><script src="/a.js"></script><script type="module">alert(1)</script>'

    assert script_hashes(html) == ["'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"]
