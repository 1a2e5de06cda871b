"""The page of one record's exceptions from rules, for who may edit the record."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance_portal.reminding import actions
from alliance_portal.reminding.forms import ExceptionForm
from alliance_portal.reminding.subjects import Subject, find
from notifications import reminders
from notifications.models import ReminderOverride, ReminderRule


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
    """The rules that tell of a record's dates, each with what holds for this record."""
    subject = find(request.user, kind, uuid)
    if subject is None:
        raise Http404
    forms = _forms(subject, request)
    if request.method != "POST":
        return _shown(request, subject, forms, 200)
    wrong = [form for _label, form in forms if not form.is_valid()]
    if wrong:
        return _shown(request, subject, forms, 422)
    try:
        with transaction.atomic():
            for _label, form in forms:
                actions.except_from(subject, form.rule, by=request.user, version=form.cleaned_data["version"],
                                    values=form.values)  # fmt: skip
    except actions.Stale as stale:
        return _meanwhile(request, subject, forms, stale)
    messages.success(request, _("The reminders of this record are set."))
    return redirect(subject.url)


def _forms(subject: Subject, request: HttpRequest | None = None) -> list[tuple[object, ExceptionForm]]:
    """A form for each active rule of the kinds of date that belong to such records, with the name of the kind."""
    kinds = {kind.name: kind for kind in reminders.all_kinds() if kind.subject == subject.kind}
    rows = ReminderOverride.objects.filter(subject_kind=subject.kind, subject_uuid=subject.uuid)
    others = {row.rule_id: row for row in rows}
    data = request.POST if request and request.method == "POST" else None
    return [
        (kinds[rule.kind].label,
         ExceptionForm(data, rule=rule, other=others.get(rule.pk), overdue=kinds[rule.kind].overdue))
        for rule in ReminderRule.objects.filter(kind__in=kinds, active=True)
    ]  # fmt: skip


def _meanwhile(
    request: HttpRequest, subject: Subject, forms: list[tuple[object, ExceptionForm]], stale: Exception
) -> HttpResponse:
    """What is saved now stands beside what was chosen; what is sent next counts as chosen in the knowledge of it."""
    saved = {now.rule.pk: now for _label, now in _forms(subject)}
    for _label, form in forms:
        now = saved.get(form.rule.pk, form)
        version = now.initial["version"]
        if form.cleaned_data["version"] != version:
            form.add_error("what", str(stale))
            form.saved = now.other.said if now.other else _("As the rule says")
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = version
    return _shown(request, subject, forms, 409)


def _shown(
    request: HttpRequest, subject: Subject, forms: list[tuple[object, ExceptionForm]], status: int
) -> HttpResponse:
    context = {"subject": subject, "rules": forms, "forms": [form for _label, form in forms]}
    return render(request, "reminders/exceptions.html", context, status=status)
