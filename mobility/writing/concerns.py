"""What speaks against the rules of the call in what stands on a page now, saved or only typed."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

from mobility import eligibility, parts
from mobility.models import Application


def of_page(application: Application, part: parts.Part, form: Any, typed: QueryDict | None) -> list[str]:
    """The reasons, for the part that is shown: out of `typed` where there is some, else out of what is stored."""
    return words(application, part, _in_form(form) if typed is None else _in_typed(part, typed))


def in_typed(application: Application, part: parts.Part, typed: QueryDict) -> list[str]:
    """The reasons, for what was just typed into `part`."""
    return words(application, part, _in_typed(part, typed))


def words(application: Application, part: parts.Part, given: dict[str, Any]) -> list[str]:
    """The reasons in words, for the answers of one part."""
    if part not in (parts.STUDIES, parts.LANGUAGES):
        return []
    return [one.words for one in eligibility.check(application.call, {part.slug: _shaped(part, given)})]


def _shaped(part: parts.Part, given: dict[str, Any]) -> Any:
    """Answers in the shape of a snapshot."""
    if part is parts.LANGUAGES:
        return given["rows"]
    return {
        "ects": _number(given.get("ects")), "level": _number(given.get("level")),
        "field": {"code": str(given.get("field") or "")}, "earlier_months": _decimal(given.get("earlier_months")),
    }  # fmt: skip


def _in_form(form: Any) -> dict[str, Any]:
    shown = getattr(form, "shown", {})
    if isinstance(shown, dict):
        return shown
    return {"rows": [{"language": row[0], "level": row[1]} for row in shown if len(row) == 2]}


def _in_typed(part: parts.Part, typed: QueryDict) -> dict[str, Any]:
    if part is not parts.LANGUAGES:
        return {name: typed.get(name, "") for name in part.fields}
    rows = ((typed.get(f"form-{n}-language", ""), typed.get(f"form-{n}-level", "")) for n in range(12))
    return {
        "rows": [{"language": language, "level": level} for language, level in rows if language and level]
    }


def _number(value: Any) -> int | None:
    text = str(value if value is not None else "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def _decimal(value: Any) -> str | None:
    text = str(value if value is not None else "").strip().replace(",", ".")
    return text if re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,2})?", text) else None
