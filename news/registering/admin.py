"""Back office of registration and series. Who is in changes through the verbs alone; people are read, not written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin

from news.models import (
    Admission,
    FollowUp,
    ProgrammeItem,
    Question,
    Registration,
    Series,
    SeriesChange,
    Speaker,
)


class ReadOnly(admin.ModelAdmin):
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Admission)
class AdmissionAdmin(ReadOnly):
    list_display = ["event", "capacity", "taken", "opens_at", "closes_at"]
    list_select_related = ["event"]
    search_fields = ["event__title_en", "event__title_lt"]


@admin.register(Registration)
class RegistrationAdmin(ReadOnly):
    list_display = ["event", "number", "name", "state", "attended", "created_at"]
    list_select_related = ["event"]
    list_filter = ["state", "attended"]
    search_fields = ["event__title_en", "event__title_lt", "name", "email"]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly):
    list_display = ["event", "subject", "audience", "people", "sent_at"]
    list_select_related = ["event"]
    search_fields = ["event__title_en", "event__title_lt", "subject_en", "subject_lt"]


@admin.register(Series)
class SeriesAdmin(ReadOnly):
    list_display = ["repeats", "first_on", "until"]
    list_filter = ["repeats"]


@admin.register(SeriesChange)
class SeriesChangeAdmin(ReadOnly):
    list_display = ["series", "made_by", "made_at", "undone_at"]
    list_select_related = ["series", "made_by"]
    list_filter = ["undone_at"]


class OfEvent(TranslationAdmin):
    list_select_related = ["event"]
    autocomplete_fields = ["event"]
    readonly_fields = ["uuid"]


@admin.register(ProgrammeItem)
class ProgrammeItemAdmin(OfEvent):
    list_display = ["title", "event", "on", "starts"]
    search_fields = ["title_en", "title_lt", "event__title_en"]


@admin.register(Speaker)
class SpeakerAdmin(OfEvent):
    list_display = ["name", "event"]
    search_fields = ["name", "event__title_en"]


@admin.register(Question)
class QuestionAdmin(OfEvent):
    list_display = ["words", "event", "kind", "required"]
    search_fields = ["words_en", "words_lt", "event__title_en"]
