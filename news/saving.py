"""An article's form becomes the article: one transaction for texts, links, moments, pictures, papers and address.

Two writers: what only the other one changed is taken over, what both changed is shown in both versions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from documents.checks import Refused, check
from ground.workflow import NotPossible
from news import actions, drafts, figures, kept_pictures, pictures
from news.article_form import NO_LEAD, ArticleForm, initial
from news.models import Event, KeptPicture, NewsItem

_TEXTS = [f"{name}_{code}" for name in actions.TEXTS for code in ("en", "lt")]
_COMPARED = [*_TEXTS, *actions.MOMENTS, *actions.LINKS]


class Unsaved(Exception):
    """Something in the form can't be kept; `field` is where it stands (None: the form as a whole)."""

    def __init__(self, field: str | None, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


@dataclass
class Meeting:
    """`taken`: fields that only the other one changed. `both`: those that each changed differently."""

    taken: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)


@transaction.atomic
def save(form: ArticleForm, *, by: Any) -> NewsItem:
    """Keep all that the (valid) form says. Raises PermissionDenied, actions.Stale or Unsaved; then nothing is kept."""
    item, data = form.item, form.cleaned_data
    actions.demand_version(actions.changed_by(item, by), data["version"])
    _add_files(form, by)
    _describe(form, by)
    entitle_papers(form, by)
    given = {name: data[name] for name in _COMPARED} | _with_unseen(form)
    try:
        item = actions.change(item, by=by, version=data["version"], **given)
        if data["slug"] and data["slug"] != item.slug:
            item = _move(item, data["slug"], by)
    except figures.Unfit as unfit:
        raise Unsaved(unfit.field, str(unfit)) from unfit
    except actions.Stale:
        raise
    except NotPossible as refused:
        raise Unsaved(None, str(refused)) from refused
    _remove(form, by)
    drafts.discard(item, by=by)
    return item


def _with_unseen(form: ArticleForm) -> dict[str, Any]:
    """Links that the person can't see stay: a form takes away only what it showed."""
    links = {}
    for name in ("projects", "calls"):
        manager = getattr(form.item, name)
        shown = {one.pk for one in manager.all()}
        unseen = type(form.item)._meta.get_field(name).related_model._default_manager.filter(news=form.item)
        links[name] = [*form.cleaned_data[name], *unseen.exclude(pk__in=shown)]
    return links


def _move(item: NewsItem, slug: str, by: Any) -> NewsItem:
    try:
        return actions.move(item, slug=slug, by=by)
    except NotPossible as refused:
        raise Unsaved("slug", str(refused)) from refused


def _add_files(form: ArticleForm, by: Any) -> None:
    data, kept = form.cleaned_data, form.kept
    try:
        if chosen := _chosen(form, kept):
            pictures.add(
                form.item, upload=chosen, alt_en=data["picture_alt_en"], alt_lt=data["picture_alt_lt"],
                lead=not form.shown_pictures, by=by,
            )  # fmt: skip
    except (Refused, NotPossible) as refused:
        raise Unsaved("picture_file", str(refused)) from refused
    if kept is not None and chosen is not kept:
        kept_pictures.discard(kept)
    add_paper(form, form.item, by)


def _chosen(form: ArticleForm, kept: KeptPicture | None) -> Any:
    """The picture to add: this form's own, else the one kept of an earlier form. Raises Unsaved where that is gone."""
    data = form.cleaned_data
    if data["picture_file"]:
        return data["picture_file"]
    if data["kept_left_out"]:
        return None
    if data["kept_picture"] and kept is None:
        raise Unsaved("picture_file", _("The picture that you chose is not kept any more. Choose it again."))
    return kept


def keep_picture(form: ArticleForm, by: Any) -> None:
    """The form is not saved: keep the picture that came with it, and let the form go on with that one."""
    upload = form.files.get("picture_file")
    if not upload or "picture_file" in form.errors:
        return
    try:
        kept = kept_pictures.keep(form.item, upload, by=by)
    except Refused as refused:
        form.add_error("picture_file", str(refused))
        return
    form.data = form.data.copy()
    form.data["kept_picture"] = str(kept.uuid) if kept else ""


def is_saved(form: ArticleForm, now: NewsItem) -> bool:
    """Whether all that the (valid) form says stands in the article already: it was sent twice."""
    data, saved = form.cleaned_data, _stored(now)
    if any(_mark(saved[name]) != _mark(data[name]) for name in _COMPARED):
        return False
    if data["slug"] not in ("", now.slug):
        return False
    if any(field.endswith("_remove") and data.get(field) for field in form.fields):
        return False
    uploads = [(now.pictures, data["picture_file"], True), (now.attachments, data["paper_file"], False)]
    return (
        not form.kept
        and all(_is_there(rows, upload, image) for rows, upload, image in uploads if upload)
        and _titles_stand(form)
    )


def _is_there(rows: Any, upload: Any, image: bool) -> bool:
    upload.seek(0)
    try:
        checked = check(upload.read(), str(upload.name or ""), image_only=image)
    except Refused:
        return False
    return rows.filter(document__sha256=hashlib.sha256(checked.content).hexdigest()).exists()


def _titles_stand(form: ArticleForm) -> bool:
    """Whether the words of pictures and papers are as they are stored."""
    changed = set(form.changed_data)
    rows = [f"pic{one.number}" for one in form.shown_pictures]
    rows += [f"paper{one.pk}" for one in form.shown_papers]
    return not any(name.partition("_")[0] in rows and name in form.data for name in changed)


def add_paper(form: Any, record: NewsItem | Event, by: Any) -> None:
    """Keep the file that the form brought. Raises Unsaved."""
    data = form.cleaned_data
    titles = {f"title_{code}": data[f"paper_name_{code}"] for code in ("en", "lt")}
    try:
        if data["paper_file"]:
            actions.attach(record, upload=data["paper_file"], **titles, by=by)
    except (Refused, NotPossible) as refused:
        raise Unsaved("paper_file", str(refused)) from refused


def _describe(form: ArticleForm, by: Any) -> None:
    """The words of the pictures and which one leads; the one that led before steps down first."""
    data = form.cleaned_data
    lead = data.get("lead") or NO_LEAD
    for one in sorted(form.shown_pictures, key=lambda picture: str(picture.number) == lead):
        if f"pic{one.number}_alt_en" not in form.data:
            continue  # the form was drawn before this picture came
        alts = {f"alt_{code}": data[f"pic{one.number}_alt_{code}"] for code in ("en", "lt")}
        if data[f"pic{one.number}_remove"]:
            continue
        try:
            pictures.describe(one, **alts, lead=str(one.number) == lead, by=by)
        except NotPossible as refused:
            raise Unsaved(f"pic{one.number}_alt_en", str(refused)) from refused


def entitle_papers(form: Any, by: Any) -> None:
    """The titles of the attachments. Raises Unsaved."""
    data = form.cleaned_data
    for paper in form.shown_papers:
        name = f"paper{paper.pk}"
        if f"{name}_title_en" not in form.data or data[f"{name}_remove"]:
            continue  # the form was drawn before this file came, or it goes
        titles = {f"title_{code}": data[f"{name}_title_{code}"] for code in ("en", "lt")}
        try:
            actions.entitle(paper, **titles, by=by)
        except NotPossible as refused:
            raise Unsaved(f"{name}_title_en", str(refused)) from refused


def _remove(form: ArticleForm, by: Any) -> None:
    data = form.cleaned_data
    for one in form.shown_pictures:
        if data[f"pic{one.number}_remove"]:
            try:
                pictures.remove(one, by=by)
            except NotPossible as refused:
                raise Unsaved(f"pic{one.number}_remove", str(refused)) from refused
    for paper in form.papers_removed:
        actions.detach(paper, by=by)


def marks(item: NewsItem) -> str:
    """A fingerprint of each field, for the form to carry: what its writer saw."""
    now = _stored(item)
    return " ".join(f"{name}:{_mark(now[name])}" for name in _COMPARED)


def met(form: ArticleForm, now: NewsItem) -> Meeting:
    """Who changed what since the form was shown. A field without a mark counts as changed by both."""
    seen = dict(one.partition(":")[::2] for one in form.cleaned_data.get("base", "").split())
    saved, meeting = _stored(now), Meeting()
    for name in _COMPARED:
        theirs, yours, before = _mark(saved[name]), _mark(form.cleaned_data.get(name)), seen.get(name)
        if theirs in (yours, before):
            continue
        (meeting.taken if yours == before else meeting.both).append(name)
    return meeting


def _stored(item: NewsItem) -> dict[str, Any]:
    return initial(item) | {"projects": item.projects.all()}


def _mark(value: Any) -> str:
    """One print for one value, whether it comes from the record or from the form."""
    if isinstance(value, str) or value is None:
        plain: Any = (value or "").replace("\r\n", "\n").strip()
    elif hasattr(value, "timestamp"):
        plain = value.timestamp()
    else:
        plain = sorted(getattr(one, "pk", one) for one in value)
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:10]
