"""What RFC 4287 asks of a feed, written out: raises AssertionError with the rule that is broken."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

SPACE = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
A = f"{{{SPACE}}}"
# RFC 3339 as RFC 4287 narrows it: an upper-case T, and Z or the distance to UTC.
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
FEED = {"author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights", "subtitle", "title",
        "updated", "entry"}  # fmt: skip
ENTRY = {"author", "category", "content", "contributor", "id", "link", "published", "rights", "source", "summary",
         "title", "updated"}  # fmt: skip
ONCE = {
    "generator",
    "icon",
    "id",
    "logo",
    "rights",
    "subtitle",
    "title",
    "updated",
    "published",
    "summary",
    "content",
}


def validated(content: bytes) -> ElementTree.Element:
    """The feed, once all rules were looked at."""
    feed = ElementTree.fromstring(content)  # noqa: S314 - our own answer
    assert feed.tag == f"{A}feed", "4.1.1: the root is atom:feed"
    assert feed.get(LANG), "2: the language is said"
    _parts(feed, FEED)
    entries = feed.findall(f"{A}entry")
    authored = feed.find(f"{A}author") is not None
    for entry in entries:
        _parts(entry, ENTRY)
        assert authored or entry.find(f"{A}author") is not None, "4.1.1: every entry has an author"
        links = [link for link in entry.findall(f"{A}link") if link.get("rel", "alternate") == "alternate"]
        assert links or entry.find(f"{A}content") is not None, "4.1.2: an entry without content has a link"
    ids = [entry.findtext(f"{A}id") for entry in entries]
    assert len(set(ids)) == len(ids), "4.2.6: identifiers are not used twice"
    selves = [link for link in feed.findall(f"{A}link") if link.get("rel") == "self"]
    assert len(selves) == 1, "4.1.1: a feed says where it is"
    newest = max((_moment(entry.find(f"{A}updated")) for entry in entries), default=None)
    assert newest is None or _moment(feed.find(f"{A}updated")) >= newest, (
        "4.2.15: the feed is as new as its newest"
    )
    return feed


def _parts(element, known):
    names = [child.tag.removeprefix(A) for child in element if child.tag.startswith(A)]
    assert set(names) <= known, f"4.1: {sorted(set(names) - known)} have no place here"
    for name in ONCE & set(names):
        assert names.count(name) == 1, f"4.1: {name} stands once at most"
    for name in ("id", "title", "updated"):
        assert name in names, f"4.1: {name} is there"
    assert urlsplit(element.findtext(f"{A}id")).scheme, "4.2.6: an identifier is an IRI"
    _moment(element.find(f"{A}updated"))
    for child in element:
        _checked(child)
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{A}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    assert len(set(alternates)) == len(alternates), "4.1: one alternate of a type and language"


def _checked(child):
    name = child.tag.removeprefix(A)
    if name == "link":
        assert urlsplit(child.get("href", "")).scheme in ("http", "https"), "4.2.7: a link leads somewhere"
    if name == "category":
        assert child.get("term"), "4.2.2: a category has a term"
    if name == "published":
        _moment(child)
    if name in ("author", "contributor"):
        assert len(child.findall(f"{A}name")) == 1, "3.2: a person has one name"
        assert child.findtext(f"{A}name")
    if name in ("title", "summary", "subtitle", "rights"):
        assert child.get("type", "text") in ("text", "html", "xhtml"), "3.1.1: a text has one of three types"
        assert child.get("type", "text") == "xhtml" or not len(child), "3.1.1: no elements within a text"


def _moment(element) -> dt.datetime:
    assert MOMENT.fullmatch(element.text or ""), f"3.3: {element.text!r} is no moment"
    return dt.datetime.fromisoformat(element.text)
