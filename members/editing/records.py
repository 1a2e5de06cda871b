"""The records of a university that are edited one by one: units, contacts, centres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.db.models.expressions import DatabaseDefault
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import richtext
from members.editing.values import Values
from members.models import Centre, Contact, OrganisationalUnit


@dataclass(frozen=True)
class Kind:
    """One kind of record: what is asked of it, and its words in the history."""

    name: str
    model: type[Model]
    fields: tuple[str, ...]
    added: Promise
    saved: Promise
    removed: Promise
    owner: str = "university"

    def read(self, record: Any) -> dict[str, Any]:
        """What is stored of the record, by the names of its fields; records it points to as their numbers."""
        return {name: _plain(getattr(record, name, None)) for name in self.fields}

    def fill(self, record: Any, values: Values) -> None:
        """Put values, as `read` gives them, into the record."""
        for name in self.fields:
            value = values[name]
            if self.model._meta.get_field(name).is_relation:
                setattr(record, f"{name}_id", value or None)
            else:
                setattr(record, name, richtext.clean(value) if isinstance(value, str) else value)


def _plain(value: Any) -> Any:
    if isinstance(value, DatabaseDefault):  # of a record that is not stored yet
        return ""
    return value.pk if isinstance(value, Model) else value


UNIT = Kind(
    "unit", OrganisationalUnit,
    ("name_en", "name_lt", "parent", "code", "website", "description_en", "description_lt"),
    _("The unit was added."), _("The unit was saved."), _("The unit was removed."),
)  # fmt: skip
CONTACT = Kind(
    "contact", Contact,
    (
        "name", "lithuanian_name", "given_name", "family_name", "duty", "subject_en", "subject_lt", "email", "phone",
        "unit", "is_public",
    ),
    _("The contact was added."), _("The contact was saved."), _("The contact was removed."),
)  # fmt: skip
CENTRE = Kind(
    "centre", Centre,
    (
        "host", "network", "name_en", "name_lt", "founded_on", "founding_agreement_en", "founding_agreement_lt",
        "operator_en", "operator_lt", "mission_en", "mission_lt", "activities_en", "activities_lt", "website",
    ),
    _("The centre was added."), _("The centre was saved."), _("The centre was removed."), owner="host",
)  # fmt: skip
RECORDS: dict[str, Kind] = {kind.name: kind for kind in (UNIT, CONTACT, CENTRE)}
