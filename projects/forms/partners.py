"""Partners of a project: found among the organisations on record, or typed as a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from ground import text
from ground.forms import PortalForm
from members import doubles
from members.models import Identifier, Organisation
from projects.forms.partner_rows import newcomer_in, newcomer_problems
from projects.forms.row import ids_in
from projects.forms.stored import Row

FOUND_AT_MOST = 12


class NewOrganisationForm(PortalForm):
    """An organisation that is on no list."""

    name = forms.CharField(label=gettext_lazy("Name of the organisation"), max_length=300)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    city = forms.CharField(label=gettext_lazy("City"), max_length=150, required=False)
    pic = forms.CharField(
        label=gettext_lazy("PIC"), max_length=9, required=False,
        help_text=gettext_lazy("Nine digits, if the organisation has one."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "narrow"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="new", **kwargs)
        self.fields["country"].choices = [("", gettext_lazy("Choose")), *countries]  # type: ignore[attr-defined]


@dataclass
class PartnerSearch:
    """The part of the form in which a partner is looked for: what was typed, what was found, what to say."""

    rows: list[Row]
    sought: str = ""
    matches: list[Organisation] = field(default_factory=list)
    notice: str = ""
    newcomer: NewOrganisationForm = field(default_factory=NewOrganisationForm)
    doubtful: bool = False
    opened: bool = False

    def take(self, step: str, typed: QueryDict) -> None:
        """One of the steps: "find", "add-partners" (the one chosen), "new-partner" or "sure-partner" (a new one)."""
        if step == "find":
            self.find(typed.get("sought", ""))
        elif step == "add-partners":
            self._choose(typed)
        elif step in ("new-partner", "sure-partner"):
            self._add_new(typed, sure=step == "sure-partner")

    def find(self, sought: str) -> None:
        """Look for organisations; says so when there are none, or more than can be shown."""
        self.sought = sought.replace("\x00", "").strip()[:200]
        if not self.sought:
            self.notice = _("Type a name, a city, an Erasmus code or a PIC first.")
            return
        found = list(find_organisations(self.sought)[: FOUND_AT_MOST + 1])
        self.matches = found[:FOUND_AT_MOST]
        if len(found) > FOUND_AT_MOST:
            self.notice = _("There are more that match. Type more of the name if yours is not here.")
        if not found:
            self.notice = _("No organisation matches. Check the spelling, or try a part of the name.")

    def _choose(self, typed: QueryDict) -> None:
        chosen = next(iter(ids_in([typed.get("found", "")])), None)
        if chosen is None:
            self.find(typed.get("sought", ""))
            self.notice = _("Choose one of the organisations found.")
        elif str(chosen) in {str(row.get("organisation_id")) for row in self.rows}:
            self.notice = _("This organisation is in the list already.")
        else:
            self.rows.append({"organisation_id": chosen})

    def _add_new(self, typed: QueryDict, sure: bool) -> None:
        self.opened = True
        form = self.newcomer = NewOrganisationForm(typed)
        newcomer = newcomer_in(form.cleaned_data) if form.is_valid() else None
        if newcomer is None:
            return
        if problems := newcomer_problems(newcomer):
            form.add_error(None, problems)
            return
        self.matches = doubles.likely([newcomer])[:FOUND_AT_MOST]
        self.doubtful = bool(self.matches)
        coded = any(doubles.same(known, newcomer) == "pic" for known in self.matches)
        if coded:
            self.doubtful = False
            self.notice = _("An organisation with this PIC is on record already. Choose it here.")
        elif self.matches and not sure:
            self.notice = _("Is it one of these, which are on record already?")
        else:
            self._append(form, sure)

    def _append(self, form: NewOrganisationForm, sure: bool) -> None:
        self.rows.append({**form.cleaned_data, "sure": "on" if sure else ""})
        self.notice = _("The new organisation is in the list. It is put on record when you save the project.")
        self.newcomer, self.matches = NewOrganisationForm(), []
        self.doubtful = self.opened = False


def find_organisations(typed: str) -> QuerySet[Organisation]:
    """Organisations whose name or city has the words typed, or whose Erasmus code, PIC or another code this is.

    What fits best stands first: the code, then the beginning of the name, then the city.
    """
    code = re.sub(r"\s+", "", typed).upper()
    # An Erasmus code begins with its country in three places: "LT KAUNAS02", "D  BERLIN01", "IRLDUBLIN01".
    codes = {typed.strip(), code, *(f"{code[:n]:<3}{code[n:]}" for n in (1, 2))}
    coded = Q(pk__in=Identifier.objects.filter(value__in=codes).values("organisation"))
    begun = Q(sort_key__startswith=text.sort_key(typed)) | Q(short_name__iexact=typed)
    ranks = When(coded, then=0), When(begun, then=1), When(city__iexact=typed, then=2)
    fit = Case(*ranks, default=3, output_field=IntegerField())
    found = Organisation.objects.filter(Q(pk__in=Organisation.objects.search(typed).values("pk")) | coded)
    return found.order_by(fit, "sort_key", "pk").defer("search").prefetch_related("identifiers")
