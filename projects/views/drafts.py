"""Drafts of the form: kept while somebody types, or by the button; thrown away when they say so."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ground.templatetags.ground_tags import moment
from ground.workflow import NotPossible
from projects import actions, rules
from projects.forms import Conflict, Editor, content_of, keeper_in, marks_of, resolved, typed_in
from projects.models import FormDraft, Project
from projects.views import gone, pages


@login_not_required
@require_POST
def draft_new(request: HttpRequest) -> HttpResponse:
    """Keep or throw away what is typed into the form of a new project."""
    person = _person(request, "")
    if person is None:
        return _sign_in(request, reverse("projects:create"))
    if not rules.creates_somewhere(person):
        raise PermissionDenied
    return _answer(request, person, None)


@login_not_required
@require_POST
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Keep or throw away what is typed into the form of a project."""
    person = _person(request, key)
    if person is None:
        return _sign_in(request, reverse("projects:edit", args=[key]))
    if gone.was_deleted(request, key, person):
        return gone.draft_of_deleted(request, person)
    return _answer(request, person, get_object_or_404(Project.objects.managed_by(person), key=key))


def keep_for_later(request: HttpRequest, key: str = "") -> HttpResponse:
    """The answer to a form that was sent after its session had ended: kept as a draft, then the way to sign in."""
    page = reverse("projects:edit", args=[key]) if key else reverse("projects:create")
    person = keeper_in(request.POST, key)
    if person and key and gone.was_deleted(request, key, person):
        return gone.kept_as_new(request, person)
    project = Project.objects.managed_by(person).filter(key=key).first() if person and key else None
    if person is None or (key and project is None):
        return redirect_to_login(request.get_full_path())
    try:
        _keep(request, person, project, replace=True, late=True)
    except (PermissionDenied, NotPossible, actions.DraftTooBig):
        return redirect_to_login(request.get_full_path())
    messages.info(request, _("You were signed out. What you typed is kept as a draft: sign in to go on."))
    return redirect_to_login(f"{page}?draft=continue")


def keep_refused(request: HttpRequest, project: Project | None) -> bool:
    """Keep what was sent and could not be saved, so that nothing is lost whatever the person does next.

    Says whether it is kept: not over another draft, nor what is too long for one, nor what no form of ours sent.
    """
    if not request.POST.get("form_id"):
        return False
    try:
        _keep(request, request.user, project, replace=False, late=True)
    except (PermissionDenied, NotPossible, actions.DraftTooBig, actions.OtherDraft):
        return False
    return True


def settle_other(request: HttpRequest, project: Project) -> None:
    """After a save: a draft of the same person that says no more than what is stored now goes, of another they hear.

    Kept, it would lead them into a conflict with themselves.
    """
    draft = FormDraft.objects.visible_to(request.user).filter(project=project).first()
    if draft is None:
        return
    if not Conflict(project, typed_in(draft), rules.leads_for(request.user, project)).apart:
        actions.discard_draft(project, by=request.user, known=[draft.mark])
        return
    words = _(
        "Your draft of %(moment)s is still there, with more than you saved now. You find it in My work."
    )
    messages.info(request, words % {"moment": moment(draft.saved_at, getattr(request.user, "zone", ""))})


def _person(request: HttpRequest, key: str) -> Any:
    """Who is signed in, or who was when the form was shown; nobody when neither is known."""
    return request.user if request.user.is_authenticated else keeper_in(request.POST, key)


def _keep(
    request: HttpRequest, person: Any, project: Project | None, replace: bool, late: bool = False
) -> FormDraft:
    sent = resolved(request.POST)
    version = str(sent.get("version", ""))
    return actions.keep_draft(
        project, by=person, content=content_of(sent), known=marks_of(request.POST), replace=replace,
        late=late, version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
    )  # fmt: skip


def _answer(request: HttpRequest, person: Any, project: Project | None) -> HttpResponse:
    page = reverse("projects:edit", args=[project.key]) if project else reverse("projects:create")
    leaves = "leave" in (request.POST.get("discard"), request.POST.get("replace"))
    if "discard" in request.POST:
        actions.discard_draft(project, by=person)
        messages.success(request, _("The draft was discarded."))
        return redirect(pages.way_out(project) if leaves else page)
    try:
        kept = _keep(request, person, project, replace="replace" in request.POST)
    except actions.OtherDraft as other:
        return _refused(request, project, _other_words(other.draft, person), 409)
    except actions.DraftTooBig:
        return _refused(request, project, _("This is too long to be kept as a draft. Save the project."), 413)
    except NotPossible as refusal:
        return _refused(request, project, str(refusal), 409)
    return _kept(request, person, kept, pages.way_out(project) if leaves else f"{page}?draft=continue")


def _kept(request: HttpRequest, person: Any, kept: FormDraft, then: str) -> HttpResponse:
    words = _("Draft saved at %(time)s.") % {"time": clock_time(kept, person)}
    if not request.user.is_authenticated:
        words = _("Draft saved at %(time)s. You are signed out: sign in to go on with it.") % {
            "time": clock_time(kept, person)
        }
    if pages.wants_json(request):
        return JsonResponse({"words": words, "signed_in": request.user.is_authenticated})
    messages.success(request, words)
    return redirect(then) if request.user.is_authenticated else redirect_to_login(then)


def _refused(request: HttpRequest, project: Project | None, words: str, status: int) -> HttpResponse:
    if pages.wants_json(request):
        return JsonResponse({"words": words}, status=status)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    messages.warning(request, words)
    leads = rules.leads_for(request.user, project)
    return pages.form_page(request, Editor(leads=leads, project=project, typed=request.POST), status=status)


def _sign_in(request: HttpRequest, page: str) -> HttpResponse:
    if pages.wants_json(request):
        return JsonResponse({"words": _("You are signed out. Sign in to go on.")}, status=401)
    return redirect_to_login(page)


def _other_words(other: FormDraft, person: Any) -> str:
    words = _(
        "Not saved as a draft: there is another draft of %(moment)s. Continue with it or discard it first."
    )
    return words % {"moment": moment(other.saved_at, getattr(person, "zone", ""))}


def clock_time(kept: FormDraft, person: Any) -> str:
    """The time of day at which the draft was kept, where the person is."""
    zone = ZoneInfo(getattr(person, "zone", "") or settings.TIME_ZONE)
    return f"{kept.saved_at.astimezone(zone):%H:%M}"
