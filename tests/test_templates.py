"""Templates display what they are given: no rule, no inline script or style, no template too long."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted(ROOT.glob("*/templates/**/*.html"))
LONGEST = 130
IN_MAIL = re.compile(r"(^|/)(emails?|mails?|messages)/")  # mail programmes need their styles inline
DATA = {"application/json", "application/ld+json", "importmap", "speculationrules"}

TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
FORBIDDEN_IN_TAGS = {
    "asks for permissions": re.compile(r"\bperms\b"),
    "asks for a role": re.compile(
        r"\brole\b\s*(?:==|!=|\bin\b)|\b(?:is_staff|is_superuser|has_perm|has_role)\b|\.role\s*%"
    ),
    "compares a status": re.compile(r"\b(?:status|state)\b\s*(?:==|!=|\bin\b|\bnot in\b)"),
}
STYLE_ATTRIBUTE = re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.I)
HANDLER = re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.I | re.S)


def problems(source: str) -> list[str]:
    """What is wrong with a template's `source`."""
    found = [
        f"{what}: {tag}"
        for tag in TAG.findall(source)
        for what, pattern in FORBIDDEN_IN_TAGS.items()
        if pattern.search(re.sub(r"\"[^\"]*\"|'[^']*'", "''", tag)) and not _component_state(tag)
    ]
    markup = TAG.sub("x", source)
    if STYLE_ATTRIBUTE.search(markup):
        found.append("style attribute")
    if HANDLER.search(markup):
        found.append("inline event handler")
    if re.search(r"<style\b", markup, re.I):
        found.append("style element")
    for attributes, body in SCRIPT.findall(markup):
        kind = re.search(r"type\s*=\s*[\"']?([^\"'\s>]+)", attributes)
        if body.strip() and not (kind and kind.group(1) in DATA):
            found.append("inline script")
    if len(source.splitlines()) > LONGEST:
        found.append(f"longer than {LONGEST} lines")
    return found


def _component_state(tag: str) -> bool:
    """A component may ask for the state it was given by name (`state`), never for a record's (`x.state`)."""
    return not re.search(
        r"\.\s*(?:status|state|role)\b|\bstatus\b|\bperms\b|\brole\b|is_staff|is_superuser|has_", tag
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_displays_what_it_is_given(template):
    if IN_MAIL.search(template.relative_to(ROOT).as_posix()):
        return
    assert problems(template.read_text()) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% if perms.projects.change %}x{% endif %}", "permissions"),
        ("{% if user.is_staff %}x{% endif %}", "role"),
        ("{% if appointment.role == 'student' %}x{% endif %}", "role"),
        ("{% if application.status == 'draft' %}x{% endif %}", "status"),
        ("{% if application.status in finals %}x{% endif %}", "status"),
        ('<p style="color: red">x</p>', "style attribute"),
        ("<button onclick='go()'>x</button>", "handler"),
        ("<style>p {}</style>", "style element"),
        ("<script>go()</script>", "inline script"),
        ('<script type="module">go()</script>', "inline script"),
        ("x\n" * 131, "longer"),
    ],
)
def test_the_gate_sees_each_kind_of_mistake(source, expected):
    assert any(expected in problem for problem in problems(source))


@pytest.mark.parametrize(
    "source",
    [
        '<script src="/static/js/portal.js" defer></script>',
        '<script type="application/ld+json">{}</script>',
        "{% if application.status %}{% tag application.get_status_display %}{% endif %}",
        "{% if state == 'done' %}x{% endif %}",
        "<div role=\"status\">{% translate 'In which role = status' %}</div>",
        "<p>on time = {{ style }}</p>",
    ],
)
def test_the_gate_lets_what_is_right_pass(source):
    assert problems(source) == []
