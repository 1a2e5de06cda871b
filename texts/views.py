"""The desk of the portal's own pages: for the office and administrators; to others it is not there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from texts import actions, history
from texts.delivery import as_it_is
from texts.forms import PageForm
from texts.models import Slug, StaticPage
from texts.rules import EDIT


def _kept(request: HttpRequest, slug: str) -> StaticPage:
    """The page, for who may change it. Raises Http404 for everybody else, and where there is no such page."""
    if slug not in Slug.values or not request.user.has_perm(EDIT):
        raise Http404
    return as_it_is(slug)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """All pages with who may look after them."""
    if not request.user.has_perm(EDIT):
        raise Http404
    kept = {page.slug: page for page in StaticPage.objects.all()}
    return render(
        request, "texts/desk.html", {"pages": [kept.get(slug) or as_it_is(slug) for slug in Slug.values]}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a page; `preview` shows it without saving. What somebody else saved meanwhile is never overwritten."""
    page = _kept(request, slug)
    form = PageForm(request.POST or None, initial=_as_it_is(page))
    if not form.is_bound or not form.is_valid():
        return _form(request, page, form, status=422 if form.is_bound else 200)
    if "preview" in request.POST:
        return _form(request, page, form, preview=StaticPage(slug=slug, **_texts(form)))
    try:
        page = actions.change(slug, by=request.user, **form.cleaned_data)
    except actions.Stale as stale:
        form.add_error(None, str(stale))
        return _conflict(request, as_it_is(slug), form)
    messages.success(request, _("The page was saved."))
    return redirect(page)


def _texts(form: PageForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in history.LABELS}


def _as_it_is(page: StaticPage) -> dict[str, Any]:
    return {name: getattr(page, name) or "" for name in history.LABELS} | {"version": page.version}


def _form(
    request: HttpRequest, page: StaticPage, form: PageForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    return render(request, "texts/form.html", {"page": page, "form": form, **more}, status=status)


def _conflict(request: HttpRequest, page: StaticPage, form: PageForm) -> HttpResponse:
    """Both versions are shown; what is sent next counts as written in the knowledge of the other one."""
    typed = history.Kept(0, page.changed_at, "", "", _texts(form))
    form.data = form.data.copy()
    form.data["version"] = page.version
    saved = next(iter(history.changes(page)), None)
    told = history.between(history.present(page), typed)
    return _form(request, page, form, status=409, saved=saved, differences=told)


@require_safe
def past(request: HttpRequest, slug: str) -> HttpResponse:
    """Who saved the page when and why, with what each save changed."""
    page = _kept(request, slug)
    changes = history.changes(page) if page.pk else []
    return render(request, "texts/history.html", {"page": page, "changes": changes})


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, slug: str, revision: int) -> HttpResponse:
    """Bring back an earlier version, after it was shown what that changes."""
    page = _kept(request, slug)
    try:
        kept = history.kept_in(page, revision)
    except StaticPage.DoesNotExist:
        raise Http404 from None
    context = {"page": page, "kept": kept, "differences": history.between(history.present(page), kept)}
    if request.method != "POST":
        return render(request, "texts/restore.html", context)
    seen = request.POST.get("version", "")
    try:
        actions.restore(
            slug, by=request.user, revision=revision, version=int(seen) if seen.isdecimal() else 0
        )
    except actions.Stale as stale:
        return render(request, "texts/restore.html", {**context, "refused": str(stale)}, status=409)
    messages.success(request, _("The earlier version is back."))
    return redirect(page)
