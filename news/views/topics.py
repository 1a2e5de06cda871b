"""Topics of news and events: the office's own page."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground.workflow import NotPossible
from news import topics
from news.forms import TopicForm
from news.models import Topic
from news.rules import KEEP_TOPICS


@require_http_methods(["GET", "HEAD", "POST"])
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics with how many texts have them, and one more; to others there is no such page."""
    return _changed(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The names of one topic."""
    _demand(request)
    return _changed(request, get_object_or_404(Topic, slug=slug))


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm(KEEP_TOPICS):
        raise Http404


def _changed(request: HttpRequest, changed: Topic | None) -> HttpResponse:
    _demand(request)
    names = {"name_en": changed.name_en, "name_lt": changed.name_lt} if changed else {}
    form = TopicForm(request.POST if request.method == "POST" else None, initial=names)
    if form.is_bound and form.is_valid():
        try:
            topics.save_topic(changed, by=request.user, **form.cleaned_data)
        except NotPossible as refused:
            form.add_error("name_en", str(refused))
        else:
            messages.success(request, _("The topic was saved."))
            return redirect("news:topics")
    rows = Topic.objects.annotate(told=Count("news", distinct=True), held=Count("events", distinct=True))
    context = {"form": form, "topics": rows, "changed": changed}
    return render(request, "news/topics.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Take away a topic that nothing has."""
    _demand(request)
    try:
        topics.remove_topic(get_object_or_404(Topic, slug=slug), by=request.user)
    except NotPossible as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The topic was removed."))
    return redirect("news:topics")
