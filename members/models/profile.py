"""What a university says of itself beyond the portal's two languages: its own language, fields, teaching languages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.exchange import Eqf
from members.models.university import University


class OwnProfile(models.Model):
    """The profile in the university's own language, where that is neither English nor Lithuanian."""

    university = models.OneToOneField(
        University, models.CASCADE, related_name="own_profile", verbose_name=_("university")
    )
    language = models.CharField(_("language"), max_length=3, help_text=_("ISO 639 code, such as pt."))
    summary = models.TextField(_("in one sentence"), blank=True)
    priorities = models.TextField(_("international priorities"), blank=True)
    strategy = models.TextField(_("strategy"), blank=True)
    history = models.TextField(_("history"), blank=True)

    class Meta:
        verbose_name = _("profile in the university's own language")
        verbose_name_plural = _("profiles in universities' own languages")
        constraints = [
            models.CheckConstraint(
                condition=~Q(language__in=["", "en", "lt"]), name="members_ownprofile_other_language",
                violation_error_message=_("English and Lithuanian texts have their own fields."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.university} ({self.language})"


class TeachingLanguage(models.Model):
    """A language in which a university teaches, at which levels."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="teaching_languages", verbose_name=_("university")
    )
    language = models.CharField(_("language"), max_length=3)
    level = models.PositiveSmallIntegerField(_("at level"), choices=Eqf.choices, null=True, blank=True)

    class Meta:
        verbose_name = _("language of teaching")
        verbose_name_plural = _("languages of teaching")
        ordering = ["university", "language", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["university", "language", "level"], nulls_distinct=False,
                name="members_teachinglanguage_once",
                violation_error_message=_("This language is given already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.language


# The last label may not stand alone, and no label begins or ends with a hyphen.
DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$"


class EmailDomain(models.Model):
    """The part after @ by which a person's university is guessed at sign-up; never proof of belonging."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="email_domains", verbose_name=_("university")
    )
    domain = models.CharField(_("e-mail domain"), max_length=253, unique=True)

    class Meta:
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(
                condition=Q(domain__regex=DOMAIN),
                name="members_emaildomain_shape",
                violation_error_message=_("Write the domain in lower case, like ktu.lt."),
            )
        ]

    def __str__(self) -> str:
        return self.domain
