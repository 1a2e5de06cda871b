"""What the demo has sent: the file relay's messages, to be read in the browser."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications.relays import FILE_NAME

LATEST = 100


@dataclass(frozen=True)
class SentMail:
    """One message as it went out."""

    name: str
    subject: str
    to: str
    at: dt.datetime | None
    language: str
    text: str


def _folder() -> Path:
    """The folder of the file relay; there is none outside of the demo."""
    if not settings.DEMO or settings.MAIL_RELAY != "file":
        raise Http404
    return Path(settings.MAIL_DIR)


def _read(path: Path) -> SentMail | None:
    """The message in a file; None when it went away or is not one."""
    try:
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body else ""
        at = parsedate_to_datetime(str(mail["Date"])) if mail["Date"] else None
    except (OSError, ValueError, LookupError):
        return None
    language = str(mail["Content-Language"] or "")
    return SentMail(path.stem, str(mail["Subject"] or ""), str(mail["To"] or ""), at, language, text)


def _newest_first(folder: Path) -> list[Path]:
    found = []
    for path in folder.glob("*.eml"):
        try:
            found.append((path.stat().st_mtime_ns, path))
        except OSError:
            continue
    return [path for _time, path in sorted(found, reverse=True)]


@login_not_required
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The messages that were sent, the newest first."""
    paths = _newest_first(_folder())
    mails = [mail for path in paths[:LATEST] if (mail := _read(path))]
    return render(request, "pages/demo_mail.html", {"mails": mails, "total": len(paths)})


@login_not_required
@require_safe
def demo_mail_message(request: HttpRequest, name: str) -> HttpResponse:
    """One message, as plain text."""
    folder = _folder()
    if not FILE_NAME.fullmatch(name):
        raise Http404
    mail = _read(folder / f"{name}.eml")
    if mail is None:
        raise Http404
    return render(request, "pages/demo_mail_message.html", {"mail": mail})
