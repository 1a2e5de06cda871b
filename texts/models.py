"""The portal's own pages of text: about, accessibility, privacy, cookies, contacts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class Slug(models.TextChoices):
    """Which pages there are; the footer links to each."""

    ABOUT = "about", _("About the portal")
    ACCESSIBILITY = "accessibility", _("Accessibility statement")
    PRIVACY = "privacy", _("Privacy")
    COOKIES = "cookies", _("Cookies")
    CONTACTS = "contacts", _("Contacts")


class StaticPage(Identified):
    """A page of text in both languages.

    The portal delivers a text for each page. Until somebody here has changed it (`is_own`), a new release brings its
    own; afterwards no release touches it.
    """

    slug = models.CharField(_("page"), max_length=20, choices=Slug.choices, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    lede = models.TextField(_("in one sentence"), max_length=400, blank=True)
    body = models.TextField(_("text"))
    is_own = models.BooleanField(_("changed here"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), editable=False)

    class Meta:
        verbose_name = _("page of the portal")
        verbose_name_plural = _("pages of the portal")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(slug__in=Slug.values), name="texts_page_known"),
            models.CheckConstraint(
                condition=Q(
                    title_en__isnull=False,
                    title_lt__isnull=False,
                    body_en__isnull=False,
                    body_lt__isnull=False,
                )
                & Q(title_en__gt="", title_lt__gt="", body_en__gt="", body_lt__gt=""),
                name="texts_page_in_both_languages",
                violation_error_message=_("Write the title and the text in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return str(Slug(self.slug).label)

    def get_absolute_url(self) -> str:
        return reverse(f"pages:{self.slug}")
