"""The forms of an import: the file, how it is read, what its columns fill and how cells are understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.models import University
from projects.forms.drawn import Drawn, DrawnSelect
from projects.forms.project import LeadField
from projects.imports.columns import BY_NAME, COLUMNS, choices
from projects.imports.rows import LEAVE, MAKE, REFUSE
from projects.imports.showing import Heading
from projects.imports.sniffing import CSV, DELIMITERS, ENCODINGS
from projects.models import Import

_WIDE = 60  # columns; in wider tables most are of no use here
_OPTIONS = 12_000  # on one page


class UploadForm(PortalForm):
    """The file. What is in it is looked at by who keeps it."""

    upload = forms.FileField(
        label=gettext_lazy("File"), max_length=None, allow_empty_file=True,
        help_text=gettext_lazy("CSV, XLSX or a ZIP of CORDIS, at most 100 MB. The first row names the columns."),
    )  # fmt: skip


class ReadingForm(PortalForm):
    """How the file is read: the encoding and the mark between the columns of a CSV, the sheet of a workbook."""

    def __init__(self, *args: Any, batch: Import, **kwargs: Any) -> None:
        chosen = batch.settings
        super().__init__(*args, initial=chosen, **kwargs)
        if chosen.get("kind") == CSV:
            encodings = dict(ENCODINGS)
            encodings.setdefault(chosen["encoding"], chosen["encoding"].upper())
            self.fields["encoding"] = forms.ChoiceField(label=_("Encoding"), choices=list(encodings.items()))
            self.fields["delimiter"] = forms.ChoiceField(
                label=_("Mark between the columns"), choices=list(DELIMITERS.items())
            )
        elif names := chosen.get("sheets"):
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), choices=[(name, name) for name in names]
            )


class ColumnsForm(PortalForm):
    """What each column fills, and how its cells are understood."""

    lead = LeadField(
        label=gettext_lazy("Lead university where the file names none"), required=False,
        queryset=University.objects.none(), empty_label=gettext_lazy("None: such a row is an error"),
    )  # fmt: skip
    order = forms.ChoiceField(
        label=gettext_lazy("Dates like 1/3/2026"), widget=forms.RadioSelect,
        choices=[("dmy", gettext_lazy("day first: 1 March")), ("mdy", gettext_lazy("month first: 3 January"))],
    )  # fmt: skip
    mark = forms.ChoiceField(
        label=gettext_lazy("Decimal mark of amounts"), required=False, widget=forms.RadioSelect,
        choices=[
            ("", gettext_lazy("found cell by cell; what could be read twice is an error")),
            (",", gettext_lazy("comma: 12.000,50")), (".", gettext_lazy("point: 12,000.50")),
        ],
    )  # fmt: skip
    partners = forms.ChoiceField(
        label=gettext_lazy("Partners that the portal does not know"), widget=forms.RadioSelect,
        choices=[
            (REFUSE, gettext_lazy("refuse the row")),
            (LEAVE, gettext_lazy("leave the partner out and warn")),
            (MAKE, gettext_lazy("make a new organisation (its country must be given)")),
        ],
    )  # fmt: skip
    clear = forms.BooleanField(
        label=gettext_lazy("Empty cells clear what a project has"), required=False,
        help_text=gettext_lazy("Otherwise an empty cell leaves it as it is."),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        headings: list[Heading],
        chosen: Mapping[str, str],
        leads: QuerySet[University],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]
        offered = choices([*chosen.values()])
        fields = [("", _("Leave out")), *((column.name, str(column.label)) for column in offered)]
        heavy = len(headings) * len(fields) > _OPTIONS
        taken = set(chosen.values()) & {column.name for column in offered if column not in COLUMNS}
        widget = DrawnSelect(Drawn(fields, rare=taken if heavy else ()))
        for heading in headings:
            self.fields[f"column_{heading.position}"] = forms.ChoiceField(
                label=heading.name,
                choices=fields,
                required=False,
                initial=chosen.get(str(heading.position), ""),
                widget=widget,
            )

    @cached_property
    def columns(self) -> list[tuple[Heading, Any]]:
        """Each column of the file with its field; of a wide table those alone that fill something or are wrong."""
        return [pair for pair in self._all if not self._is_wide or pair[1].value() or pair[1].errors]

    @cached_property
    def unfilled(self) -> list[tuple[Heading, Any]]:
        """The columns of a wide table that nothing was found for."""
        shown = {heading.position for heading, _field in self.columns}
        return [pair for pair in self._all if pair[0].position not in shown]

    @cached_property
    def _all(self) -> list[tuple[Heading, Any]]:
        return [(heading, self[f"column_{heading.position}"]) for heading in self.headings]

    @property
    def _is_wide(self) -> bool:
        return len(self.headings) > _WIDE

    @property
    def options(self) -> list[Any]:
        """The fields that are not columns."""
        return [self[name] for name in ("lead", "order", "mark", "partners", "clear")]

    def clean(self) -> dict[str, Any]:
        """Refuse a choice without the number, and two columns for what has one value."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = {h.position: data.get(f"column_{h.position}", "") for h in self.headings}
        times = Counter(name for name in given.values() if name and not BY_NAME[name].several)
        if not times["code"] and not self.errors:
            self.add_error(
                None, _("Choose the column with the project number. Projects are found again by it.")
            )
        for position, name in given.items():
            if times[name] > 1:
                self.add_error(f"column_{position}", _("Two columns fill “%(label)s”. Leave one of them out.")
                               % {"label": BY_NAME[name].label})  # fmt: skip
        return data

    @property
    def mapping(self) -> dict[str, str]:
        """Position as text → name of the field."""
        found = {str(h.position): self.cleaned_data[f"column_{h.position}"] for h in self.headings}
        return {position: name for position, name in found.items() if name}

    @property
    def settings(self) -> dict[str, Any]:
        """How cells are to be understood, as it is stored."""
        data = self.cleaned_data
        lead = data["lead"].pk if data.get("lead") else None
        return {name: data[name] for name in ("order", "mark", "partners", "clear")} | {"lead": lead}
