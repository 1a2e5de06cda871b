"""The fields that one column of a file fills, and the names under which we know it: ours, Erasmus+ and CORDIS."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """A field of ours that a column can fill. `several` columns may fill one that holds a list.

    `base` says how its cells are read where that is not by its own name; `asked` is False for what templates leave out.
    """

    name: str
    label: str | Promise
    about: str | Promise
    example: str
    aliases: tuple[str, ...] = ()
    several: bool = False
    clearable: bool = True
    base: str = ""
    asked: bool = True

    @property
    def read_as(self) -> str:
        return self.base or self.name


# The number of the row that stands in the templates; no project has it, and the check refuses it.
SAMPLE_NUMBER = "EXAMPLE-1"
_RICH = _("Plain text; an empty line begins a paragraph.")
_PARTNERS = _(
    "PIC, Erasmus code or name, several parted by ;. A country in brackets helps: “University of Example (DE)”."
)
_DAY = _("For example 2026-03-01, 01.03.2026 or 1 March 2026.")

# Erasmus+ is the download of the Erasmus+ Project Results Platform, CORDIS the table project.csv of its data sets (its
# organization.csv is read by projects.imports.cordis).
# Its column names are those that public programs read from the two files: of the platform "Project Identifier"
# ("Project Number" until 2021), "Call year" or "Funding Year", "Coordinating organisation name" ("Coordinator's name"
# in older files), "Partner 1 name" to "Partner 38 website", "Start date", "End date" and the long "EU Grant award in
# euros (…)", as in the transforms of the Commission's own EU Budget for Results data lake (ec-europa/eubfr-data-lake,
# ETL of the EAC and BUDG XLS files); of CORDIS the list of columns published with its data sets on data.europa.eu.
SINGLE: tuple[Column, ...] = (
    Column("code", _("Project number"), _("The number by which a project is found again. Always needed."),
           SAMPLE_NUMBER, ("code", "number", "Project Identifier", "Project Number", "id", "projectID",
                           "Grant agreement number"), clearable=False),
    Column("lead", _("Lead university"), _("Erasmus code, short name or name of a university of the alliance."),
           "LT KAUNAS02", ("lead", "lead_university", "university"), clearable=False),
    Column("acronym", _("Acronym"), _("At most 40 characters."), "EXAMPLE", ("projectAcronym", "Project acronym")),
    Column("title_en", _("Title in English"), _("A title in one of the languages is needed."),
           "An invented project: write yours here", ("Project Title", "title")),
    Column("title_lt", _("Title in Lithuanian"), _("A title in one of the languages is needed."),
           "Išgalvotas projektas: čia rašykite savąjį", ("pavadinimas",)),
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
           "Erasmus+", ("Programme", "Sub-programme", "Action", "Key Action", "Action Type",
                        "frameworkProgramme", "fundingScheme"), several=True),
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
           ("partner", "beneficiaries", "organisationID", "organisations", "participants"), several=True),
    Column("associated", _("Partners: associated"), _PARTNERS, "", ("associated_partners",), several=True),
    Column("affiliated", _("Partners: affiliated entities"), _PARTNERS, "", ("affiliated_entities",), several=True),
    Column("partner_country", _("Country of the partner before it"),
           _("Belongs to the nearest column of partners on its left."), "",
           ("Coordinator's country",), several=True),
    Column("funding", _("Lines of funding, as this portal exports them"),
           _("programme|amount|currency|share|contract, several parted by ;."), "", clearable=False, asked=False),
    Column("milestones", _("Milestones, as this portal exports them"),
           _("due|done|kind|title in English|title in Lithuanian, several parted by ;."), "", clearable=False,
           asked=False),
    Column("outcomes", _("Results by category, as this portal exports them"),
           _("category|title in English|title in Lithuanian|address|day, several parted by ;."), "", clearable=False,
           asked=False),
)  # fmt: skip
ORGANISATIONS = ("coordinator", "partners", "associated", "affiliated")
LONG = ("description_en", "description_lt", "objectives_en", "objectives_lt", "results_en", "results_lt")
