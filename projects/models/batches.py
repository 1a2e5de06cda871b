"""Work on many projects at once: bulk changes that can be undone, and imports with their staged rows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ground.models import Identified


class ByQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> ByQuerySet:
        """What the person began; nobody else's."""
        return self.filter(by=user) if getattr(user, "is_authenticated", False) else self.none()

    def waiting(self) -> ByQuerySet:
        """Bulk changes that are still to be made or undone, the oldest first."""
        undo = Q(undo_asked_at__isnull=False, undone_at__isnull=True)
        return self.filter(Q(done_at__isnull=True) | undo).order_by("made_at", "pk")


class BulkChange(Identified):
    """One change made to many projects. `items` says for each what it was before, so that it can be undone.

    An item: {"uuid", "code", "version", "before": {...}, "after": {...}}; `version` is that after the change.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=40)
    items = models.JSONField(_("projects"), default=list)
    # What is still to be done with which projects, for the job that does it: {"projects", "unit", "instead_of"}.
    wanted = models.JSONField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)
    undo_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)

    objects = ByQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("made_at")),
                name="projects_bulk_undone_after",
                violation_error_message=_("A change is undone after it was made."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def is_at_work(self) -> bool:
        """Whether a job is still to make the change, or to undo it."""
        return self.done_at is None or (self.undo_asked_at is not None and self.undone_at is None)


class Import(Identified):
    """A file of projects on its way in: read into staged rows, checked, then merged in one transaction.

    `columns` are the headings of the file in their order; `mapping` says which of our fields each column fills
    (position of the column as text → name of the field).
    """

    class Status(models.TextChoices):
        READING = "reading", _("Reading the file")
        MAPPING = "mapping", _("Choosing columns")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        MERGING = "merging", _("Taking over")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="project_imports", verbose_name=_("by")
    )
    name = models.CharField(_("name of the file"), max_length=200)
    storage_name = models.CharField(max_length=80, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.READING, editable=False
    )
    columns = models.JSONField(_("columns"), default=list)
    mapping = models.JSONField(_("choice of columns"), default=dict)
    settings = models.JSONField(_("settings"), default=dict)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    outcome = models.JSONField(_("outcome"), default=dict)
    cancel_asked = models.BooleanField(default=False, editable=False)
    begun_at = models.DateTimeField(_("begun at"), editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    # The moment at which a worker last said that it is at work on this; another takes over what fell silent.
    beat_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ByQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of projects")
        verbose_name_plural = _("imports of projects")
        ordering = ["-begun_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """A row of the file as it stands there, and what the check found in it.

    `problems`: [{"column": position or null, "words": …}]; `values`: what would be written.
    """

    class Step(models.TextChoices):
        CREATE = "create", pgettext_lazy("row of an import", "New")
        UPDATE = "update", pgettext_lazy("row of an import", "Changed")
        SAME = "same", pgettext_lazy("row of an import", "Unchanged")
        REFUSED = "refused", pgettext_lazy("row of an import", "Refused")

    batch = models.ForeignKey(Import, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    step = models.CharField(max_length=8, choices=Step.choices, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="projects_import_row_once",
                violation_error_message=_("This row is already staged."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"
