"""What the office does with the portal's own pages: change them, and bring an earlier version back."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock, richtext
from ground.workflow import NotPossible
from texts import delivery, history
from texts.models import StaticPage
from texts.rules import EDIT


class Stale(NotPossible):
    """Somebody saved meanwhile; the message says so."""


@transaction.atomic
def change(slug: str, *, by: Any, version: int, comment: str = "", **texts: str) -> StaticPage:
    """Keep the changed texts of a page. Saved as they are already, they make no new version.

    Raises PermissionDenied, or Stale when the page is no longer at `version`.
    """
    page = _locked(slug, by, version)
    texts = {name: richtext.clean(words) for name, words in texts.items()}
    if all((getattr(page, name) or "") == words for name, words in texts.items()):
        return page
    return _save(page, texts, by=by, comment=comment, verb="texts.change")


@transaction.atomic
def restore(slug: str, *, by: Any, version: int, revision: int) -> StaticPage:
    """Bring back the texts as `revision` has them: a new version, so nothing of the history goes.

    Raises PermissionDenied, Stale, or StaticPage.DoesNotExist where the page has no such revision.
    """
    page = _locked(slug, by, version)
    kept = history.kept_in(page, revision)
    return _save(page, kept.texts, by=by, comment=history.restored(kept.at), verb="texts.restore")


def _locked(slug: str, by: Any, version: int) -> StaticPage:
    if not by.has_perm(EDIT):
        raise PermissionDenied
    if not StaticPage.objects.filter(slug=slug).exists():
        with suppress(IntegrityError), transaction.atomic():  # somebody else may be the first as well
            delivery.deliver()
        version = version or 1  # what was delivered is what they read
    page = StaticPage.objects.select_for_update().get(slug=slug)
    if page.version != version:
        raise Stale(_("Somebody else saved this page meanwhile. Compare both, then save again."))
    return page


def _save(page: StaticPage, texts: dict[str, str], *, by: Any, comment: str, verb: str) -> StaticPage:
    for name, words in texts.items():
        setattr(page, name, words)
    page.is_own, page.changed_at = True, clock.now()
    page.version += 1
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(comment)
        page.save()
    trail.record(
        verb, by=by, kind="page", subject=page.uuid, name=page.slug, details={"version": page.version}
    )
    return page
