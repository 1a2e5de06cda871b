"""Making a new project after an old one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from projects import actions, rules
from projects.forms.duplicate import DuplicateForm
from projects.models import Project


@require_http_methods(["GET", "HEAD", "POST"])
def project_duplicate(request: HttpRequest, key: str) -> HttpResponse:
    """What the copy is called and what it takes along; it is a draft, and its form opens."""
    source = get_object_or_404(Project.objects.managed_by(request.user).select_related("lead"), key=key)
    leads = rules.leads_for(request.user)
    form = DuplicateForm(request.POST if request.method == "POST" else None, source=source, leads=leads)
    if request.method != "POST":
        return _form(request, source, form)
    if before := form.made_before(leads):
        return redirect("projects:edit", before.key)
    if not form.is_valid():
        return _form(request, source, form, status=422)
    return _duplicate(request, source, form)


def _duplicate(request: HttpRequest, source: Project, form: DuplicateForm) -> HttpResponse:
    token, take = form.cleaned_data["token"], form.cleaned_data["take"]
    try:
        made = actions.duplicate_project(source, by=request.user, token=token, copy=form.copy, take=take)
    except actions.AlreadyCreated as already:
        made = already.project
        if not Project.objects.managed_by(request.user).filter(pk=made.pk).exists():  # a made-up token
            form.add_error(None, _("This form cannot be used any more. Load the page again."))
    except actions.CodeTaken:
        form.add_error("code", _("There is already a project with this number."))
    except actions.Unfit as unfit:
        form.add_error(unfit.field, unfit.words)
    except actions.Refused as refusal:
        form.add_error(None, str(refusal))
    if form.errors:
        return _form(request, source, form, status=422)
    messages.success(request, _("The copy was made. It is a draft: check it, complete it, save it."))
    return redirect("projects:edit", made.key)


def _form(request: HttpRequest, source: Project, form: DuplicateForm, status: int = 200) -> HttpResponse:
    return render(request, "projects/duplicate.html", {"project": source, "form": form}, status=status)
