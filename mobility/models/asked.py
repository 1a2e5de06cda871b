"""What a call asks of those who apply, and by what they are compared."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from members.models.exchange import Cefr
from mobility.models.call import Call


class RequiredDocument(Identified):
    """A paper that the applicant uploads."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="required_documents", verbose_name=_("call"))
    name = models.CharField(_("name"), max_length=150)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    is_required = models.BooleanField(_("needed to submit"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("document asked for")
        verbose_name_plural = _("documents asked for")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name or ""


class CallLanguage(models.Model):
    """A language that those who apply have to know, and how well."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="languages", verbose_name=_("call"))
    language = models.CharField(_("language"), max_length=3, help_text=_("ISO 639 code."))
    level = models.CharField(
        _("level"), max_length=2, choices=[(c.value, c.label) for c in Cefr if c != Cefr.NATIVE]
    )

    class Meta:
        verbose_name = _("language of a call")
        verbose_name_plural = _("languages of calls")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "language"],
                name="mobility_calllanguage_once",
                violation_error_message=_("This language is already given."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=["A1", "A2", "B1", "B2", "C1", "C2"]),
                name="mobility_calllanguage_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Question(Identified):
    """A question of the call's own."""

    class Kind(models.TextChoices):
        SHORT = "short", _("Short answer")
        LONG = "long", _("Long answer")
        CHOICE = "choice", _("One of several")
        CHOICES = "choices", _("Several of several")
        FILE = "file", _("File")

    call = models.ForeignKey(Call, models.CASCADE, related_name="questions", verbose_name=_("call"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SHORT)
    text = models.CharField(_("question"), max_length=300)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    is_required = models.BooleanField(_("needed to submit"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("question of a call")
        verbose_name_plural = _("questions of calls")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["short", "long", "choice", "choices", "file"]),
                name="mobility_question_kind",
            )
        ]

    def __str__(self) -> str:
        return self.text or ""

    @property
    def has_options(self) -> bool:
        """Whether it is answered by choosing."""
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)


class QuestionOption(Identified):
    """One of the answers that can be chosen."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options", verbose_name=_("question"))
    words = models.CharField(_("answer"), max_length=150)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.words or ""


class Criterion(Identified):
    """Something that reviewers score. The total of a review is the weighted mean of its criteria, from 0 to 100."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="criteria", verbose_name=_("call"))
    name = models.CharField(_("name"), max_length=150)
    hint = models.CharField(_("what to look at"), max_length=500, blank=True)
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    most = models.PositiveSmallIntegerField(
        _("points at most"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__range=(1, 100), most__range=(1, 100)),
                name="mobility_criterion_numbers",
                violation_error_message=_("Weight and points are numbers from 1 to 100."),
            )
        ]

    def __str__(self) -> str:
        return self.name or ""


class CallChange(Identified):
    """What was changed in a call after it had opened, as its page tells it to everybody."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="changes", verbose_name=_("call"))
    changed_at = models.DateTimeField(_("changed at"), editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("changed by"),
    )  # fmt: skip
    # The parts of the call that changed, by the names of `mobility/changes.py`.
    parts = models.JSONField(_("what changed"), default=list, editable=False)
    # Words that were corrected: a list of `of` (uuid of the record), `name` of the field, what it `was` and is `now`.
    corrections = models.JSONField(_("words corrected"), default=list, db_default=[], editable=False)
    note = models.CharField(_("what applicants have to know"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("change of an open call")
        verbose_name_plural = _("changes of open calls")
        ordering = ["-changed_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(parts=[]), name="mobility_callchange_says_what")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.changed_at:%Y-%m-%d}"

    @property
    def corrected(self) -> list[dict[str, str]]:
        """The words that were corrected, in the reader's language where it was among them."""
        return corrected(self.corrections)


def corrected(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those of `lines` that are of the reader's language; all of them where none is."""
    own = [line for line in lines if line["name"].endswith(f"_{get_language()}")]
    return own or lines
