"""Pages of text: about, accessibility, privacy, cookies, contacts, and the page for people without a connection. Short
addresses that lead on.
"""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from ground.finished import finished
from texts.delivery import as_it_is
from texts.rules import EDIT


def _static(slug: str, what: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a page whose text the office keeps."""

    @login_not_required
    @require_safe
    @finished()
    def page(request: HttpRequest) -> HttpResponse:
        context = {"page": as_it_is(slug), "may_edit": request.user.has_perm(EDIT)}
        return render(request, "pages/static.html", context)

    page.__name__, page.__doc__ = slug, what
    return page


about = _static("about", "What the portal is, and for whom.")
accessibility = _static("accessibility", "The accessibility statement after the European Union's model.")
privacy = _static("privacy", "What the portal knows about people, why, and how long.")
cookies = _static("cookies", "The few necessary cookies.")
contacts = _static("contacts", "Whom to ask.")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What to read when the connection is gone."""
    return render(request, "offline.html")


@login_not_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The short address of the register of agreements."""
    return redirect("members:agreements", permanent=True)


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where the icon is, for browsers that ask without having read a page."""
    return redirect(static("img/favicon.svg"))
