"""An article being written: its form, drafts of it kept while somebody types, and what helps with the text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import pasted
from ground.forms import MAX_TEXT
from ground.templatetags.ground_tags import in_language
from news import actions, drafts, figures, kept_pictures, saving, showing
from news.article_form import ArticleForm
from news.models import Event, NewsItem
from news.views.articles import find_item
from projects.history.differences import pieces
from projects.matching import Effort
from projects.models import Project

MANY = frozenset({"topics", "universities", "centres", "calls"})
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
        return _page(request, resumed(request, ArticleForm(item=item, user=request.user), item))
    form = ArticleForm(request.POST, request.FILES, item=item, user=request.user)
    if not form.is_valid():
        return _refused(request, form)
    try:
        item = saving.save(form, by=request.user)
    except saving.Unsaved as unsaved:
        form.add_error(unsaved.field, unsaved.words)
        return _refused(request, form)
    except actions.Stale as stale:
        now = find_item(request.user, NewsItem.objects.get(pk=item.pk).slug)
        if not saving.is_saved(form, now):
            return _stale(request, form, now, str(stale))
        item = now
    messages.success(request, _("The text was saved."))
    return redirect(item) if request.POST.get("then") == "look" else redirect("news:edit", item.slug)


def _refused(request: HttpRequest, form: ArticleForm) -> HttpResponse:
    """422: what is wrong stands beside the fields; the picture that was chosen is kept with the rest."""
    saving.keep_picture(form, request.user)
    return _page(request, form, status=422)


def own(request: HttpRequest, slug: str) -> NewsItem:
    """An item whose text the person may change; what they may only read is refused, what they may not see is absent."""
    item = find_item(request.user, slug)
    if not request.user.has_perm("news.change_item_text", item):
        raise PermissionDenied
    return item


def resumed(request: HttpRequest, form: Any, record: NewsItem | Event) -> Any:
    """The same form as it was typed and not saved, where the person goes on with that."""
    draft = drafts.draft_of(record, request.user)
    if draft is not None and request.GET.get("draft") == "continue":
        drafts.resume(draft, form, MANY)
    return form


def _stale(request: HttpRequest, form: ArticleForm, now: NewsItem, words: str) -> HttpResponse:
    """409: what only the other one changed is taken over, what both changed is shown in both versions."""
    saving.keep_picture(form, request.user)
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
            "pieces": pieces(_words_of(fresh, name), _words_of(form, name), effort),
        }
        for name in meeting.both
    ]
    taken = [form.fields[name].label for name in meeting.taken]
    return _page(request, form, status=409, saved=now, both=both, taken=taken)


def _is_many(value: Any) -> bool:
    return not isinstance(value, str) and hasattr(value, "__iter__")


def _words_of(form: ArticleForm, name: str) -> str:
    """What a field says, for people: linked records by name, each in a line."""
    value, field = form[name].value(), form.fields[name]
    if isinstance(field, ModelMultipleChoiceField):
        keys = [str(key) for key in value or () if str(key).isdigit()]
        chosen: Any = field.queryset
        return "\n".join(field.label_from_instance(one) for one in chosen.filter(pk__in=keys))
    return str(value or "")


def _page(request: HttpRequest, form: ArticleForm, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "item": form.item,
        "base": saving.marks(form.item),
        **written(request, form, form.item),
        **more,
    }
    return render(request, "news/edit.html", context, status=status)


def written(request: HttpRequest, form: Any, record: NewsItem | Event) -> dict[str, Any]:
    """What a form that keeps drafts shows besides: an earlier draft, whether it is saved, the words of its script."""
    goes_on = request.GET.get("draft") == "continue"
    return {
        "draft": None if form.is_bound or goes_on else drafts.draft_of(record, request.user),
        "unsaved": form.is_bound or goes_on,
        "words": script_words(),
    }


def script_words() -> dict[str, str]:
    """What the script of the form says."""
    return {name: str(words) for name, words in _WORDS.items()}


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep or throw away what is typed into the form and not saved."""
    return keep_draft(request, own(request, slug))


def keep_draft(request: HttpRequest, record: NewsItem | Event) -> HttpResponse:
    """The same for an article or an event."""
    page = f"{request.path.removesuffix('draft/')}edit/"
    if "discard" in request.POST:
        drafts.discard(record, by=request.user)
        if isinstance(record, NewsItem):
            kept_pictures.discard_all(record, by=request.user)
        messages.success(request, _("The draft was discarded."))
        return redirect(page)
    typed = [
        (name, value) for name, values in request.POST.lists() if name not in _NOT_KEPT for value in values
    ]
    try:
        kept = drafts.keep(record, by=request.user, content=typed)
    except drafts.TooBig:
        return JsonResponse(
            {"words": _("This is too long to be kept as a draft. Save the text.")}, status=413
        )
    if request.accepts("text/html") and "application/json" not in request.headers.get("Accept", ""):
        return redirect(f"{page}?draft=continue")
    time = drafts.kept_at(kept, request.user)
    return JsonResponse({"words": _("Draft saved at %(time)s.") % {"time": time}})


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
