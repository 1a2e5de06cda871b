"""A select of which a page has hundreds with the same options: what an option looks like is worked out once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_NUMBER = re.compile(r"(?:milestone|result)_[0-9]+(?=_)|[0-9]+$", re.ASCII)


class Drawn:
    """Options that many selects share. `rare` ones stand only where they are chosen, or one of the same number is."""

    def __init__(self, options: Sequence[tuple[str, str]], rare: Collection[str] = ()) -> None:
        self._options, self._rare = dict(options), frozenset(rare)

    def around(self, chosen: str) -> str:
        """The options of a select in which `chosen` is selected."""
        number = _number(chosen)
        return "".join(
            self._chosen(value) if value == chosen else plain
            for value, plain in self._plain.items()
            if value == chosen or value not in self._rare or (number and number == self._numbers[value])
        )

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {
            v: format_html('<option value="{}">{}</option>', v, words) for v, words in self._options.items()
        }

    @cached_property
    def _numbers(self) -> dict[str, str]:
        return {value: _number(value) for value in self._options}

    def _chosen(self, value: str) -> str:
        return format_html('<option value="{}" selected>{}</option>', value, self._options[value])


class DrawnSelect(forms.Select):
    """A select with the options of `drawn`, without a template for each of them."""

    def __init__(self, drawn: Drawn) -> None:
        super().__init__()
        self.drawn = drawn

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        # Each value and label was escaped when its option was drawn; only `selected` is put in between.
        options = mark_safe(self.drawn.around(str(value or "")))
        return format_html("<select{}>{}</select>", flatatt(given), options)


def _number(name: str) -> str:
    found = _NUMBER.search(name)
    return found[0] if found else ""
