"""The pages of an application, until it is in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, answers, eligibility, forms, parts, progress
from mobility.models import Application
from mobility.views.answering import not_possible


@require_http_methods(["GET", "HEAD", "POST"])
def application_part(request: HttpRequest, uuid: Any, part: str) -> HttpResponse:
    """One part of a draft: shown, or saved as far as it is."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    one = parts.find(found.call, part)
    if one is None or one.slug not in forms.OF_PART:
        raise Http404
    if request.method == "POST":
        return _save(request, found, one)
    if not found.can_be_sent(clock.now()):
        return redirect(found)
    form = forms.OF_PART[one.slug](application=found)
    return _page(request, found, one, form, seen=parts.fingerprint(form.shown))


def _save(request: HttpRequest, found: Application, part: parts.Part) -> HttpResponse:
    form = forms.OF_PART[part.slug](request.POST, application=found)
    seen = request.POST.get("seen", "")
    if not form.is_valid():
        return _page(request, found, part, form, seen=seen, status=422)
    try:
        actions.save_part(found, part, by=request.user, values=form.values(), seen=seen)
    except actions.Stale:
        return _conflict(request, found, part, form)
    except NotPossible as error:
        return _page(request, found, part, form, seen=seen, status=409, refused=str(error))
    return redirect(_after(request, found))


def _after(request: HttpRequest, found: Application) -> str:
    """Back to where the person came from: the answers to check, or the list of parts."""
    return progress.address(
        found, "application_check" if request.GET.get("from") == "check" else "application"
    )


def _page(
    request: HttpRequest,
    found: Application,
    part: parts.Part,
    form: Any,
    *,
    seen: str,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "application": found,
        "part": part,
        "form": form,
        "seen": seen,
        "back": _after(request, found),
        **more,
    }
    return render(request, f"mobility/parts/{part.slug}.html", context, status=status)


def _conflict(request: HttpRequest, found: Application, part: parts.Part, form: Any) -> HttpResponse:
    """What was typed stays in the form; what is stored by now is shown beside it."""
    now = Application.objects.with_parts().get(pk=found.pk)
    kept = answers.sections({part.slug: answers.snapshot(now, clock.now())[part.slug]})
    seen = parts.fingerprint(parts.stored(now, part))
    return _page(request, found, part, form, seen=seen, status=409, stored=kept)


@require_safe
def application_check(request: HttpRequest, uuid: Any) -> HttpResponse:
    """All answers, each with a way to change it, before they are submitted."""
    found = get_object_or_404(Application.objects.of(request.user).with_parts(), uuid=uuid)
    if not found.can_be_sent(clock.now()):
        return redirect(found)
    return _check_page(request, found)


def _check_again(request: HttpRequest, found: Application, *, status: int, **more: Any) -> HttpResponse:
    return _check_page(request, Application.objects.with_parts().get(pk=found.pk), status=status, **more)


def _check_page(request: HttpRequest, found: Application, *, status: int = 200, **more: Any) -> HttpResponse:
    missing, given = parts.missing(found), answers.snapshot(found, clock.now())
    context = {
        "application": found,
        "sections": answers.sections(given),
        "missing": [(_part_address(found, one), one.words) for one in missing],
        "concerns": [one.words for one in eligibility.check(found.call, given)],
        **more,
    }
    return render(request, "mobility/application_check.html", context, status=status)


def _part_address(found: Application, one: parts.Missing) -> str:
    return f"{progress.address(found, 'application_part', one.part)}?from=check#id_{one.field}"


@require_POST
def application_submit(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Submit what was checked; again and again it gives the same receipt."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    version = request.POST.get("version", "")
    try:
        seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
        actions.submit_application(found, by=request.user, version=seen)
    except actions.Incomplete:
        return _check_again(request, found, status=422, tried=True)
    except actions.Stale:
        return _check_again(request, found, status=409, changed=True)
    except NotPossible as error:
        return not_possible(request, error, back=found.get_absolute_url())
    return redirect("mobility:application_receipt", uuid=uuid)


@require_safe
def application_receipt(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Reference, moment and fingerprint of what was submitted, and what happens next."""
    submitted = Application.objects.of(request.user).filter(submitted_at__isnull=False)
    found = get_object_or_404(submitted.for_owner(), uuid=uuid)
    context = {
        "application": found,
        "stages": progress.stages(found.call, found),
        "sections": answers.sections(found.snapshot or {}),
    }
    return render(request, "mobility/application_receipt.html", context)
