"""What a form holds whose record is gone: in words, and as the form of a new one takes it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from members.forms.university import in_words

# What belongs to the form that was sent, not to what was typed.
_OF_THE_FORM = frozenset({"csrfmiddlewaretoken", "seen", "token", "typed_by", "put_back"})


def typed_in_words(editor: Any) -> list[tuple[Any, list[str]]]:
    """All that was typed into a form and its tables, right or wrong: what it is of, and its lines."""
    found = [(bound.label, _lines(bound)) for bound in editor.form.visible_fields()]
    for rows in editor.tables.values():
        written = [
            [" ".join(_lines(bound)) for bound in row.visible_fields()] for row in rows if row.has_changed()
        ]
        found.append((rows.title, [" · ".join(value for value in values if value) for values in written]))
    return [(label, lines) for label, lines in found if lines]


def _lines(bound: Any) -> list[str]:
    """What was typed into a field; of a choice, the words that were chosen."""
    value = bound.value()
    choices = {str(key): label for key, label in getattr(bound.field, "choices", ()) if key not in (None, "")}
    words = str(choices.get(str(value), "" if value is None or value is False else value))
    return in_words(words.replace("  ", "\u00a0\u00a0"))  # a page would draw two plain spaces as one


def carried(sent: QueryDict) -> list[tuple[str, str]]:
    """What was sent, without what belongs to that form alone."""
    return [(name, value) for name in sent for value in sent.getlist(name) if name not in _OF_THE_FORM]
