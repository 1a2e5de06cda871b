"""Fields of education and training, ISCED-F 2013 (UNESCO)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldOfEducation(models.Model):
    """A field of ISCED-F 2013: broad (2 digits), narrow (3) or detailed (4)."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    class Meta:
        verbose_name = _("field of education")
        verbose_name_plural = _("fields of education")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
