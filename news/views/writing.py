"""An article being written: its form, drafts of it kept while somebody types, and what helps with the text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import pasted
from ground.forms import MAX_TEXT
from ground.templatetags.ground_tags import in_language
from news import actions, drafts, figures, saving, showing
from news.article_form import ArticleForm
from news.models import ItemDraft, NewsItem
from news.views.articles import find_item
from projects.history.differences import pieces
from projects.matching import Effort
from projects.models import Project

_NOT_KEPT = {"csrfmiddlewaretoken", "typed_by", "version", "base"}
_WORDS = {
    "toolbar": gettext_lazy("Formatting"),
    "bold": gettext_lazy("Bold"),
    "italic": gettext_lazy("Italic"),
    "heading": gettext_lazy("Heading"),
    "link": gettext_lazy("Link"),
    "list": gettext_lazy("List"),
    "look": gettext_lazy("Show how it looks"),
    "empty": gettext_lazy("There is nothing to show yet."),
    "sample": gettext_lazy("text"),
    "item": gettext_lazy("item"),
    "offline": gettext_lazy("Not saved: no connection. What you typed is still on this page."),
    "signed_out": gettext_lazy("You are signed out. Sign in to go on."),
    "placed": gettext_lazy("The picture was placed in the text."),
    "pasted": gettext_lazy("What you pasted was turned into plain Markdown."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about an article in one form; what somebody else saved meanwhile is never overwritten."""
    item = own(request, slug)
    if request.method != "POST":
        return _page(request, _begun(request, item))
    form = ArticleForm(request.POST, request.FILES, item=item, user=request.user)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        item = saving.save(form, by=request.user)
    except saving.Unsaved as unsaved:
        form.add_error(unsaved.field, unsaved.words)
        return _page(request, form, status=422)
    except actions.Stale as stale:
        return _stale(request, form, str(stale))
    messages.success(request, _("The text was saved."))
    return redirect(item) if request.POST.get("then") == "look" else redirect("news:edit", item.slug)


def own(request: HttpRequest, slug: str) -> NewsItem:
    """An item whose text the person may change; what they may only read is refused, what they may not see is absent."""
    item = find_item(request.user, slug)
    if not request.user.has_perm("news.change_item_text", item):
        raise PermissionDenied
    return item


def _begun(request: HttpRequest, item: NewsItem) -> ArticleForm:
    """The form as stored, or as it was typed and not saved."""
    draft = _draft_of(request, item)
    if draft is None or request.GET.get("draft") != "continue":
        return ArticleForm(item=item, user=request.user)
    typed: dict[str, Any] = {}
    for name, value in draft.content:
        typed.setdefault(name, []).append(value)
    form = ArticleForm(item=item, user=request.user)
    many = {"topics", "universities", "centres", "calls"}
    for name in form.fields:
        if name in typed:
            form.initial[name] = typed[name] if name in many else typed[name][-1]
        elif name in many:
            form.initial[name] = []
    return form


def _draft_of(request: HttpRequest, item: NewsItem) -> ItemDraft | None:
    return ItemDraft.objects.visible_to(request.user).filter(item=item).first()


def _stale(request: HttpRequest, form: ArticleForm, words: str) -> HttpResponse:
    """409: what only the other one changed is taken over, what both changed is shown in both versions."""
    now = find_item(request.user, NewsItem.objects.get(pk=form.item.pk).slug)
    meeting = saving.met(form, now)
    fresh = ArticleForm(item=now, user=request.user)
    form.data = form.data.copy()
    form.data["version"] = now.version
    form.data["base"] = saving.marks(now)
    for name in meeting.taken:
        value = fresh[name].value()
        plain = [getattr(one, "pk", one) for one in value] if _is_many(value) else value
        form.data.setlist(name, plain) if _is_many(value) else form.data.__setitem__(name, plain)
    form.add_error(None, words)
    effort = Effort()
    both = [
        {
            "label": form.fields[name].label,
            "pieces": pieces(_words_of(fresh, name), form.data.get(name, ""), effort),
        }
        for name in meeting.both
    ]
    taken = [form.fields[name].label for name in meeting.taken]
    return _page(request, form, status=409, saved=now, both=both, taken=taken)


def _is_many(value: Any) -> bool:
    return not isinstance(value, str) and hasattr(value, "__iter__")


def _words_of(form: ArticleForm, name: str) -> str:
    value = form[name].value()
    if _is_many(value):
        return ", ".join(str(one) for one in value)
    return str(value or "")


def _page(request: HttpRequest, form: ArticleForm, status: int = 200, **more: Any) -> HttpResponse:
    draft = _draft_of(request, form.item) if not form.is_bound else None
    context = {
        "form": form,
        "item": form.item,
        "base": saving.marks(form.item),
        "draft": draft if request.GET.get("draft") != "continue" else None,
        "unsaved": form.is_bound or request.GET.get("draft") == "continue",
        "words": {name: str(words) for name, words in _WORDS.items()},
        **more,
    }
    return render(request, "news/edit.html", context, status=status)


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep or throw away what is typed into the form and not saved."""
    item = own(request, slug)
    if "discard" in request.POST:
        drafts.discard(item, by=request.user)
        messages.success(request, _("The draft was discarded."))
        return redirect("news:edit", item.slug)
    typed = [
        (name, value) for name, values in request.POST.lists() if name not in _NOT_KEPT for value in values
    ]
    try:
        drafts.keep(item, by=request.user, content=typed)
    except drafts.TooBig:
        return JsonResponse(
            {"words": _("This is too long to be kept as a draft. Save the text.")}, status=413
        )
    if request.accepts("text/html") and "application/json" not in request.headers.get("Accept", ""):
        return redirect(f"{request.path.removesuffix('draft/')}edit/?draft=continue")
    return JsonResponse({"words": _("What you typed is kept.")})


@require_POST
def shown(request: HttpRequest, slug: str) -> JsonResponse:
    """The Markdown that was sent as it will look, with the article's pictures. Nothing is stored."""
    item = own(request, slug)
    text = pasted.as_markdown(request.POST.get("text", "")[:MAX_TEXT])
    pictures = list(item.pictures.all())
    problem = figures.problem(text, [picture.number for picture in pictures])
    return JsonResponse({"html": showing.drawn_text(text, pictures), "problem": problem})


@require_POST
def cleaned(request: HttpRequest) -> JsonResponse:
    """What was pasted as HTML, as Markdown. For those who write; nothing is stored."""
    if not request.user.has_perm("news.create_item"):
        raise PermissionDenied
    return JsonResponse({"text": pasted.to_markdown(request.POST.get("html", ""))[:MAX_TEXT]})


@require_safe
def found(request: HttpRequest) -> JsonResponse:
    """Projects whose number or title begins with what is typed, for those who write."""
    if not request.user.has_perm("news.create_item"):
        raise PermissionDenied
    typed = request.GET.get("q", "")[:100].replace("\x00", "")
    rows = Project.objects.visible_to(request.user).search(typed).for_list()[:8] if typed.strip() else []
    return JsonResponse(
        {"found": [{"code": one.code, "title": in_language(one, "title")[0]} for one in rows]}
    )
