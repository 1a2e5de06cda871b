"""Reads the form of a page as a browser would send it."""

from __future__ import annotations

from html.parser import HTMLParser

_NOT_SENT = {"submit", "button", "image", "reset", "file"}


class _Fields(HTMLParser):
    """Collects what a form of the page sends; what stands in `template` elements is not sent."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.method = self.inside_template = self.area = self.select = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "template":
            self.inside_template = True
        elif tag == "form":
            self.method = given.get("method")
        if self.inside_template or self.method != "post":
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") not in _NOT_SENT:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.fields[name] = given.get("value") or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self.area, self.fields[name] = name, ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.fields or "selected" in given):
            self.fields[self.select] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "template":
            self.inside_template = False
        elif tag == "textarea":
            self.fields[self.area], self.area = self.fields[self.area].removeprefix("\n"), None
        elif tag == "select":
            self.select = None
        elif tag == "form":
            self.method = None

    def handle_data(self, data):
        if self.area is not None:
            self.fields[self.area] += data


def fields(response) -> dict[str, str]:
    """The fields of the page's form (sent by POST), without the proof of origin and the sign-out button's."""
    parser = _Fields()
    parser.feed(response.content.decode())
    parser.fields.pop("csrfmiddlewaretoken", None)
    return parser.fields


def with_rows(data: dict[str, str], name: str, *rows: dict[str, object]) -> dict[str, str]:
    """`data` with exactly these rows of one kind."""
    kept = {key: value for key, value in data.items() if not key.startswith(f"{name}-")}
    kept |= {f"{name}-TOTAL_FORMS": str(len(rows)), f"{name}-INITIAL_FORMS": "0"}
    for i, row in enumerate(rows):
        kept |= {f"{name}-{i}-{field}": str(value) for field, value in row.items()}
    return kept
