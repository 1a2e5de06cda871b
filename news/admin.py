"""Back office of news and events. The state changes through the same verbs as everywhere."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline
from reversion.admin import VersionAdmin

from documents import actions as documents
from documents.checks import Refused
from ground.workflow import NotPossible
from members.admin import OF_UNIVERSITY
from news import actions, history, kept_admin, kept_pictures
from news.models import Attachment, Event, NewsItem, Topic
from news.newsletter import admin as newsletter
from news.registering import admin as registering
from news.workflow import PUBLICATION

history.keep()
__all__ = ["kept_admin", "newsletter", "registering"]  # each registers its own rows


def _take(step: str, site: Any, request: HttpRequest, rows: Any) -> None:
    """Take each of the chosen texts one step; what refuses is said and left as it is."""
    taken = 0
    for record in rows:
        try:
            actions.advance(record, step, by=request.user)
            taken += 1
        except (NotPossible, PermissionDenied) as refused:
            said = str(refused) or _("You may not do this.")
            messages.warning(request, f"{record}: {said}")
    if taken:
        words = ngettext(
            "%(count)d text was taken this step.", "%(count)d texts were taken this step.", taken
        )
        messages.success(request, words % {"count": taken})


class PublicationAdmin(VersionAdmin, TranslationAdmin):
    """A text with its state to read and the steps as actions."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        steps = {
            f"step_{way.name}": (partial(_take, way.name), f"step_{way.name}", way.label)
            for way in PUBLICATION.transitions.values()
        }
        return super().get_actions(request) | steps


class AttachmentForm(forms.ModelForm):
    """A file is uploaded once; afterwards only its title changes."""

    upload = forms.FileField(label=_("File"), required=False, help_text=_("PDF, JPEG or PNG, at most 10 MB."))

    class Meta:
        model = Attachment
        fields = ["title"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.document_id is None and not self.errors:
            self._store(data.get("upload"))
        return data

    def _store(self, upload: Any) -> None:
        if upload is None:
            self.add_error("upload", _("Choose a file."))
            return
        try:
            self.instance.document = documents.store(upload, by=None)
        except Refused as refused:
            self.add_error("upload", str(refused))


class AttachmentInline(TranslationTabularInline):
    model = Attachment
    form = AttachmentForm
    fields = ["title", "upload", "document"]
    readonly_fields = ["document"]
    extra = 0


@admin.register(NewsItem)
class NewsItemAdmin(PublicationAdmin):
    list_display = ["title", "university", "publication", "published_at", "author", "is_demo"]
    list_select_related = ["university__organisation", "author"]
    list_filter = ["publication", "topics", OF_UNIVERSITY, "is_demo"]
    search_fields = ["title_en", "title_lt", "slug"]
    autocomplete_fields = ["university", "partner", "topics", "projects", "centres", "calls"]
    readonly_fields = ["uuid", "publication", "author", "is_demo"]
    date_hierarchy = "published_at"
    prepopulated_fields = {"slug": ["title_en"]}
    inlines = [AttachmentInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One language is enough: that there is a title at all is the database's rule."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "title_en":
            field.required = False
        return field

    def save_model(self, request: HttpRequest, obj: NewsItem, form: Any, change: bool) -> None:
        """Who changes the words here is their author, and a form open elsewhere learns that it is old."""
        texts = {f"{name}_{language}" for name in actions.TEXTS for language in ("en", "lt")}
        if not change or texts & set(form.changed_data):
            obj.author = request.user
        obj.version += 1 if change else 0
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: NewsItem) -> None:
        """With the pictures of forms that were not saved."""
        kept_pictures.forget([obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        kept_pictures.forget(list(queryset))
        super().delete_queryset(request, queryset)


@admin.register(Event)
class EventAdmin(PublicationAdmin):
    list_display = ["title", "starts_by", "zone", "university", "publication", "is_demo"]
    list_select_related = ["university__organisation"]
    list_filter = ["publication", "topics", OF_UNIVERSITY, "is_demo"]
    search_fields = ["title_en", "title_lt", "slug", "place_en", "place_lt"]
    autocomplete_fields = [
        "university",
        "organiser",
        "topics",
        "projects",
        "centres",
        "news_item",
        "calls",
        "universities",
    ]
    readonly_fields = ["uuid", "publication", "author", "cancelled_at", "is_demo"]
    date_hierarchy = "starts_by"
    prepopulated_fields = {"slug": ["title_en"]}
    inlines = [AttachmentInline]


@admin.register(Attachment)
class AttachmentAdmin(TranslationAdmin):
    list_display = ["title", "item", "event", "document"]
    list_select_related = ["item", "event", "document"]
    search_fields = ["title_en", "title_lt", "item__title_en", "event__title_en", "document__name"]
    readonly_fields = ["uuid", "item", "event", "document"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Files are added where their news item or event is changed."""
        return False


@admin.register(Topic)
class TopicAdmin(TranslationAdmin):
    list_display = ["slug", "name"]
    search_fields = ["slug", "name_en", "name_lt"]
