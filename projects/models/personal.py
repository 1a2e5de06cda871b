"""What a person keeps about projects: what they follow, filters they saved, drafts of forms."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from projects.models.project import Project


class OwnQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> OwnQuerySet:
        """One's own, and nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()


class Follower(models.Model):
    """A person who gets messages on the changes and dates of a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="followers", verbose_name=_("project"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed_projects", verbose_name=_("person")
    )
    since = models.DateTimeField(_("since"), editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower of a project")
        verbose_name_plural = _("followers of projects")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "project"],
                name="projects_follower_once",
                violation_error_message=_("This person already follows the project."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.project_id}"


class SavedFilter(Identified):
    """A person's own name for a query of the list of projects ("ours that end this year")."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_filters", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="projects_filter_name_once",
                violation_error_message=_("You already have a filter with this name."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="projects_filter_named",
                violation_error_message=_("Give the filter a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormDraft(models.Model):
    """What a person has typed into a project's form and not saved yet. `project` is empty for a new one.

    `content` is the form as a browser sends it: pairs of name and value in their order. `version` is that of the
    project when the editing began.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_drafts", verbose_name=_("person")
    )
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="form_drafts", verbose_name=_("project")
    )
    content = models.JSONField(_("content"), default=list)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a form")
        verbose_name_plural = _("drafts of forms")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "project"],
                name="projects_form_draft_once",
                nulls_distinct=False,
                violation_error_message=_("There is already a draft."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.project_id or 'new'}"

    @property
    def mark(self) -> str:
        """By which opened form it was made; a form says with it what it continues."""
        return next((value for name, value in self.content if name == "form_id"), "")
