"""What the list of calls can be narrowed by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from members.models import University
from mobility.models import Call, Kind, Mode, Place


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


A_FEW = 5  # places that are taken in at a glance


class PlaceFilter:
    """The places of one call, narrowed by country, field, level and term; out of rows that were read already.

    A place that holds for any field, level or term is found by each of them. A choice that no place has finds nothing.
    """

    LABELS = {
        "country": (_("Country"), _("Any country")),
        "field": (_("Field of education"), _("Any field")),
        "level": (_("Level"), _("Any level")),
        "term": (_("Term"), _("Any term")),
    }

    def __init__(self, places: Sequence[Place], given: QueryDict | None = None) -> None:
        self.places = list(places)
        self.is_shown = len(self.places) > A_FEW
        said = given if given is not None and self.is_shown else QueryDict()
        self.chosen = {name: said.get(name, "")[:20] for name in self.LABELS}

    @cached_property
    def found(self) -> list[Place]:
        """The places that match all that is chosen."""
        return [place for place in self.places if self._matches(place)]

    @property
    def is_narrowed(self) -> bool:
        return any(self.chosen.values())

    @cached_property
    def form(self) -> FilterForm:
        """A list for each of the four in which there is something to choose, with its numbers."""
        form = FilterForm(initial=self.chosen)
        for name, (label, any_words) in self.LABELS.items():
            options = self._options(name)
            if len(options) > 1 or self.chosen[name]:
                form.fields[name] = forms.ChoiceField(
                    label=label, choices=[("", any_words), *options], required=False
                )
        return form

    @property
    def canonical(self) -> list[str]:
        """The queries that stand for what is chosen, where all of it can be chosen."""
        known = {name: {key for key, _words in self._options(name)} for name in self.LABELS}
        if not self.is_shown or any(
            value and value not in known[name] for name, value in self.chosen.items()
        ):
            return []
        fields = [name for name in self.LABELS if name in self.form.fields]
        plain = {name: value for name, value in self.chosen.items() if value}
        return [urlencode(plain), urlencode({name: self.chosen[name] for name in fields})]

    def _options(self, name: str) -> list[tuple[str, str]]:
        named = {
            key: words
            for place in self.places
            if (key := _key(place, name))
            for words in [_words(place, name)]
        }
        others = [place for place in self.places if self._matches(place, apart=name)]
        numbers = {key: sum(_key(place, name) in ("", key) for place in others) for key in named}
        rows = sorted(named.items(), key=lambda one: one[0] if name == "level" else str(one[1]))
        return [(key, f"{words} ({numbers[key]})") for key, words in rows]

    def _matches(self, place: Place, apart: str = "") -> bool:
        return all(
            not value or name == apart or _key(place, name) in ("", value)
            for name, value in self.chosen.items()
        )


def _key(place: Place, name: str) -> str:
    """What `place` is for the facet `name`; empty for any."""
    keys = {
        "country": place.host.organisation.country.code, "field": place.field_id, "level": place.level,
        "term": place.term_code,
    }  # fmt: skip
    return str(keys[name] or "")


def _words(place: Place, name: str) -> str:
    if name == "country":
        return str(place.host.organisation.country.name)
    if name == "field":
        return f"{place.field.name} ({place.field_id})" if place.field else ""
    return str(place.get_level_display() if name == "level" else place.get_term_code_display())
