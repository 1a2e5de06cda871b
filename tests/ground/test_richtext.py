import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import richtext


def test_markdown_becomes_html_below_the_page_heading():
    assert richtext.render("# Title\n\n- one\n- **two**") == (
        "<h3>Title</h3>\n<ul>\n<li>one</li>\n<li><strong>two</strong></li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://tracker.example/p.png)",
        '<a href="https://x.example" style="position:fixed">x</a>',
        "<svg onload=alert(1)>",
        "{{ request.user }}{% include 'x' %}",
    ],
)
def test_hostile_text_does_nothing(hostile):
    html = richtext.render(hostile)
    for word in ("<script", "<img", "<svg", 'javascript:alert(1)"', 'href="data:', "<a style"):
        assert word not in html


@given(st.text())
def test_no_text_breaks_rendering(source):
    richtext.render(source)


def test_links_tell_nothing_to_where_they_lead():
    assert 'rel="noopener noreferrer"' in richtext.render("[a](https://www.eciu.eu/)")


def test_clean_keeps_the_text_and_drops_what_a_database_refuses():
    assert richtext.clean(" a\x00b\r\nc ") == "ab\nc"
