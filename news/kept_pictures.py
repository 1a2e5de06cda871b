"""Pictures of forms of articles that could not be saved: kept for who sent them, so that nobody chooses one twice.

They are nobody else's to see, and belong to no article until their form is saved.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.urls import ResolverMatch

from documents import actions as documents
from documents.checks import Refused
from ground import clock
from news.actions import demand
from news.drafts import KEPT_FOR
from news.models import KeptPicture, NewsItem

MOST = 4  # of one writer for one article: a few tabs; the oldest goes first


@transaction.atomic
def keep(item: NewsItem, upload: Any, *, by: Any) -> KeptPicture | None:
    """Keep the picture that `by` sent with a form of `item`; None where the article shows the very same already.

    Raises PermissionDenied or documents.checks.Refused.
    """
    item = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    demand(by, "news.change_item_text", item)
    upload.seek(0)
    document = documents.store(upload, by=by, image_only=True)
    mine = KeptPicture.objects.visible_to(by).filter(item=item)
    same = mine.filter(document__sha256=document.sha256).first()
    if same or is_shown(item, document.sha256):
        documents.discard(document)
        return same
    for old in mine.select_related("document")[MOST - 1 :]:
        discard(old)
    return KeptPicture.objects.create(item=item, user=by, document=document, kept_at=clock.now())


def is_shown(item: NewsItem, sha256: str) -> bool:
    """Whether the article has the picture with this content."""
    return item.pictures.filter(document__sha256=sha256).exists()


def find(item: NewsItem, user: Any, key: Any) -> KeptPicture | None:
    """The kept picture with this key; of another article, of somebody else or of no form at all it is None."""
    try:
        wanted = uuid.UUID(str(key))
    except ValueError:
        return None
    rows = KeptPicture.objects.visible_to(user).select_related("document")
    return rows.filter(item=item, uuid=wanted).first()


def discard(kept: KeptPicture) -> None:
    """Forget a kept picture, with its file."""
    document = kept.document
    kept.delete()
    documents.discard(document)


@transaction.atomic
def discard_all(item: NewsItem, *, by: Any) -> None:
    """Forget what `by` has chosen for `item` and not saved."""
    for kept in KeptPicture.objects.visible_to(by).filter(item=item).select_related("document"):
        discard(kept)


@transaction.atomic
def forget(items: Collection[NewsItem]) -> None:
    """These articles go: whatever is kept for them goes too."""
    for kept in KeptPicture.objects.filter(item__in=items).select_related("document"):
        discard(kept)


def sweep() -> int:
    """Forget what nobody saved for 30 days, and what has no article or no writer any more; says how many."""
    lost = Q(item__isnull=True) | Q(user__isnull=True) | Q(kept_at__lt=clock.now() - KEPT_FOR)
    gone = 0
    for key in KeptPicture.objects.filter(lost).values_list("pk", flat=True):
        with transaction.atomic():
            locked = KeptPicture.objects.select_for_update(skip_locked=True, of=("self",))
            kept = locked.filter(lost, pk=key).select_related("document").first()
            if kept is not None:
                discard(kept)
                gone += 1
    return gone


def of_late_form(person: int, match: ResolverMatch, name: str, upload: Any) -> tuple[str, str] | None:
    """Keep the picture of an article's form that came after its session had ended; out: the field that stands for it.

    None for any other file, and for a picture that can't be kept: it is chosen again.
    """
    if (match.view_name, name) != ("news:edit", "picture_file"):
        return None
    user = get_user_model().objects.filter(pk=person, is_active=True).first()
    item = NewsItem.objects.visible_to(user).filter(slug=match.kwargs["slug"]).first() if user else None
    if item is None or not user.has_perm("news.change_item_text", item):
        return None
    try:
        kept = keep(item, upload, by=user)
    except Refused:
        return None
    return ("kept_picture", str(kept.uuid)) if kept else ("kept_picture", "")
