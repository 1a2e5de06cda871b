"""A form sent after its session had ended: kept until the same person has signed in, and shown to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ground import kept

Respond = Callable[[HttpRequest], HttpResponse]
WAITING = "kept_form"
GIVEN_UP = "kept_form_given_up"
LONGEST = 500_000  # characters; far above the longest form there is
_NOT_TYPED = {"csrfmiddlewaretoken", kept.FIELD}


class KeptFormsMiddleware:
    """Stands before Django's way to the sign-in page, which would drop what was sent.

    Only forms with the tag `typed_by` are kept, and only for the person to whom that form was shown. Files are not.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None where the view is to answer."""
        if not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated:
            return _given_back(request)
        return _keep(request) if request.method == "POST" else None


def _keep(request: HttpRequest) -> HttpResponse | None:
    person = kept.shown_to(request.POST)
    typed = [
        (name, value) for name, values in request.POST.lists() if name not in _NOT_TYPED for value in values
    ]
    if person is None or request.FILES or sum(len(name) + len(str(value)) for name, value in typed) > LONGEST:
        return None
    path = request.get_full_path()
    request.session[WAITING] = {"person": person, "path": path, "typed": typed}
    messages.info(request, _("You were signed out. What you typed is kept: sign in to go on."))
    return redirect_to_login(path)


def _given_back(request: HttpRequest) -> HttpResponse | None:
    waiting = request.session.get(WAITING)
    if waiting is None:
        return None
    if waiting["person"] != request.user.pk:
        del request.session[WAITING]  # somebody else's words
        return None
    if waiting["path"] != request.get_full_path():
        return None
    if request.method == "POST":
        del request.session[WAITING]
        return redirect(waiting["path"]) if GIVEN_UP in request.POST else None
    context = {"typed": waiting["typed"], "path": waiting["path"], "given_up": GIVEN_UP}
    return render(request, "accounts/kept_form.html", context)
