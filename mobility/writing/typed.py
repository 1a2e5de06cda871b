"""What was typed into a page: as pairs that a draft keeps, and as a browser would send it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.http import QueryDict

from mobility import parts
from mobility.models import PartDraft

Pairs = list[list[str]]
_SALT = "mobility.part"
_HOLDS_FOR = 14 * 24 * 3600
_NAMES = {
    parts.LANGUAGES.slug: re.compile(
        r"form-(?:(?:TOTAL|INITIAL)_FORMS|[0-9]{1,2}-(?:language|level))", re.ASCII
    ),
    parts.WISHES.slug: re.compile(r"wish_[0-9]{1,2}", re.ASCII),
    parts.QUESTIONS.slug: re.compile(r"q-[0-9a-f-]{36}", re.ASCII),
}


def pairs(part: parts.Part, data: QueryDict) -> Pairs:
    """What of `data` belongs to `part`, in its order; the rest (the proof of origin, what nobody asked for) goes."""
    known = _NAMES.get(part.slug)
    return [
        [name, value.replace("\x00", "").encode("utf-8", "replace").decode()]
        for name, values in data.lists()
        if (known.fullmatch(name) if known else name in part.fields)
        for value in values[:50]
    ]


def sent_again(content: Pairs) -> QueryDict:
    """Pairs as a browser sends them."""
    data = QueryDict(mutable=True)
    for name, value in content:
        data.appendlist(name, value)
    return data


def typed_in(draft: PartDraft | None) -> QueryDict | None:
    """What a draft holds, as a browser would send it; None where there is no draft."""
    return sent_again(draft.content) if draft else None


def keeper_for(user: Any, uuid: Any, part: str) -> str:
    """A proof that this person was shown this page: with it what they typed is kept after their session ended."""
    return signing.dumps([user.pk, str(uuid), part], salt=_SALT)


def keeper_in(data: Mapping[str, str], uuid: Any, part: str) -> Any:
    """The person to whom the page was shown; None when the proof is wrong or too old."""
    try:
        person, *page = signing.loads(data.get("keeper", ""), salt=_SALT, max_age=_HOLDS_FOR)
    except (signing.BadSignature, ValueError):
        return None
    if page != [str(uuid), part]:
        return None
    return get_user_model().objects.filter(pk=person, is_active=True).first()


def number(typed: str | None) -> int:
    """A small number out of a form; 0 for anything else."""
    text = typed or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
