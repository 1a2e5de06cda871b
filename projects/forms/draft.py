"""A draft of the form as pairs of name and value, and the marks by which an opened form knows its own draft."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.http import QueryDict

from projects.forms.project import EditedProjectForm, NewProjectForm
from projects.forms.rows import ROW_SETS
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY
from projects.models import FormDraft, Project

KEEPER_HOLDS_FOR = 14 * 24 * 3600
_SALT = "projects.form"
_OWN = {*EditedProjectForm.base_fields, *NewProjectForm.base_fields, "form_id"}
_ROW = re.compile(r"([a-z]+)-(?:(?:TOTAL|INITIAL)_FORMS|[0-9]{1,4}-([A-Za-z_]+))")


def content_of(data: QueryDict) -> list[tuple[str, str]]:
    """What of `data` belongs to the form, in its order; the rest (the proof of origin, what nobody asked for) goes."""
    return [
        (name, value.replace("\x00", ""))
        for name, values in data.lists()
        for value in values[-1:]
        if _belongs(name)
    ]


def typed_in(draft: FormDraft) -> QueryDict:
    """The draft as a browser would send it."""
    data = QueryDict(mutable=True)
    for name, value in draft.content:
        if name != "form_id":
            data[name] = value
    return data


def marks_of(data: QueryDict) -> tuple[str, str]:
    """The mark of the form that sent `data`, and that of the draft that it continues (empty: of none)."""
    own, seen = (data.get(name, "").replace("\x00", "")[:40] for name in ("form_id", "draft_seen"))
    return own or uuid.uuid4().hex, seen


def keeper_for(user: Any, project: Project | None) -> str:
    """A proof that this person was shown this form: with it what they typed is kept after their session ended."""
    return signing.dumps([user.pk, project.key if project else ""], salt=_SALT)


def keeper_in(data: QueryDict, key: str) -> Any:
    """The person to whom the form of the project `key` was shown, None when the proof is wrong or too old."""
    try:
        person, of = signing.loads(data.get("keeper", ""), salt=_SALT, max_age=KEEPER_HOLDS_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return get_user_model().objects.filter(pk=person, is_active=True).first() if of == key else None


def _belongs(name: str) -> bool:
    if name in _OWN:
        return True
    found = _ROW.fullmatch(name)
    if found is None or found[1] not in ROW_SETS:
        return False
    return found[2] is None or found[2] in {
        "id", "DELETE", *ROW_FIELDS[found[1]], *TYPED_ONLY.get(found[1], ()),
    }  # fmt: skip
