"""What stands in an application beside its own fields: languages, wishes, papers, answers, drafts of pages."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ground.models import Identified
from members.appointments import held_by
from members.models import Role
from members.models.exchange import Cefr
from mobility.models.application import Application
from mobility.models.asked import Question, RequiredDocument
from mobility.models.place import Place


class LanguageSkill(models.Model):
    """A language the applicant knows, with its CEFR level."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=3)
    level = models.CharField(_("level"), max_length=2, choices=Cefr.choices)

    class Meta:
        verbose_name = _("language skill")
        verbose_name_plural = _("language skills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "language"],
                name="mobility_language_once",
                violation_error_message=_("This language is already given."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Wish(models.Model):
    """A place the applicant would like, in order of preference."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="wishes")
    place = models.ForeignKey(Place, models.PROTECT, related_name="wishes", verbose_name=_("place"))
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["application", "place"], name="mobility_wish_once"),
            models.UniqueConstraint(
                fields=["application", "rank"],
                name="mobility_wish_rank",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="mobility_wish_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.place}"


class ApplicationDocumentQuerySet(QuerySet["ApplicationDocument"]):
    def seen_by(self, user: Any, application: Application) -> ApplicationDocumentQuerySet:
        """To the owner every paper; those that were submitted to the sending coordinators and administrators."""
        if application.applicant_id == user.pk:
            return self
        held = held_by(user)
        if not (held.administrator or held.has(Role.MOBILITY_COORDINATOR, application.call.university_id)):
            return self.none()
        submitted = [paper.get("uuid") for paper in (application.snapshot or {}).get("documents", [])]
        return self.filter(document__uuid__in=submitted)


class ApplicationDocument(Identified):
    """A paper that the applicant uploaded, for one of the documents asked for."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    asked = models.ForeignKey(
        RequiredDocument, models.PROTECT, related_name="uploads", verbose_name=_("asked for")
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))

    objects = ApplicationDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the application")
        verbose_name_plural = _("documents of the application")
        ordering = ["asked__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "asked"], name="mobility_application_document_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.asked)


class Answer(Identified):
    """What was answered to a question of the call: in words, by options of the question, or by a file."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name=_("question"))
    text = models.TextField(_("answer"), blank=True)
    options = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("chosen"))
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        ordering = ["question__position", "question"]
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="mobility_answer_once"),
            models.CheckConstraint(
                condition=Q(text="", options=[])
                | Q(options=[], document__isnull=True)
                | Q(text="", document__isnull=True),
                name="mobility_answer_of_one_kind",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.question)


class PartDraft(models.Model):
    """What was typed into one part of an application and not saved yet, kept while typing.

    `content` is the form as a browser sends it: pairs of name and value in their order. `seen` is the fingerprint of
    what the page showed when the typing began; `version` grows with every keeping, so that an older one is known.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="part_drafts")
    part = models.SlugField(_("part"), max_length=40)
    content = models.JSONField(_("content"), default=list)
    seen = models.CharField(max_length=16, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    class Meta:
        verbose_name = _("draft of a part")
        verbose_name_plural = _("drafts of parts")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "part"], name="mobility_partdraft_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.part}"
