"""The office's pages of rules: for the office and administrators; to others they are not there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance_portal.reminding import actions, showing
from alliance_portal.reminding.forms import RuleForm
from alliance_portal.reminding.rules import KEEP
from audit.models import Event
from ground import clock, paging
from notifications import foresight, reminders
from notifications.models import ReminderOverride, ReminderRule
from notifications.reminders import ReminderKind

PAGE = 25


def _for_keepers(request: HttpRequest) -> None:
    """Raises Http404 for who may not keep rules."""
    if not request.user.has_perm(KEEP):
        raise Http404


def _kind(name: str) -> ReminderKind:
    try:
        return reminders.find(name)
    except reminders.UnknownReminder:
        raise Http404 from None


def _rule(request: HttpRequest, uuid: UUID) -> tuple[ReminderRule, ReminderKind]:
    _for_keepers(request)
    rule = get_object_or_404(ReminderRule, uuid=uuid)
    return rule, _kind(rule.kind)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every kind of date with its rules, and what each tells next."""
    _for_keepers(request)
    return render(request, "reminders/desk.html", {"kinds": showing.all_kinds()})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new rule of a kind; `preview` shows what it would tell without saving it."""
    _for_keepers(request)
    found = _kind(kind)
    fresh = ReminderRule(kind=kind, days_before=0)
    form = RuleForm(request.POST or None, kind=found, initial=showing.initial(fresh))
    if not form.is_bound or not form.is_valid() or "preview" in request.POST:
        return _form(request, fresh, found, form)
    try:
        change = showing.change(found, fresh, form.values)
        rule = actions.add(kind, by=request.user, values=form.values)
    except actions.Taken as taken:
        form.add_error("days", str(taken))
        return _form(request, fresh, found, form)
    said = _("The rule was added. It tells what comes from now on.")
    messages.success(request, f"{said} {showing.said(change)}")
    return redirect("reminders:rule", rule.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a rule; what somebody else saved meanwhile is never overwritten."""
    rule, kind = _rule(request, uuid)
    form = RuleForm(request.POST or None, kind=kind, initial=showing.initial(rule))
    if not form.is_bound or not form.is_valid() or "preview" in request.POST:
        return _form(request, rule, kind, form)
    try:
        change = showing.change(kind, rule, form.values)
        actions.change(rule, by=request.user, version=form.cleaned_data["version"], values=form.values)
    except actions.Stale as stale:
        return _meanwhile(request, rule, kind, form, stale)
    except actions.Taken as taken:
        form.add_error("days", str(taken))
        return _form(request, rule, kind, form)
    said = _("The rule was saved.")
    messages.success(request, f"{said} {showing.said(change)}")
    return redirect("reminders:rule", rule.uuid)


def _form(
    request: HttpRequest,
    rule: ReminderRule,
    kind: ReminderKind,
    form: RuleForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors) and status == 200
    if form.is_bound and not form.errors and "preview" in request.POST:
        more["change"] = showing.change(kind, rule, form.values)
    context = {"rule": rule, "kind": kind, "form": form, "placeholders": form.offered.items(), **more}
    if rule.pk:
        others = ReminderOverride.objects.filter(rule=rule)
        context |= {"others": list(others[:PAGE]), "more_others": max(0, others.count() - PAGE)}
    return render(request, "reminders/rule.html", context, status=422 if wrong else status)


def _meanwhile(
    request: HttpRequest, rule: ReminderRule, kind: ReminderKind, form: RuleForm, stale: Exception
) -> HttpResponse:
    """What is saved now stands beside what was typed; what is sent next counts as written in the knowledge of it."""
    saved = ReminderRule.objects.get(pk=rule.pk)
    form.data = form.data.copy()  # type: ignore[misc]
    form.data["version"] = saved.version  # type: ignore[index]
    form.add_error(None, str(stale))
    return _form(request, saved, kind, form, status=409, saved=saved)


@require_POST
def switch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a rule rest, or tell again."""
    rule, _kind_of_it = _rule(request, uuid)
    on = request.POST.get("on") == "1"
    actions.switch(rule, on=on, by=request.user)
    said = (
        _("The rule tells again.") if on else _("The rule is switched off. What it had planned is cancelled.")
    )
    messages.success(request, said)
    return redirect("reminders:rule", rule.uuid)


@require_POST
def try_out(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A test to oneself."""
    rule, _kind_of_it = _rule(request, uuid)
    actions.try_out(rule, by=request.user)
    messages.success(request, _("The test is on its way to you: in the portal now, by e-mail in a moment."))
    return redirect("reminders:rule", rule.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: HttpRequest, kind: str) -> HttpResponse:
    """Put back the rules that the portal comes with, after it was said what that means."""
    _for_keepers(request)
    found = _kind(kind)
    if request.method != "POST":
        return render(request, "reminders/defaults.html", {"kind": found})
    actions.restore_defaults(kind, by=request.user)
    messages.success(request, _("The rules are as the portal comes with them."))
    return redirect("reminders:desk")


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Who changed which rule, when, the latest first."""
    _for_keepers(request)
    events = Event.objects.filter(subject_kind=actions.RULE)
    try:
        page = paging.page(
            events, ["-at", "-id"], size=PAGE,
            after=request.GET.get("after", ""), before=request.GET.get("before", ""),
        )  # fmt: skip
    except paging.BadCursor:
        raise Http404 from None
    return render(
        request, "reminders/history.html", {"page": page, "told": [showing.Past(row) for row in page.rows]}
    )


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """What goes out in the next days, of all rules or of one."""
    _for_keepers(request)
    try:
        shown = showing.preview(request.GET.get("rule", ""), request.GET, PAGE)
    except ValueError:
        raise Http404 from None
    return render(
        request, "reminders/preview.html", {"shown": shown, "days": foresight.DAYS, "now": clock.now()}
    )
