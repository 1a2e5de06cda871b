"""The desk of the newsletter: its issues, how many read it, and an issue from the proposal to the last letter."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.models import Event as Done
from ground import clock
from ground.templatetags.ground_tags import zone_words
from ground.workflow import NotPossible
from members.models import University
from news.models import Issue, Topic
from news.newsletter import issues, numbers, sending
from news.newsletter.forms import HIGHEST, IssueForm, MomentForm
from news.newsletter.issues import key_of
from news.newsletter.messages import ISSUE_SUBJECT
from news.newsletter.previewing import letter_of
from news.newsletter.stories import LANGUAGES, story_of
from news.newsletter.verbs import VERBS
from news.rules import SEND_NEWSLETTER

State = Issue.State
SHOWN = 100


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm(SEND_NEWSLETTER):
        raise Http404


def _found(request: HttpRequest, pk: uuid.UUID) -> Issue:
    _demand(request)
    return get_object_or_404(Issue.objects.select_related("changed_by"), uuid=pk)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """All issues, and how many subscribe; to others there is no such page."""
    _demand(request)
    rows = list(Issue.objects.select_related("changed_by")[:SHOWN])
    context = {"issues": rows, "token": uuid.uuid4(), "readers": numbers.readers()}
    return render(request, "news/newsletter_desk.html", context)


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an issue with what came since the last one."""
    _demand(request)
    try:
        token = uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        messages.error(request, _("Press the button once more."))
        return redirect("news:newsletter_desk")
    return redirect("news:newsletter_edit", issues.begin(by=request.user, token=token).uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Write an issue and choose its texts; once it is on its way, how far that has come."""
    issue = _found(request, pk)
    if not issue.is_open:
        if request.method == "POST":
            messages.error(request, _("This issue is not a draft any more."))
        return _progress(request, issue, 409 if request.method == "POST" else 200)
    form = IssueForm(
        request.POST if request.method == "POST" else None, issue=issue, proposal=issues.proposal()
    )
    if not form.is_bound or not form.is_valid():
        return _form(request, issue, form, 422 if form.is_bound else 200)
    try:
        issues.change(issue, by=request.user, texts=form.texts, **form.cleaned_data)
    except issues.Stale:
        return _form(request, _found(request, pk), form, 409, stale=True)
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return _form(request, issue, form, 409)
    return _onwards(request, issue)


def _onwards(request: HttpRequest, issue: Issue) -> HttpResponse:
    step = request.POST.get("step", "")
    if step == "preview":
        return redirect("news:newsletter_preview", issue.uuid)
    if ":" in step:
        return redirect(f"{request.path}#texts")
    messages.success(request, _("The issue was saved."))
    return redirect("news:newsletter_edit", issue.uuid)


def _form(
    request: HttpRequest, issue: Issue, form: IssueForm, status: int, stale: bool = False
) -> HttpResponse:
    language = _language()
    context = {
        "issue": issue, "form": form, "stale": stale, "done": _done(issue),
        "version": issue.version if stale or not form.is_bound else form.data.get("version", ""),
        "theirs": _theirs(issue, form) if stale else [],
        "texts": [(key_of(one), story_of(one, language)) for one in form.texts],
        "rest": [(key_of(one), story_of(one, language)) for one in form.rest],
    }  # fmt: skip
    return render(request, "news/newsletter_edit.html", context, status=status)


def _theirs(issue: Issue, form: IssueForm) -> list[tuple[Any, str]]:
    """What somebody else saved meanwhile where it differs from what was typed."""
    words = [
        (form.fields[name].label, getattr(issue, name) or "–", form.cleaned_data[name])
        for name in issues.TEXTS
    ]
    told = [(label, saved) for label, saved, typed in words if saved != (typed or "–")]
    saved = issues.texts_of(issue)
    if saved != form.texts:
        language = _language()
        told.append((_("Texts"), "; ".join(story_of(one, language)["title"] for one in saved) or "–"))
    return told


@require_safe
def preview(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letters as they will arrive: in both languages, as HTML and as text, as a subscriber of anything."""
    return _previewed(request, _found(request, pk))


def _previewed(request: HttpRequest, issue: Issue, status: int = 200, form: Any = None) -> HttpResponse:
    members, topics = list(University.objects.for_list().order_by("slug")), list(Topic.objects.all())
    chosen = {
        "university": next((one for one in members if one.slug == request.GET.get("university")), None),
        "topic": next((one for one in topics if one.slug == request.GET.get("topic")), None),
    }
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else _language()
    context = {
        "issue": issue, "letter": letter_of(issue, language, **chosen), "language": language,
        "members": sorted(members, key=lambda one: one.name_shown), "topics": topics, "chosen": chosen,
        "readers": sending.readers().count(), "moment": form or MomentForm(), "zone": zone_words(settings.TIME_ZONE),
    }  # fmt: skip
    return render(request, "news/newsletter_preview.html", context, status=status)


@require_safe
def confirm(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What follows when the issue is sent: to how many, in which languages, when. Nothing has left yet."""
    issue = _found(request, pk)
    if not issue.is_open:
        return redirect("news:newsletter_edit", issue.uuid)
    languages = sending.by_language()
    context = {
        "issue": issue, "readers": sum(languages.values()), "languages": languages, "now": clock.now(),
        "texts": [story_of(one, _language()) for one in issues.texts_of(issue)],
    }  # fmt: skip
    return render(request, "news/newsletter_confirm.html", context)


@require_POST
def step(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Test, send, schedule, call back, stop, throw away."""
    issue = _found(request, pk)
    if request.POST.get("step") == "send" and "confirmed" not in request.POST:
        return redirect("news:newsletter_confirm", issue.uuid)
    form = MomentForm(request.POST) if request.POST.get("step") == "schedule" else None
    if form and not form.is_valid():
        return _previewed(request, issue, 422, form)
    try:
        said = _take(request, issue, form)
    except NotPossible as refused:
        messages.error(request, str(refused))
        issue = Issue.objects.filter(pk=issue.pk).first() or _gone()
        return _previewed(request, issue, 409, form) if issue.is_open else _progress(request, issue, 409)
    if said is None:
        return _previewed(request, issue, 422) if issue.is_open else _progress(request, issue, 422)
    messages.success(request, said)
    if request.POST["step"] == "discard":
        return redirect("news:newsletter_desk")
    return redirect(
        "news:newsletter_preview" if request.POST["step"] == "test" else "news:newsletter_edit", issue.uuid
    )


def _gone() -> Issue:
    raise Http404


def _take(request: HttpRequest, issue: Issue, form: MomentForm | None) -> str | None:
    """Take the step, and say what was done; None for no step at all."""
    by, name = request.user, request.POST.get("step", "")
    typed = request.POST.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else HIGHEST
    if form:
        sending.schedule(issue, by=by, version=version, at=form.cleaned_data["at"])
        return _("The issue is scheduled.")
    if name == "send":
        if (issue.state, issue.version) != (State.SENDING, version):  # a second click finds it on its way
            sending.send(issue, by=by, version=version)
        return _("The sending has begun.")
    if name == "test":
        sending.test(issue, by=by)
        return _("A test is on its way to %(address)s.") % {"address": by.email}
    if name == "stop":
        return _stopped(sending.stop(issue, by=by))
    simple = {
        "call_back": (sending.call_back, _("The issue is a draft again.")),
        "discard": (issues.discard, _("The draft was thrown away.")),
    }
    if name not in simple:
        return None
    simple[name][0](issue, by=by)
    return simple[name][1]


def _stopped(issue: Issue) -> str:
    if issue.is_open:
        return _("The sending was stopped before any letter had gone: the issue is a draft again.")
    return _("The sending was stopped.")


def _progress(request: HttpRequest, issue: Issue, status: int = 200) -> HttpResponse:
    context = {
        "issue": issue, "progress": sending.progress(issue), "done": _done(issue),
        "scheduled": issue.state == State.SCHEDULED, "sending": issue.state == State.SENDING,
        "stopped": issue.state == State.STOPPED,
        "stories": [entry.told[_language()] for entry in issue.entries.all() if entry.told],
    }  # fmt: skip
    return render(request, "news/newsletter_progress.html", context, status=status)


def _done(issue: Issue) -> list[tuple[Done, str]]:
    """What was done with the issue, the latest first, in words."""
    rows = Done.objects.filter(subject_kind=ISSUE_SUBJECT, subject_uuid=issue.uuid)[:SHOWN]
    return [(row, str(VERBS.get(row.verb, row.verb))) for row in rows]


def _language() -> str:
    return (get_language() or "en")[:2]
