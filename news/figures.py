"""Pictures in the text of an article: `![What it shows](picture:2 "What stands below it")`, alone in its paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ground import richtext
from ground.workflow import NotPossible
from news.models import NewsItem

_PLACED = re.compile(r"picture:([1-9][0-9]{0,3})\Z")


class Unfit(NotPossible):
    """A text names pictures in a way that can't be shown; `field` is the text, the message says what to do."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def number_of(figure: richtext.Figure) -> int | None:
    """The picture of the article that a figure of its text names."""
    found = _PLACED.match(figure.source)
    return int(found[1]) if found else None


def placed(text: str | None) -> set[int]:
    """The numbers of the pictures that `text` shows."""
    return {number for one in richtext.figures(text) if (number := number_of(one))}


def problem(text: str, there: Collection[int]) -> str:
    """What is wrong with the pictures that `text` names, of those that are `there`; empty where nothing is."""
    for figure in richtext.figures(text):
        number = number_of(figure)
        if number is None:
            return _(
                "A picture in the text is not one of this article: %(address)s. Add it under “Pictures” and place it."
            ) % {"address": figure.source[:100]}
        if number not in there:
            return _("The text shows picture %(number)s, which this article doesn't have.") % {
                "number": number
            }
        if not figure.alternative:
            return _("Picture %(number)s in the text lacks its alternative text: say what it shows.") % {
                "number": number
            }
        if not figure.alone:
            return _("Picture %(number)s stands within a line of text. Give it a paragraph of its own.") % {
                "number": number
            }
    return ""


def demand_fit(item: NewsItem, texts: Mapping[str, str]) -> None:
    """Raises Unfit where one of the bodies in `texts` names pictures wrongly."""
    bodies = {name: words for name, words in texts.items() if name.startswith("body") and "![" in words}
    if not bodies:
        return
    there = set(item.pictures.values_list("number", flat=True)) if item.pk else set()
    for name, words in bodies.items():
        if said := problem(words, there):
            raise Unfit(name, said)


def body(text: str, drawn: Callable[[int, richtext.Figure], SafeString]) -> SafeString:
    """The text as safe HTML with its pictures, each as `drawn` gives it (safe HTML)."""

    def figure(found: richtext.Figure) -> SafeString:
        number = number_of(found)
        return drawn(number, found) if number else SafeString("")

    return richtext.render(text, figure)
