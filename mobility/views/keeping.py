"""What was typed into a call's form is kept when the session ends before it is sent: found after signing in again.

It waits in the session of the same browser, for the person alone to whom the form was shown.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict

from mobility.models import Call

_SALT = "mobility.call"
_HOLDS_FOR = 14 * 24 * 3600  # as long as a session
_MOST = 300_000  # characters: several times the longest call


def keeper_for(user: Any, call: Call) -> str:
    """A proof that this person was shown the form of this call."""
    return signing.dumps([str(user.uuid), call.slug], salt=_SALT)


def signed_out(request: HttpRequest, slug: str) -> HttpResponse:
    """The way to sign in; what was sent with a proof is kept on the way."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    try:
        person, of = signing.loads(request.POST.get("keeper", ""), salt=_SALT, max_age=_HOLDS_FOR)
    except (signing.BadSignature, ValueError):
        person = of = ""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    said = typed.urlencode()
    if of != slug or len(said) > _MOST:
        return redirect_to_login(request.path)
    request.session["call"] = [person, slug, said]
    return redirect_to_login(f"{request.path}?typed=kept")


def kept(request: HttpRequest, call: Call) -> QueryDict | None:
    """What this person had typed into the form of `call` when the session ended."""
    person, slug, said = request.session.get("call", ("", "", ""))
    mine = slug == call.slug and person == str(getattr(request.user, "uuid", ""))
    return QueryDict(said) if mine else None


def let_go(request: HttpRequest) -> None:
    """The call was saved: nothing has to be kept any more."""
    request.session.pop("call", None)
