"""The texts that the portal delivers: a file for each page and language, its title and its lede in the first lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import reversion
from django.conf import settings
from django.db import transaction

from ground import clock
from texts.models import Slug, StaticPage

FOLDER = Path(__file__).parent / "delivered"
FIELDS = ("title", "lede", "body")
DELIVERED = "As delivered with the portal."


@cache
def delivered(slug: str) -> dict[str, str]:
    """The texts of a page by the names of the columns."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        title, lede, body = (FOLDER / f"{slug}.{code}.md").read_text(encoding="utf-8").split("\n", 2)
        found |= {f"title_{code}": title.strip(), f"lede_{code}": lede.strip(), f"body_{code}": body.strip()}
    return found


def as_it_is(slug: str) -> StaticPage:
    """The page as visitors read it: as it was changed here, else as this release delivers it. One query.

    What an earlier release delivered stays stored until somebody changes it or the content is loaded once more.
    """
    page = StaticPage.objects.filter(slug=slug).first() or StaticPage(slug=slug, version=0)
    if not page.is_own:
        for name, words in delivered(slug).items():
            setattr(page, name, words)
    return page


@transaction.atomic
def deliver() -> int:
    """Store the delivered texts where nobody has changed them. Out: how many pages were stored anew."""
    stored = 0
    for slug in Slug.values:
        texts = delivered(slug)
        page = StaticPage.objects.select_for_update().filter(slug=slug).first()
        if page is None:
            page = StaticPage(slug=slug, version=0)
        elif page.is_own or all(getattr(page, name) == words for name, words in texts.items()):
            continue
        for name, words in texts.items():
            setattr(page, name, words)
        page.version += 1
        page.changed_at = clock.now()
        with reversion.create_revision():
            reversion.set_comment(DELIVERED)
            page.save()
        stored += 1
    return stored
