"""What the page of a factsheet tells besides its dates: its sections, those that say something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground import languages
from ground.templatetags.ground_tags import in_language, money
from members.models import Factsheet, FactsheetLanguage

# Texts in the order of the page, each with the websites that belong to it.
_SECTIONS: tuple[tuple[str, Any, tuple[tuple[str, Any], ...]], ...] = (
    ("application", gettext_lazy("How to apply"), (
        ("application_website", gettext_lazy("Application website")),
        ("courses_website", gettext_lazy("Course catalogue")),
    )),
    ("costs", gettext_lazy("Cost of living"), ()),
    ("housing", gettext_lazy("Housing"), (("housing_website", gettext_lazy("More about housing")),)),
    ("visa", gettext_lazy("Visa"), (("visa_website", gettext_lazy("More about visas")),)),
    ("insurance", gettext_lazy("Insurance"), (("insurance_website", gettext_lazy("More about insurance")),)),
    ("accessibility", gettext_lazy("Accessibility and inclusion"), (
        ("accessibility_website", gettext_lazy("More about accessibility")),
    )),
    ("grading", gettext_lazy("Grades"), (("grading_website", gettext_lazy("Grading tables")),)),
    ("more", gettext_lazy("Further requirements"), ()),
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    """A part of the page: the name of its text, its title, links."""

    name: str
    title: str | Promise
    links: list[tuple[str | Promise, str]]


@dataclass(frozen=True)
class Required:
    """A language that people need: for whom, which and at what level; what is said of it stands in its `row`."""

    whom: str
    words: str
    row: FactsheetLanguage


def sections(factsheet: Factsheet) -> Iterator[Section]:
    """The sections that say something."""
    for name, title, websites in _SECTIONS:
        links = [(words, url) for field, words in websites if (url := getattr(factsheet, field))]
        if links or in_language(factsheet, name)[0]:
            yield Section(name, title, links)


def cost_words(factsheet: Factsheet) -> str:
    """What a month costs: "€400 to €600 a month", "from €400 a month"."""
    low, high = factsheet.costs_from, factsheet.costs_to
    if low and high and low != high:
        return _("%(from)s to %(to)s a month") % {"from": money(low), "to": money(high)}
    if low and high:
        return _("about %(amount)s a month") % {"amount": money(low)}
    if low:
        return _("from %(amount)s a month") % {"amount": money(low)}
    return _("up to %(amount)s a month") % {"amount": money(high)} if high else ""


def required(factsheet: Factsheet) -> list[Required]:
    """The languages that are needed, those of students first."""
    rows = sorted(factsheet.languages.all(), key=lambda row: row.whom != FactsheetLanguage.Whom.STUDENTS)
    return [
        Required(row.get_whom_display(), f"{languages.name(row.language)} {row.level}".strip(), row)
        for row in rows
    ]
