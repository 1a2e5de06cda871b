"""Pages of text: accessibility, privacy, cookies, contacts, and the page for people without a connection."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement after the European Union's model."""
    return render(request, "pages/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal knows about people, why, and how long."""
    return render(request, "pages/privacy.html")


@login_not_required
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """The few necessary cookies."""
    return render(request, "pages/cookies.html")


@login_not_required
@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Whom to ask."""
    return render(request, "pages/contacts.html")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What to read when the connection is gone."""
    return render(request, "offline.html")


@login_not_required
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where the icon is, for browsers that ask without having read a page."""
    return redirect(static("img/favicon.svg"))
