"""Back office of the charter list: upload a release, look at what it would do, have it taken over."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ground.workflow import NotPossible
from members.imports import releases
from members.imports.reading import told as reasons_told
from members.imports.reading import wrong_told
from members.models import CharterRelease, Organisation, Scheme

# So many changes of a kind are shown on the page; the counts say how many there are.
SHOWN = 500
_TITLES = {
    "gone": _("No longer in the list: marked, not deleted"),
    "changed": _("Changed"),
    "kept": _("Kept as the office wrote them, though the list says otherwise"),
    "new": _("New"),
}


class UploadForm(forms.ModelForm):
    """A release of the list, as the Commission's file converted to CSV."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "The list of charter holders as CSV in UTF-8. Nothing is taken over before you have seen what it does."
        ),
    )

    class Meta:
        model = CharterRelease
        fields: list[str] = []

    def clean_file(self) -> Any:
        """Refuse what is larger than any such list."""
        file = self.cleaned_data["file"]
        if file.size > releases.MAX_BYTES:
            raise forms.ValidationError(_("The file is too large. It may have 10 MB at most."))
        return file


def _field_words(name: str) -> str:
    """What a changed field or kind of code is called."""
    if name in Scheme.values:
        return str(Scheme(name).label)
    words = str(Organisation._meta.get_field(name).verbose_name)
    return f"{words[:1].upper()}{words[1:]}"


def told(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changes by kind, in words, members of the alliance first: title, number, the first of them, how many more."""
    order = list(_TITLES)
    rows = sorted(
        (change for change in changes if change["kind"] in _TITLES),
        key=lambda change: (order.index(change["kind"]), not change.get("member"), change["name"]),
    )
    groups = []
    for kind, found in groupby(rows, key=lambda change: change["kind"]):
        of_kind = list(found)
        groups.append(
            {
                "title": _TITLES[kind],
                "rows": [_row(change) for change in of_kind[:SHOWN]],
                "number": len(of_kind),
                "more": len(of_kind) - SHOWN,
            }
        )
    return groups


def _row(change: dict[str, Any]) -> dict[str, Any]:
    words = {
        name: [(_field_words(field), ours, theirs) for field, ours, theirs in change.get(part, ())]
        for name, part in (("words", "fields"), ("kept_words", "kept"))
    }
    return {**change, **words}


def gone_members(changes: list[dict[str, Any]]) -> list[str]:
    """The universities of the alliance, or schools of one, that the list no longer has."""
    return sorted(change["name"] for change in changes if change["kind"] == "gone" and change.get("member"))


def wrong_rows(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows for which a list was refused, each with its reasons in the reader's language; every one of them."""
    return [{**row, "told": reasons_told(row["reasons"])} for row in changes if row["kind"] == releases.WRONG]


@admin.register(CharterRelease)
class CharterReleaseAdmin(admin.ModelAdmin):
    list_display = ["name", "status", "uploaded_by", "uploaded_at", "settled_at"]
    list_filter = ["status"]
    list_select_related = ["uploaded_by"]
    fields = ["name", "status", "problem_told", "sha256", "uploaded_by", "uploaded_at", "settled_at"]
    readonly_fields = fields
    change_form_template = "admin/members/charterrelease/change_form.html"

    @admin.display(description=_("problem"))
    def problem_told(self, release: CharterRelease) -> str:
        """Why a list was refused, in the reader's language; who uploaded it may read another."""
        if wrong := [row for row in release.changes if row["kind"] == releases.WRONG]:
            return wrong_told(len(wrong))
        reasons = [row["reasons"] for row in release.changes if row["kind"] == releases.REASON]
        if reasons:
            return " ".join(reasons_told(reasons[0]))
        return gettext(release.problem) if release.problem == releases.OUTDATED else release.problem

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the files and, in lists, the changes."""
        return super().get_queryset(request).defer("content")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return UploadForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["file"] if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Uploaded: the verb keeps it and has it checked."""
        file = form.cleaned_data["file"]
        kept = releases.upload_release(file.read(), name=file.name, by=request.user)
        obj.pk, obj.uuid, obj.name = kept.pk, kept.uuid, kept.name

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The trail has it."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        messages.success(
            request, _("The file was received and is being checked. Look at this page again in some seconds.")
        )
        return HttpResponseRedirect(f"../{obj.pk}/change/")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the list would do, with its two ways out."""
        release = self.get_object(request, object_id)
        if release is not None and request.method == "POST":
            return self._settle(request, release)
        context = _context(release) if release is not None else {}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _settle(self, request: HttpRequest, release: CharterRelease) -> HttpResponse:
        try:
            if "_take" in request.POST:
                releases.take_release(release, by=request.user)
                messages.success(
                    request, _("The list is being taken over. Look at this page again in some seconds.")
                )
            elif "_discard" in request.POST:
                releases.discard_release(release, by=request.user)
                messages.success(request, _("The list was left aside; nothing was taken over."))
        except NotPossible as problem:
            messages.error(request, str(problem))
        return HttpResponseRedirect(request.path)


def _context(release: CharterRelease) -> dict[str, Any]:
    changes = release.changes
    return {
        "release": release, "groups": told(changes), "gone_members": gone_members(changes),
        "wrong_rows": wrong_rows(changes),
    }  # fmt: skip
