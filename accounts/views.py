"""A person's own account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.forms import ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone; the way to password and e-mail address."""
    user = request.user
    own = {name: getattr(user, name) for name in actions.OWN_FIELDS}
    form = ProfileForm(request.POST or None, initial=own)
    if form.is_bound and form.is_valid():
        changed = actions.change_profile(user, by=user, **form.cleaned_data)
        with translation.override(changed.language):
            messages.success(request, _("Your account was saved."))
            return redirect(reverse("accounts:profile"))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/profile.html", {"form": form, "person": user}, status=status)
