"""What the list of calls can be narrowed by."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from members.models import University
from mobility.models import Call, Kind, Mode


class FilterForm(PortalForm):
    optional_unsaid = True


class CallFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("Any kind"))
    university = django_filters.ModelChoiceFilter(
        queryset=University.objects.for_list().filter(calls__isnull=False).distinct(),
        to_field_name="slug", label=_("Sending university"), empty_label=_("Any university"),
    )  # fmt: skip

    mode = django_filters.ChoiceFilter(choices=Mode.choices, label=_("Mode"), empty_label=_("Any mode"))

    class Meta:
        model = Call
        fields = ["kind", "university", "mode"]
        form = FilterForm

    def count(self) -> None:
        """Say at each choice how many calls it finds beside what else is chosen; one query."""
        chosen = self._chosen()
        names = {"kind": "kind", "university": "university__slug", "mode": "mode"}
        found: dict[str, Counter[str]] = {name: Counter() for name in names}
        for *values, number in self.queryset.order_by().values_list(*names.values()).annotate(Count("pk")):
            apart = [
                name for name, value in zip(names, values, strict=True) if chosen[name] not in ("", value)
            ]
            for name, value in zip(names, values, strict=True):
                if not apart or apart == [name]:
                    found[name][value] += number
        for name, numbers in found.items():
            field: Any = self.form.fields[name]
            field.widget.choices = [
                (key, f"{words} ({numbers[str(key)]})" if str(key) else words)
                for key, words in field.choices
                if not str(key) or numbers[str(key)] or str(key) == chosen[name]
            ]

    def _chosen(self) -> dict[str, str]:
        given = self.form.cleaned_data
        university = given["university"]
        return {
            "kind": given["kind"] or "", "university": university.slug if university else "",
            "mode": given["mode"] or "",
        }  # fmt: skip

    @property
    def canonical(self) -> list[str]:
        """The queries that stand for what is filtered by: as links say it and as the form does; none when refused."""
        if not self.form.is_valid():
            return []
        said = self._chosen()
        return [urlencode({name: value for name, value in said.items() if value}), urlencode(said)]
