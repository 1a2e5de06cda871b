"""What the columns of a file can fill, and under which names we know them: ours, Erasmus+ and CORDIS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import text


@dataclass(frozen=True)
class Column:
    """A field of ours that a column can fill. `several` columns may fill one that holds a list."""

    name: str
    label: str | Promise
    about: str | Promise
    example: str
    aliases: tuple[str, ...] = ()
    several: bool = False
    clearable: bool = True


_RICH = _("Plain text; an empty line begins a paragraph.")
_PARTNERS = _(
    "PIC, Erasmus code or name, several parted by ;. A country in brackets helps: “University of Example (DE)”."
)
_DAY = _("For example 2026-03-01, 01.03.2026 or 1 March 2026.")

# Erasmus+ is the download of the Erasmus+ Project Results Platform, CORDIS the table project.csv of its data sets.
COLUMNS: tuple[Column, ...] = (
    Column("code", _("Project number"), _("The number by which a project is found again. Always needed."),
           "S-NET-24-50", ("code", "number", "Project Identifier", "Project Number", "id", "projectID",
                           "Grant agreement number"), clearable=False),
    Column("lead", _("Lead university"), _("Erasmus code, short name or name of a university of the alliance."),
           "LT KAUNAS02", ("lead", "lead_university", "university"), clearable=False),
    Column("acronym", _("Acronym"), _("At most 40 characters."), "S-NET", ("projectAcronym", "Project acronym")),
    Column("title_en", _("Title in English"), _("A title in one of the languages is needed."),
           "Membership of a network", ("Project Title", "title")),
    Column("title_lt", _("Title in Lithuanian"), _("A title in one of the languages is needed."),
           "Narystė tinkle", ("pavadinimas",)),
    Column("starts_on", _("First day"), _DAY, "2026-03-01",
           ("Start date", "startDate", "starts", "Project Start Date"), clearable=False),
    Column("ends_on", _("Last day"), _DAY, "2028-02-29",
           ("End date", "endDate", "ends", "Project End Date"), clearable=False),
    Column("description_en", _("Description in English"), _RICH, "What the project is for.",
           ("Project Summary", "Summary", "description")),
    Column("description_lt", _("Description in Lithuanian"), _RICH, "Kam skirtas projektas."),
    Column("objectives_en", _("Objectives in English"), _RICH, "What it wants to reach.", ("objective", "objectives")),
    Column("objectives_lt", _("Objectives in Lithuanian"), _RICH, "Ko siekiama."),
    Column("results_en", _("Results in English"), _RICH, "What came of it.", ("results",)),
    Column("results_lt", _("Results in Lithuanian"), _RICH, "Kas pasiekta."),
    Column("websites", _("Websites"), _("Addresses, several parted by ;."), "https://project.example/",
           ("website", "Project Website", "Results Platform Project Card", "projectUrl"), several=True),
    Column("programme", _("Funding programme"),
           _("Name in either language, or the last part of its address in the funding guide. "
             "Of several columns the last one that is known counts."),
           "Erasmus+", ("Programme", "Key Action", "Action Type", "frameworkProgramme",
                        "fundingScheme"), several=True),
    Column("amount", _("Amount"), _("For example 12 000,50 or 12,000.50 EUR."), "12000.50 EUR",
           ("EU Grant award in euros", "EU grant", "ecMaxContribution", "grant")),
    Column("currency", _("Currency"), _("Three letters; EUR when nothing is given."), "EUR"),
    Column("share", _("Share in percent"), _("From 0 to 100."), "80"),
    Column("contract_number", _("Contract number"), _("Of the line of funding."), "A-1234", ("contract",)),
    Column("head", _("Head"), _("Full name of one person."), "Vardenė Pavardenė", ("project head", "head_name")),
    Column("team", _("Team"), _("Full names, several parted by ;."), "Vardenis Pavardenis; Jane Example",
           several=True),
    Column("departments", _("Departments"), _("Names or codes of departments of the lead university, parted by ;."),
           "International Relations Department", ("department",), several=True),
    Column("coordinator", _("Partner: coordinator"), _PARTNERS, "",
           ("Coordinating organisation name", "Coordinator's name", "coordinator"), several=True),
    Column("partners", _("Partners: beneficiaries"), _PARTNERS, "999904840; University of Example (DE)",
           ("partner", "beneficiaries", "organisationID", "participants"), several=True),
    Column("associated", _("Partners: associated"), _PARTNERS, "", ("associated_partners",), several=True),
    Column("affiliated", _("Partners: affiliated entities"), _PARTNERS, "", ("affiliated_entities",), several=True),
    Column("partner_country", _("Country of the partner before it"),
           _("Belongs to the nearest column of partners on its left."), "",
           ("Coordinator's country",), several=True),
)  # fmt: skip
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
ORGANISATIONS = ("coordinator", "partners", "associated", "affiliated")
LONG = ("description_en", "description_lt", "objectives_en", "objectives_lt", "results_en", "results_lt")
_NUMBERED = (
    (re.compile(r"partner\d+(organisation)?name"), "partners"),
    (re.compile(r"partner\d+country"), "partner_country"),
)


def _plain(heading: str) -> str:
    """`heading` folded, without what stands in brackets and without marks."""
    return re.sub(r"[^a-z0-9]", "", text.fold(re.sub(r"\(.*?(\)|$)", "", heading)))


@cache
def _known() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for column in COLUMNS:
        names = [column.name, *column.aliases]
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                names.append(str(column.label))
        for name in names:
            known.setdefault(_plain(name), column.name)
    return known


def preset(headings: Sequence[str]) -> dict[str, str]:
    """What each heading that we know most likely fills: position as text → name of the field.

    A field that holds one value is filled by the first column that fits.
    """
    chosen: dict[str, str] = {}
    for position, heading in enumerate(headings):
        plain = _plain(heading)
        name = _known().get(plain) or next((n for mark, n in _NUMBERED if mark.fullmatch(plain)), None)
        if name and (BY_NAME[name].several or name not in chosen.values()):
            chosen[str(position)] = name
    return chosen


def source(headings: Iterable[str]) -> str:
    """Whose table the headings are: "erasmus", "cordis", "cordis_organisations", or "" for any other."""
    plain = {_plain(heading) for heading in headings}
    if {"projectidentifier", "projecttitle"} <= plain or {"projectnumber", "projectsummary"} <= plain:
        return "erasmus"
    if {"projectid", "organisationid"} <= plain:
        return "cordis_organisations"
    return "cordis" if {"id", "ecmaxcontribution"} <= plain else ""
