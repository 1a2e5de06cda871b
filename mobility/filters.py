"""What the list of calls can be narrowed by."""

from __future__ import annotations

from urllib.parse import urlencode

import django_filters
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

    @property
    def canonical(self) -> list[str]:
        """The queries that stand for what is filtered by: as links say it and as the form does; none when refused."""
        if not self.form.is_valid():
            return []
        kind, university, mode = (self.form.cleaned_data[name] for name in ("kind", "university", "mode"))
        said = {"kind": kind or "", "university": university.slug if university else "", "mode": mode or ""}
        return [urlencode({name: value for name, value in said.items() if value}), urlencode(said)]
