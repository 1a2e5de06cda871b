"""The pages of one unit, contact or centre."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalModelForm
from members import sheet
from members.editing import CENTRE, CONTACT, UNIT, Clash, Kind, Values, marks
from members.forms.university import Comment, in_words, read_marks
from members.models import Centre, CentreNetwork, Contact, Organisation, OrganisationalUnit


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit of the university, shown as deep as it lies in the tree."""

    def offer(self, university_id: int, without: Any = None) -> None:
        """Offer the units of a university; `without` is one that is left out with all that is part of it."""
        units = list(OrganisationalUnit.objects.filter(university=university_id))
        lines = list(sheet.flat(sheet.tree(units)))
        left_out = _with_parts(lines, without)
        self.queryset = OrganisationalUnit.objects.filter(university=university_id).exclude(pk__in=left_out)
        named = [(one.pk, f"{'— ' * depth}{one}") for depth, one in lines if one.pk not in left_out]
        self.choices = [("", _("None")), *named]


def _with_parts(lines: Iterable[tuple[int, Any]], root: Any) -> set[int]:
    """The numbers of `root` and of everything below it."""
    found: set[int] = set()
    for _depth, one in lines:
        if root is not None and (one.pk == root.pk or one.parent_id in found):
            found.add(one.pk)
    return found


class NamedForm(PortalModelForm):
    """A record with a name in at least one language."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "name_en" in self.fields and not data.get("name_en") and not data.get("name_lt"):
            self.add_error("name_en", _("Give the name in at least one language."))
        return data


class UnitForm(NamedForm):
    parent = UnitChoice(
        label=gettext_lazy("Part of"), queryset=OrganisationalUnit.objects.none(), required=False
    )

    class Meta:
        model = OrganisationalUnit
        fields = list(UNIT.fields)
        labels = {
            "name_en": gettext_lazy("Name in English"),
            "name_lt": gettext_lazy("Name in Lithuanian"),
            "description_en": gettext_lazy("What it does, in English"),
            "description_lt": gettext_lazy("What it does, in Lithuanian"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(self.instance.university_id, without=self.instance)  # type: ignore[attr-defined]
        self.fields["name_en"].required = False


class ContactForm(PortalModelForm):
    unit = UnitChoice(label=gettext_lazy("Unit"), queryset=OrganisationalUnit.objects.none(), required=False)
    is_public = forms.TypedChoiceField(
        label=gettext_lazy("Who sees this contact"), widget=forms.RadioSelect, coerce=lambda value: value == "True",
        choices=[
            ("False", gettext_lazy("Internal: only the staff of this university and the alliance office")),
            ("True", gettext_lazy("Public: everybody, on the page of the university and in search engines")),
        ],
    )  # fmt: skip

    class Meta:
        model = Contact
        fields = list(CONTACT.fields)
        labels = {
            "subject_en": gettext_lazy("Ask about, in English"),
            "subject_lt": gettext_lazy("Ask about, in Lithuanian"),
        }
        help_texts = {
            "given_name": gettext_lazy("Where the contact is a person: agreements name both parts apart.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(self.instance.university_id)  # type: ignore[attr-defined]


class HostField(forms.CharField):
    """An organisation by its Erasmus code, PIC, ROR id or whole name."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return Organisation.objects.filter(pk=value).values_list("name", flat=True).first()
        return value

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().clean(value).strip()
        return self.found(typed)

    def found(self, typed: str) -> int | None:
        """The number of the organisation that was named. Raises ValidationError where it is none, or several."""
        named = Q(name__iexact=typed) | Q(local_name__iexact=typed) | Q(short_name__iexact=typed)
        named |= Q(lithuanian_name__iexact=typed)
        found = list(Organisation.objects.filter(Q(identifiers__value=typed) | named).distinct()[:6])
        if not found:
            raise ValidationError(
                _("No organisation has this name or code. Write the whole legal name, or a code.")
            )
        if len(found) > 1:
            cities = ", ".join(f"{one.name} ({one.city})" for one in found)
            raise ValidationError(
                _("Several organisations fit: %(names)s. Give the code.") % {"names": cities}
            )
        return found[0].pk


class CentreForm(NamedForm):
    """A centre. Who keeps one university chooses among `hosts`; the office names any organisation."""

    class Meta:
        model = Centre
        fields = [name for name in CENTRE.fields if name != "host"]
        labels = {
            f"{name}_{code}": label
            for code, labels in {
                "en": (
                    gettext_lazy("Name in English"), gettext_lazy("Founding agreement, in English"),
                    gettext_lazy("National operator, in English"), gettext_lazy("Mission, in English"),
                    gettext_lazy("Activities, in English"),
                ),
                "lt": (
                    gettext_lazy("Name in Lithuanian"), gettext_lazy("Founding agreement, in Lithuanian"),
                    gettext_lazy("National operator, in Lithuanian"), gettext_lazy("Mission, in Lithuanian"),
                    gettext_lazy("Activities, in Lithuanian"),
                ),
            }.items()
            for name, label in zip(
                ("name", "founding_agreement", "operator", "mission", "activities"), labels, strict=True
            )
        }  # fmt: skip
        help_texts = {"network": gettext_lazy("Sister centres that work under one name.")}

    def __init__(self, *args: Any, hosts: list[Organisation] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name_en"].required = False
        self.fields["network"].queryset = CentreNetwork.objects.order_by("name_en")  # type: ignore[attr-defined]
        if hosts is None:
            host: forms.Field = HostField(
                label=gettext_lazy("Host organisation"),
                help_text=gettext_lazy("Its Erasmus code, PIC, ROR id or whole legal name."),
            )
        else:
            choices = [(one.pk, one.name) for one in hosts]
            host = forms.TypedChoiceField(label=gettext_lazy("Host"), coerce=int, choices=choices)
        self.fields = {"host": host, **self.fields}


FORMS: dict[str, Any] = {"unit": UnitForm, "contact": ContactForm, "centre": CentreForm}


class RecordEditor:
    """The form of one record, filled from what is stored, from what was sent, or from `values`."""

    def __init__(
        self, kind: Kind, record: Any, sent: QueryDict | None = None, values: Values | None = None,
        seen: Mapping[str, str] | None = None, comment: str = "", **more: Any,
    ) -> None:  # fmt: skip
        self.kind, self.record = kind, record
        stored = kind.read(record)
        self.seen = read_marks(sent) if sent is not None else dict(seen or marks(stored))
        self.form = FORMS[kind.name](
            sent, instance=copy.copy(record), initial={**stored, **(values or {})}, **more
        )
        self.comment = Comment(sent, initial={"comment": comment})
        self.tables: dict[str, Any] = {}

    @property
    def forms(self) -> list[Any]:
        return [self.form, self.comment]

    def is_valid(self) -> bool:
        found = [one.is_valid() for one in self.forms]  # all of them, so that every mistake is said at once
        return all(found)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the fields; records as their numbers."""
        return {name: getattr(value, "pk", value) for name, value in self.form.cleaned_data.items()}

    @property
    def marks(self) -> str:
        return json.dumps(self.seen)

    @property
    def token(self) -> uuid.UUID:
        """The identifier of the record that the form makes, so that a form sent twice makes one."""
        return self.record.uuid  # type: ignore[no-any-return]

    @property
    def groups(self) -> list[list[Any]]:
        """The fields in their order; the two languages of one text together."""
        fields = {bound.name: bound for bound in self.form.visible_fields()}
        pairs = {name: f"{name.removesuffix('_en')}_lt" for name in fields if name.endswith("_en")}
        return [
            [bound, fields[pairs[name]]] if name in pairs else [bound]
            for name, bound in fields.items()
            if name not in pairs.values()
        ]

    def refuse(self, refused: Exception) -> None:
        """Say why what was typed can't be stored, beside the field where that is known."""
        if isinstance(refused, ValidationError):
            self.form.add_error(None, refused)
            return
        self.form.add_error(None, str(refused))

    def told(self, clashes: list[Clash]) -> list[dict[str, Any]]:
        """What two people changed, in words."""
        return [
            {"label": self.form.fields[one.name].label, "mine": self._words(one.name, one.mine),
             "theirs": self._words(one.name, one.theirs)}
            for one in clashes
        ]  # fmt: skip

    def _words(self, name: str, value: Any) -> list[str]:
        """A choice by what stands in the list, anything else as it is."""
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        shown = next((label for key, label in choices.items() if str(key) == str(value)), value)
        return in_words(str(shown) if shown not in (None, "") else "")
