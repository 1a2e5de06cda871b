"""What a word processor pastes becomes Markdown; nothing of its HTML is left."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import pasted, richtext

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{color:red}</style></head>
<body><!--StartFragment--><h1 style='x'>Title<o:p></o:p></h1><p class=MsoNormal>Hello <b>bold </b>and <i>it</i>
<a href="https://ktu.edu/a">link</a><o:p>&nbsp;</o:p></p><p class=MsoListParagraph><span>·</span> First</p>
<ol><li>a</li><li>b</li></ol><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2|3</td></tr></table></body></html>"""


def test_headings_emphasis_links_lists_and_tables_are_written_anew():
    assert pasted.to_markdown(WORD) == (
        "## Title\n\nHello **bold** and *it* [link](https://ktu.edu/a)\n\n- First\n1. a\n2. b\n\n"
        "| A | B |\n| --- | --- |\n| 1 | 2\\|3 |"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<p onclick=alert(1)>x", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>", "<a href=' JaVaScRiPt:alert(1)'>x</a>", "<iframe src=//evil.example>",
        "<style>*{}</style><p>x</p>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<a href='data:text/html,x'>x</a>",
        "<p>[x](javascript:alert(1))</p>",
        "<!--[if gte mso 9]><xml><script>alert(1)</script></xml><![endif]--><p>x</p>",
    ],
)  # fmt: skip
def test_nothing_that_acts_is_left(html):
    shown = richtext.render(pasted.to_markdown(html))
    for bad in (
        "<script",
        "onclick=",
        "onerror",
        "onload",
        'href="javascript',
        "<iframe",
        "<img",
        "<style",
        "data:text",
    ):
        assert bad not in shown


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "`<p>` is a tag", "**bold**\n\n- list", "<https://ktu.edu>"]
)
def test_markdown_stays_as_it_is(text):
    assert pasted.as_markdown(text) == text


@given(st.text(alphabet="<>/abpiulotrd \n*[]()&;!-=\"'", max_size=300))
def test_whatever_is_pasted_is_taken(html):
    shown = richtext.render(pasted.to_markdown(html))
    assert "<script" not in shown


@pytest.mark.parametrize(
    "part",
    ["<!--", "<a ", "<a b=", '<a x="<a x="', '<a x=">', "<![CDATA[", "</p ", "<p/", "<b>x</b> ", "<!-->"],
)
def test_what_never_ends_is_read_in_a_time_that_people_wait(part):
    begun = time.process_time()
    pasted.as_markdown("<p>x</p>" + part * (60_000 // len(part)))
    assert time.process_time() - begun < 3  # Python's own parser takes a minute for some of these


@pytest.mark.parametrize(
    ("html", "words"),
    [("<p>a</p><!-- b --><p>c</p>", "a\n\nc"), ("<p>a</p><!--><p>c</p>", "a\n\nc"), ("<p>a</p><!-- b", "a"),
     ("<p>1 < 2</p>", "1 \\< 2"), ('<p title="a > b">c</p>', "c"), ("<p>a <b", "a \\<b")],
)  # fmt: skip
def test_comments_are_left_out_and_a_sign_alone_is_a_word(html, words):
    assert pasted.to_markdown(html) == words


def test_a_sentence_that_begins_with_a_number_is_no_list():
    assert (
        richtext.render(pasted.to_markdown("<p>1. January is a holiday</p>"))
        == "<p>1. January is a holiday</p>\n"
    )
