"""A whole series as its organisers see it: its dates, registration for all of them, and its rule."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock
from ground.templatetags.ground_tags import day
from ground.workflow import NotPossible
from news.actions import Stale
from news.happening import dates, repeating
from news.happening.forms import rows_in
from news.happening.series_forms import RuleForm, SeriesAdmissionForm
from news.models import Admission, Event
from news.registering.forms import QuestionRows
from news.views.event_desk import own_event
from news.views.event_people import ASKED


@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of a series, and what was last changed of its rule."""
    event = _of_series(request, slug)
    rows = Event.objects.filter(series=event.series_id).select_related("admission").order_by("occurrence_on")
    context = {"event": event, "dates": rows, "change": repeating.latest(event.series)}
    return render(request, "news/event_series.html", context | {"now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, slug: str) -> HttpResponse:
    """The same registration for every date that is to come."""
    event = _of_series(request, slug)
    sent = request.POST if request.method == "POST" else None
    form = SeriesAdmissionForm(sent, initial=_settings(event))
    rows = [{name: getattr(one, name) for name in ASKED} for one in event.questions.all()]
    asked = QuestionRows(sent, initial=rows, prefix="questions")
    context = {"event": event, "form": form, "asked": asked}
    if not form.is_bound:
        return render(request, "news/event_series_registration.html", context)
    if not all([form.is_valid(), asked.is_valid()]):
        return render(request, "news/event_series_registration.html", context, status=422)
    try:
        number = repeating.arrange(event, by=request.user, questions=rows_in(asked), **form.cleaned_data)
    except NotPossible as refused:
        form.add_error("capacity", str(refused))
        return render(request, "news/event_series_registration.html", context, status=422)
    words = ngettext(
        "The registration of %(count)d date was saved.", "The registration of %(count)d dates was saved.", number
    )  # fmt: skip
    messages.success(request, words % {"count": number})
    return redirect("news:event_series", slug=event.slug)


def _settings(event: Event) -> dict[str, Any]:
    """What holds for this date, as the form for all of them shows it."""
    kept = Admission.objects.filter(event=event).first() or Admission(event=event)
    same = {name: getattr(kept, name) for name in ("capacity", "waiting_list", "keep_days")}
    opens, closes = (repeating.days_before(event, at) for at in (kept.opens_at, kept.closes_at))
    return same | {"opens_before": opens, "closes_before": closes}


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how the events come again: first what would happen is said, then it is done."""
    event = _of_series(request, slug)
    initial = {"repeats": event.series.repeats, "until": event.series.until}
    initial["skipped"] = "\n".join(one.isoformat() for one in event.series.skipped)
    sent = request.POST if request.method == "POST" else None
    form = RuleForm(sent, initial=initial, first=event.occurrence_on)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "news/event_series_rule.html", {"event": event, "form": form}, status=status)
    if request.POST.get("step") != "do":
        return _looked(request, event, form)
    try:
        repeating.change_rule(event, by=request.user, rule=form.rule, **form.decided)
    except NotPossible as refused:
        form.add_error(None if isinstance(refused, Stale) else "people", str(refused))
        return _looked(request, event, form, status=409 if isinstance(refused, Stale) else 422)
    messages.success(request, _("The dates of the series were changed."))
    return redirect("news:event_series", slug=event.slug)


def _looked(request: HttpRequest, event: Event, form: RuleForm, status: int = 200) -> HttpResponse:
    """What the rule would do, with what is still to be decided."""
    plan = dates.plan_of(event, form.rule)
    form.data = form.data.copy()
    form.data["seen"] = plan.mark
    context = {"event": event, "form": form, "plan": plan}
    return render(request, "news/event_series_rule.html", context, status=status)


@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the last change of the rule back."""
    event = _of_series(request, slug)
    change = repeating.latest(event.series)
    if change is None:
        raise Http404
    try:
        left = repeating.undo(change, by=request.user)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("news:event_series", slug=event.slug)
    messages.success(request, _("The change was taken back."))
    if left:
        days = ", ".join(day(one.first_day) for one in left)
        messages.warning(
            request, _("These dates stay as they are, since people know of them: %(days)s") % {"days": days}
        )
    there = (
        Event.objects.filter(pk=event.pk).first() or change.series.events.order_by("occurrence_on").first()
    )
    return redirect(there) if there else redirect("news:event_desk")


def _of_series(request: HttpRequest, slug: str) -> Any:
    """The event, for who may change it; one that belongs to no series has no such page."""
    event = own_event(request, slug)
    if event.series_id is None:
        raise Http404
    return event
