"""What was kept of a page at each save, and what changed between two of them."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import reversion
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reversion.models import Version

from ground.templatetags.ground_tags import moment
from projects.history.differences import Difference, pieces
from projects.matching import Effort
from texts.models import StaticPage

MOST = 100
LABELS = {
    "title_en": gettext_lazy("Title in English"),
    "title_lt": gettext_lazy("Title in Lithuanian"),
    "lede_en": gettext_lazy("In one sentence, in English"),
    "lede_lt": gettext_lazy("In one sentence, in Lithuanian"),
    "body_en": gettext_lazy("Text in English"),
    "body_lt": gettext_lazy("Text in Lithuanian"),
}
# The one sentence with a moment in it is stored in this form, and read in each language.
_RESTORED = "Restored the version of {:%Y-%m-%d %H:%M} UTC."
_SAID = re.compile(r"Restored the version of (\d{4}-\d\d-\d\d \d\d:\d\d) UTC\.", re.ASCII)


def keep() -> None:
    """Tell reversion, once."""
    if not reversion.is_registered(StaticPage):
        reversion.register(StaticPage)


def restored(at: dt.datetime) -> str:
    """The comment of a save that brought back the version of `at`."""
    return _RESTORED.format(at.astimezone(dt.UTC))


@dataclass(frozen=True)
class Kept:
    """A page as one save left it. `differences` from the save before; None where there is none on record."""

    number: int
    at: dt.datetime
    who: str
    comment: str
    texts: dict[str, str]
    differences: list[Difference] | None = None


def changes(page: StaticPage) -> list[Kept]:
    """The latest saves, the newest first, each with what it changed. One query."""
    versions = Version.objects.get_for_object(page).select_related("revision__user").order_by("-revision_id")
    kept, effort = [_kept(version) for version in versions[: MOST + 1]], Effort()
    found = [Kept(**vars(new) | {"differences": between(old, new, effort)}) for new, old in pairwise(kept)]
    return [*found, *kept[len(found) :]][:MOST]


def kept_in(page: StaticPage, revision: int) -> Kept:
    """The page as `revision` left it. Raises StaticPage.DoesNotExist where that is none of its saves."""
    versions = Version.objects.get_for_object(page).select_related("revision__user")
    if (version := versions.filter(revision=revision).first()) is None:
        raise StaticPage.DoesNotExist
    return _kept(version)


def between(old: Kept, new: Kept, effort: Effort | None = None) -> list[Difference]:
    """What is different, text by text and word by word."""
    effort = effort or Effort()
    texts = ((label, old.texts[name], new.texts[name]) for name, label in LABELS.items())
    return [Difference(label, pieces(was, now, effort)) for label, was, now in texts if was != now]


def present(page: StaticPage) -> Kept:
    """The page as it is."""
    return Kept(0, page.changed_at, "", "", {name: getattr(page, name) or "" for name in LABELS})


def _kept(version: Any) -> Kept:
    revision = version.revision
    fields = version.field_dict
    texts = {name: str(fields.get(name) or "") for name in LABELS}
    return Kept(
        revision.pk, revision.date_created, getattr(revision.user, "name", ""), _told(revision.comment), texts
    )


def _told(comment: str) -> str:
    if found := _SAID.fullmatch(comment):
        with suppress(ValueError):
            at = dt.datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)
            return _("Restored the version of %(moment)s.") % {"moment": moment(at)}
    return _(comment) if comment else ""
