"""The form of a factsheet in sections, each with what is missing there; and everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from members.forms.factsheets import Editor, LanguageForm, TermForm
from members.models.factsheet import FACTSHEET_TEXTS

_TEXT = "members/factsheet_edit_text.html"
# Name, title, template, and the fields beside the two texts, in lines of at most two.
_PARTS: tuple[tuple[str, Any, str, tuple[tuple[str, ...], ...]], ...] = (
    ("terms", gettext_lazy("Terms and deadlines"), "members/factsheet_edit_terms.html", ()),
    ("languages", gettext_lazy("Languages"), "members/factsheet_edit_languages.html", ()),
    ("weeks", gettext_lazy("Decision and transcript"), _TEXT, (("decision_weeks", "transcript_weeks"),)),
    ("application", gettext_lazy("How to apply"), _TEXT, (
        ("application_website", "courses_website"), ("calendar_website",),
    )),
    ("costs", gettext_lazy("Cost of living"), _TEXT, (("costs_from", "costs_to"),)),
    ("housing", gettext_lazy("Housing"), _TEXT, (("housing_website",),)),
    ("visa", gettext_lazy("Visa"), _TEXT, (("visa_website",),)),
    ("insurance", gettext_lazy("Insurance"), _TEXT, (("insurance_website",),)),
    ("accessibility", gettext_lazy("Accessibility and inclusion"), _TEXT, (("accessibility_website",),)),
    ("grading", gettext_lazy("Grades"), _TEXT, (("grading_website",),)),
    ("more", gettext_lazy("Further requirements"), _TEXT, ()),
    ("contacts", gettext_lazy("Contacts"), "members/factsheet_edit_contacts.html", ()),
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One section of the form."""

    name: str
    title: str | Promise
    template: str
    missing: list[str]
    pair: list[Any] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the id of the field in which it is."""

    href: str
    words: str


def parts(editor: Editor) -> list[Part]:
    """The sections of the form in the order of the page."""
    form = editor.form
    return [
        Part(
            name, title, template, editor.gaps.get(name, []),
            pair=form.pairs[name] if name in FACTSHEET_TEXTS else [],
            rows=[[form[one] for one in row] for row in rows],
        )
        for name, title, template, rows in _PARTS
    ]  # fmt: skip


def problems(editor: Editor) -> Iterator[Problem]:
    """Everything that is wrong in a form that was sent, in the words that stand beside the fields."""
    for form in editor.forms:
        where = _where(form)
        for words in form.non_field_errors():
            yield Problem(form.prefix or "", f"{where}{words}")
        for name in form.errors:
            if name in form.fields:
                bound = form[name]
                target = bound.id_for_label or bound.auto_id or ""
                for words in bound.errors:
                    named = str(bound.label) in str(words)
                    yield Problem(target, f"{where}{words}" if named else f"{where}{bound.label}: {words}")


def _where(form: Any) -> str:
    if isinstance(form, TermForm):
        return f"{form.term.label}: "
    return f"{form.fields['language'].label} {form.number + 1}: " if isinstance(form, LanguageForm) else ""
