"""A task's instructions: typed marks become a few elements and come back as they were (5.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain import rich_text
from portal_app.domain.rich_text import Block, Line, Run

TYPED = [
    ("plain", "All pages, please.", "<p>All pages, please.</p>"),
    ("two lines", "One\nTwo", "<p>One<br>Two</p>"),
    ("two paragraphs", "One\n\nTwo", "<p>One</p><p>Two</p>"),
    (
        "bold and italic",
        "**All** pages, *even blank*",
        "<p><strong>All</strong> pages, <em>even blank</em></p>",
    ),
    ("bullets", "- T4\n- RL-1", "<ul><li>T4</li><li>RL-1</li></ul>"),
    ("numbers", "1. Open\n2. Print", "<ol><li>Open</li><li>Print</li></ol>"),
    (
        "a page",
        "See https://cra.gc.ca/t4.",
        '<p>See <a href="https://cra.gc.ca/t4">https://cra.gc.ca/t4</a>.</p>',
    ),
    ("a named page", "[the form](https://cra.gc.ca)", '<p><a href="https://cra.gc.ca">the form</a></p>'),
    ("stars that mark nothing", "3 * 4 * 5", "<p>3 * 4 * 5</p>"),
]


@pytest.mark.parametrize(("typed", "html"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED])
def test_marks_become_elements_and_come_back_as_they_were_typed(typed: str, html: str) -> None:
    assert rich_text.to_html(typed) == html
    assert rich_text.to_typed(html) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "<b onclick=x>hi</b>",
    ],
)
def test_what_looks_like_markup_is_text(typed: str) -> None:
    html = rich_text.to_html(typed)

    assert rich_text.blocks(html) == [Block("p", [Line([Run(typed)])])]


def test_a_link_that_is_none_of_ours_leads_nowhere() -> None:
    assert rich_text.blocks('<p><a href="javascript:alert(1)">press</a></p>') == [
        Block("p", [Line([Run("press")])])
    ]


def words(html: str) -> list[str]:
    lines = [line for block in rich_text.blocks(html) for line in block.lines]
    return " ".join("".join(run.text for run in line.runs) for line in lines).split()


@given(st.text(max_size=200))
def test_whatever_is_typed_only_our_elements_come_out_and_editing_changes_nothing(typed: str) -> None:
    html = rich_text.to_html(typed)
    again = rich_text.to_html(rich_text.to_typed(html))

    assert {block.kind for block in rich_text.blocks(html)} <= {"p", "ul", "ol"}
    assert words(again) == words(html)
