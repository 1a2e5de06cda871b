"""Amendments of the implementation period: agreed with the funder, kept with the period before them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import reversion
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import clock
from ground.workflow import NotPossible
from projects.actions.door import Stale, demand_editing, keep_original, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.actions.papers import attach
from projects.models import Amendment, Project, ProjectDocument


class AlreadyAmended(Exception):
    """The same form was sent before; `amendment` is what it made."""

    def __init__(self, amendment: Amendment) -> None:
        super().__init__(amendment)
        self.amendment = amendment


class Unfit(Exception):
    """What was given for `field` cannot be; `words` say why, for the person who gave it."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


@dataclass(frozen=True)
class Terms:
    """What was agreed: when, the period from now on, and why (in at least one language)."""

    agreed_on: dt.date
    starts_on: dt.date
    ends_on: dt.date
    reason_en: str = ""
    reason_lt: str = ""


@dataclass(frozen=True)
class Paper:
    """The document of an amendment: one that the project has already (`kept`), or a file that comes with it."""

    kept: ProjectDocument | None = None
    upload: UploadedFile[Any] | None = None
    is_public: bool = False


def amend_period(
    project: Project, *, by: Any, token: uuid.UUID, version: int, terms: Terms, paper: Paper | None = None
) -> Amendment:
    """Write an amendment and give the project its period, as one revision.

    `token` is of the form: the same token makes one amendment, however often it is sent. `version` is the one that
    the person saw. Raises PermissionDenied, NotPossible (archived), AlreadyAmended, Stale, Unfit or
    documents.checks.Refused.
    """
    demand_editing(project, by)
    keep_original(project)
    try:
        with one_revision(by, gettext_noop("The implementation period was amended.")):
            project = locked(project)
            demand_editing(project, by)
            _demand_new(project, token, version)
            _demand_fit(project, terms)
            amendment = _write(project, token, terms, _document(project, by, paper or Paper()))
            reversion.add_to_revision(project)
            tell_followers(project, by, "amend")
            record("projects.amend_period", project, by, number=amendment.number, **_dates(amendment))
    except IntegrityError as error:  # the token of another project's amendment
        raise NotPossible(_("This form cannot be sent for this project. Load the page again.")) from error
    return amendment


def withdraw_amendment(amendment: Amendment, *, by: Any) -> Project:
    """Take back the last amendment: the project has the period of before again.

    Raises PermissionDenied, NotPossible (archived, or another amendment came after it) or Amendment.DoesNotExist when
    it is withdrawn already.
    """
    demand_editing(amendment.project, by)
    with one_revision(by, gettext_noop("The last amendment of the period was withdrawn.")):
        project = locked(amendment.project)
        demand_editing(project, by)
        amendment = project.amendments.get(pk=amendment.pk)
        if project.amendments.filter(number__gt=amendment.number).exists():
            raise NotPossible(_("Only the last amendment can be withdrawn. Another one came after this."))
        details = {"number": amendment.number, **_dates(amendment)}
        project.starts_on, project.ends_on = amendment.starts_before, amendment.ends_before
        amendment.delete()
        _save(project)
        reversion.add_to_revision(project)
        tell_followers(project, by, "amend")
        record("projects.withdraw_amendment", project, by, **details)
    return project


def _demand_new(project: Project, token: uuid.UUID, version: int) -> None:
    if before := project.amendments.filter(uuid=token).first():
        raise AlreadyAmended(before)
    if project.version != version:
        raise Stale(project)


def _demand_fit(project: Project, terms: Terms) -> None:
    last = project.amendments.last()
    if not terms.reason_en and not terms.reason_lt:
        raise Unfit("reason_en", _("Give the reason in at least one language."))
    if terms.ends_on < terms.starts_on:
        raise Unfit("ends_on", _("The last day is before the first day."))
    if (terms.starts_on, terms.ends_on) == (project.starts_on, project.ends_on):
        raise Unfit(
            "ends_on", _("This is the period as it is. An amendment changes the first or the last day.")
        )
    if terms.agreed_on > clock.today(project.lead.zone):
        raise Unfit(
            "agreed_on", _("This day is still to come. An amendment is written down once it is agreed.")
        )
    if last is not None and terms.agreed_on < last.agreed_on:
        raise Unfit("agreed_on", _("This is before the day on which the last amendment was agreed."))


def _document(project: Project, by: Any, paper: Paper) -> ProjectDocument | None:
    """The document, kept with the project under the name of the amendment when it comes as a file."""
    if paper.upload is not None:
        titles = {}
        for code, _words in settings.LANGUAGES:
            with translation.override(code):
                titles[f"title_{code}"] = _("Amendment %(number)s") % {"number": _next_number(project)}
        return attach(project, by=by, upload=paper.upload, is_public=paper.is_public, **titles)
    if paper.kept is not None and paper.kept.project_id != project.pk:
        raise Unfit("document", _("Choose one of the project's documents."))
    return paper.kept


def _next_number(project: Project) -> int:
    last = project.amendments.last()
    return last.number + 1 if last else 1


def _write(project: Project, token: uuid.UUID, terms: Terms, document: ProjectDocument | None) -> Amendment:
    amendment = Amendment.objects.create(
        uuid=token, project=project, number=_next_number(project), agreed_on=terms.agreed_on,
        reason_en=terms.reason_en or None, reason_lt=terms.reason_lt or None,
        starts_before=project.starts_on, ends_before=project.ends_on,
        starts_on=terms.starts_on, ends_on=terms.ends_on, document=document,
    )  # fmt: skip
    project.starts_on, project.ends_on = terms.starts_on, terms.ends_on
    _save(project)
    return amendment


def _save(project: Project) -> None:
    project.version += 1
    project.save(update_fields=["starts_on", "ends_on", "version", "updated_at"])


def _dates(amendment: Amendment) -> dict[str, str]:
    return {
        name: getattr(amendment, name).isoformat()
        for name in ("agreed_on", "starts_before", "ends_before", "starts_on", "ends_on")
    }
