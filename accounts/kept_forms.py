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
WAITING = "kept_forms"  # in the session: by address, the proof of the form with what was typed
GIVEN_UP = "kept_form_given_up"
LONGEST = 500_000  # characters; far above the longest form there is
MOST = 4  # forms that wait at once: a few tabs; the oldest goes first
_NOT_TYPED = {"csrfmiddlewaretoken", kept.FIELD}


class KeptFormsMiddleware:
    """Stands before Django's way to the sign-in page, which would drop what was sent.

    Only forms with the tag `typed_by` are kept, and only for the person to whom that form was shown, at its address.
    Files are kept where their room does so (`ground.kept.also_files`); others are named, to be chosen again.
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
    typed = [
        (name, value) for name, values in request.POST.lists() if name not in _NOT_TYPED for value in values
    ]
    too_long = sum(len(name) + len(str(value)) for name, value in typed) > LONGEST
    person = kept.shown_in(request.POST, request.path)
    if too_long or person is None:
        return None
    files = _files(request, person, typed)
    waiting = dict(request.session.get(WAITING, {}))
    path = request.get_full_path()
    waiting.pop(path, None)
    waiting[path] = {"proof": request.POST[kept.FIELD], "of": request.path, "typed": typed, "files": files}
    request.session[WAITING] = dict(list(waiting.items())[-MOST:])
    messages.info(request, _("You were signed out. What you typed is kept: sign in to go on."))
    return redirect_to_login(path)


def _files(request: HttpRequest, person: int, typed: list[tuple[str, Any]]) -> list[str]:
    """The names of the files that are to be chosen again; what stands for the others is added to `typed`."""
    again = []
    for name, several in request.FILES.lists():
        stands_for_it = kept.file_kept(person, request.resolver_match, name, several[-1])
        if stands_for_it is None:
            again += [file.name for file in several]
            continue
        typed[:] = [pair for pair in typed if pair[0] != stands_for_it[0]]
        typed.append(stands_for_it)
    return again


def _given_back(request: HttpRequest) -> HttpResponse | None:
    waiting = request.session.get(WAITING)
    if waiting is None:
        return None
    mine = {path: form for path, form in waiting.items() if _is_of(request.user, form)}
    path = request.get_full_path()
    form = mine.get(path)
    if form is not None and request.method == "POST":
        del mine[path]
    if mine != waiting:
        _set(request, mine)
    if form is None:
        return None
    if request.method == "POST":
        return redirect(path) if GIVEN_UP in request.POST else None
    context = {"typed": form["typed"], "files": form["files"], "path": path, "given_up": GIVEN_UP}
    return render(request, "accounts/kept_form.html", context)


def _is_of(user: Any, form: dict[str, Any]) -> bool:
    """Whether these are the words of `user`: not somebody else's, nor too old."""
    return kept.shown_to(form["proof"], form["of"]) == user.pk


def _set(request: HttpRequest, waiting: dict[str, Any]) -> None:
    if waiting:
        request.session[WAITING] = waiting
    else:
        del request.session[WAITING]
