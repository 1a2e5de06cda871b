"""The form of a record that was removed while somebody typed: it can't be saved, and nothing is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from members.forms.gone import carried, typed_in_words


def typed(request: HttpRequest, editor: Any, *, back: str, again: str = "", **more: Any) -> HttpResponse:
    """What was typed, for copying; with `again`, an address to which it can be sent once more."""
    context = {
        "typed": typed_in_words(editor),
        "carried": carried(request.POST),
        "back": back,
        "again": again,
    }
    return render(request, "members/edit_gone.html", context | more, status=410)


def removed(request: HttpRequest, back: str) -> HttpResponse:
    """The answer to who removes what is gone already (a second click, another person): it is as they wanted."""
    messages.info(request, _("It was removed already."))
    return redirect(back)
