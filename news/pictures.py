"""What editors do with the pictures of an article: add, describe, let one lead, take away."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from documents import actions as documents
from documents import renditions
from ground import richtext
from ground.workflow import NotPossible
from news import figures
from news.actions import demand, record_step
from news.models import KeptPicture, NewsItem, Picture
from notifications.doorbell import Bell

MOST = 30
_bell = Bell(renditions.TASK)


@transaction.atomic
def add(item: NewsItem, *, upload: Any, alt_en: str, alt_lt: str, lead: bool, by: Any) -> Picture:
    """Make a picture of the item of a file or of a kept picture, and let its widths be made; who adds it shares in the
    present text.

    Raises PermissionDenied, NotPossible (too many, there already, or no alternative text) or documents.checks.Refused.
    """
    item = _locked(item, by)
    if item.pictures.count() >= MOST:
        raise NotPossible(_("An article has at most 30 pictures."))
    alts = _alts(alt_en, alt_lt)
    document = _stored(upload, by)
    if there := item.pictures.filter(document__sha256=document.sha256).first():
        raise NotPossible(
            _("This picture is in the article already: it is picture %(number)s.") % {"number": there.number}
        )
    if lead:
        item.pictures.update(is_lead=False)
    last = item.pictures.aggregate(last=Max("number"))["last"] or 0
    picture = Picture.objects.create(item=item, document=document, number=last + 1, is_lead=lead, **alts)
    renditions.plan(document)
    transaction.on_commit(_bell, robust=True)
    item.author = by
    item.save()
    record_step("news.add_picture", item, by, {"file": document.name, "number": picture.number})
    return picture


@transaction.atomic
def describe(picture: Any, *, alt_en: str, alt_lt: str, lead: bool, by: Any) -> None:
    """Say in words what the picture shows, and whether it leads the article.

    Raises PermissionDenied, or NotPossible without words in any language.
    """
    item = _locked(picture.item, by)
    before = (picture.alt_en or "", picture.alt_lt or "", picture.is_lead)
    alts = _alts(alt_en, alt_lt)
    if before == (alts["alt_en"], alts["alt_lt"], lead):
        return
    if lead:
        item.pictures.exclude(pk=picture.pk).update(is_lead=False)
    picture.alt_en, picture.alt_lt, picture.is_lead = alts["alt_en"], alts["alt_lt"], lead
    picture.save()
    item.save()
    record_step("news.describe_picture", item, by, {"number": picture.number})


@transaction.atomic
def remove(picture: Picture, *, by: Any) -> None:
    """Take a picture away, with its files. Raises PermissionDenied, or NotPossible while a text shows it."""
    item = _locked(picture.item, by)
    bodies = (getattr(item, name) for name in ("body_en", "body_lt"))
    if any(picture.number in figures.placed(text) for text in bodies):
        raise NotPossible(
            _("Picture %(number)s stands in the text. Take it out there first.") % {"number": picture.number}
        )
    document, number = picture.document, picture.number
    picture.delete()
    documents.discard(document)
    item.save()
    record_step("news.remove_picture", item, by, {"number": number})


def _stored(upload: Any, by: Any) -> Any:
    """The file of a picture; what was kept is kept no more."""
    if not isinstance(upload, KeptPicture):
        return documents.store(upload, by=by, image_only=True)
    document = upload.document
    upload.delete()
    return document


def _locked(item: NewsItem, by: Any) -> NewsItem:
    found = NewsItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    demand(by, "news.change_item_text", found)
    return found


def _alts(alt_en: str, alt_lt: str) -> dict[str, str]:
    alts = {"alt_en": richtext.clean(alt_en)[:300], "alt_lt": richtext.clean(alt_lt)[:300]}
    if not any(alts.values()):
        raise NotPossible(_("Say in words what the picture shows, in at least one language."))
    return alts
