"""The project itself: what it is, when it runs, whose it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.apps import apps
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock, text
from ground.content import texts
from ground.models import Identified
from ground.search import Words, matching, ranked, search_value
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import Role, University
from projects.workflow import ENDING_WITHIN_DAYS, Phase, Publication

# Words that stand where a project's code stands in an address.
RESERVED_KEYS = frozenset({
    "new", "compare", "export", "import", "imports", "timeline", "feed", "search", "edit", "history",
    "bulk", "calendar", "dashboard", "drafts", "ending", "filters", "followed", "report", "summary",
})  # fmt: skip

# Who counts as staff of a university for the inner side of its projects; travellers and students only apply here.
STAFF_ROLES = (Role.PROJECT_MANAGER, Role.MOBILITY_COORDINATOR, Role.REVIEWER, Role.EDITOR)

_CODE = r"^[\w][\w ./+\-]*$"


def address_key(code: str) -> str:
    """The part of an address that stands for `code`: folded, every other sign a hyphen ("2024/KA-1" → "2024-ka-1")."""
    return re.sub(r"[^a-z0-9]+", "-", text.fold(code)).strip("-")


def title_keys(english: str | None, lithuanian: str | None) -> dict[str, str]:
    """The keys that order titles as a reader of each language sees them: in the other one where theirs is missing."""
    return {
        "title_key_en": text.sort_key(english or lithuanian or ""),
        "title_key_lt": text.sort_key(lithuanian or english or ""),
    }


class ProjectQuerySet(QuerySet["Project"]):
    def visible_to(self, user: Any) -> ProjectQuerySet:
        """Published and archived projects are public; drafts belong to the managers that keep them and the office."""
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        public = Q(publication__in=[Publication.PUBLISHED, Publication.ARCHIVED])
        own = held.universities(Role.PROJECT_MANAGER)
        return self.filter(public | kept_by(own)) if own else self.filter(public)

    def managed_by(self, user: Any) -> ProjectQuerySet:
        """Projects whose record `user` keeps: those led by or shared with the own university, or all for the office."""
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        return self.filter(kept_by(held.universities(Role.PROJECT_MANAGER)))

    def kept_by_staff(self, user: Any) -> ProjectQuerySet:
        """Projects whose history and internal papers `user` may read: staff of the lead and sharing universities, and
        the office.
        """
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        return self.visible_to(user).filter(kept_by(held.universities(*STAFF_ROLES)))

    def under(self, path: str) -> ProjectQuerySet:
        """Projects with a funding line from the programme at `path` or from a part of it."""
        lines = Q(funding_lines__programme__path=path) | Q(
            funding_lines__programme__path__startswith=f"{path}."
        )
        return self.filter(pk__in=Project.objects.filter(lines).values("pk"))

    def for_list(self) -> ProjectQuerySet:
        """What a line of the list shows, in one query, without the long texts."""
        return self.select_related("lead__organisation").only(*_LINE)

    def for_page(self) -> ProjectQuerySet:
        """What a project's page shows of the project itself, in one query."""
        long = [
            f"{name}_{code}" for name in ("description", "objectives", "results") for code in ("en", "lt")
        ]
        return self.for_list().only(*_LINE, *long, "version", "created_at", "updated_at")

    def search(self, typed: str | Words) -> ProjectQuerySet:
        """Projects in which every word typed begins a word: code, titles, head, partners, departments, texts."""
        return matching(self, typed)

    def ranked(self, typed: str) -> ProjectQuerySet:
        """Each with `rank`: how well it matches what was typed; numbers and titles count most."""
        return ranked(self, typed)

    def in_phase(self, phase: str, day: dt.date) -> ProjectQuerySet:
        """Projects that are in `phase` on `day`."""
        return self.filter(phase_condition(phase, day))

    def ending_within(self, days: int, day: dt.date) -> ProjectQuerySet:
        """Projects whose period ends on `day` or in the `days` after it."""
        return self.filter(starts_on__lte=day, ends_on__range=(day, day + dt.timedelta(days=days)))


def kept_by(universities: Collection[int]) -> Q:
    """The condition under which one of `universities` leads a project or has it shared."""
    sharings = apps.get_model("projects", "Sharing").objects.filter(university__in=universities)
    return Q(lead__in=universities) | Q(pk__in=sharings.values("project"))


def phase_condition(phase: str, day: dt.date) -> Q:
    """The condition under which a project is in `phase` on `day`; the four exclude each other."""
    limit = day + dt.timedelta(days=ENDING_WITHIN_DAYS)
    conditions = {
        Phase.PLANNED: Q(starts_on__gt=day),
        Phase.UNDER_WAY: Q(starts_on__lte=day, ends_on__gt=limit),
        Phase.ENDING: Q(starts_on__lte=day, ends_on__range=(day, limit)),
        Phase.COMPLETED: Q(ends_on__lt=day),
    }
    return conditions[Phase(phase)]


def phase_condition_by_lead(phase: str, leads_by_day: Mapping[dt.date, Collection[int]]) -> Q:
    """The same where it is not the same day everywhere: `leads_by_day` says at which universities it is which day."""
    if len(leads_by_day) == 1:
        return phase_condition(phase, next(iter(leads_by_day)))
    condition = Q(pk__in=[])
    for day, leads in leads_by_day.items():
        condition |= Q(lead__in=leads) & phase_condition(phase, day)
    return condition


_LINE = [
    "uuid", "key", "code", "acronym", "title_en", "title_lt", "starts_on", "ends_on", "publication", "is_demo",
    "title_key_en", "title_key_lt",
    "lead__slug", "lead__zone", "lead__organisation__name", "lead__organisation__local_name",
    "lead__organisation__local_language", "lead__organisation__lithuanian_name", "lead__organisation__short_name",
]  # fmt: skip


class Project(Identified):
    """A membership project or any other project that a university of the alliance leads."""

    code = models.CharField(
        _("project number"), max_length=60,
        validators=[RegexValidator(_CODE, _("Use letters, digits, spaces and . / + - only."))],
        help_text=_("As in the grant agreement, such as S-NET-24-50."),
    )  # fmt: skip
    key = models.SlugField(_("address"), max_length=80, unique=True, editable=False)
    lead = models.ForeignKey(
        University, models.PROTECT, related_name="projects", verbose_name=_("lead university")
    )
    title = models.CharField(_("title"), max_length=300)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    objectives = models.TextField(_("objectives"), blank=True)
    results = models.TextField(_("results"), blank=True)
    starts_on = models.DateField(_("first day"), validators=[sensible_year])
    ends_on = models.DateField(_("last day"), validators=[sensible_year])
    publication = models.CharField(
        _("publication"),
        max_length=10,
        choices=Publication.choices,
        default=Publication.DRAFT,
        editable=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    search = SearchVectorField(null=True, editable=False)
    title_key_en = models.CharField(
        max_length=250, default="", db_default="", db_collation="C", editable=False
    )
    title_key_lt = models.CharField(
        max_length=250, default="", db_default="", db_collation="C", editable=False
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-ends_on", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="projects_project_search"),
            models.Index(F("ends_on").desc(), F("id").desc(), name="projects_project_by_end"),
            models.Index(fields=["starts_on"], name="projects_project_by_start"),
            models.Index(F("starts_on").desc(), F("id").desc(), name="projects_project_newest"),
            models.Index(fields=["title_key_en", "id"], name="projects_project_title_en"),
            models.Index(fields=["title_key_lt", "id"], name="projects_project_title_lt"),
            models.Index(
                fields=["publication", "id"],
                include=["lead", "starts_on", "ends_on"],
                name="projects_project_counted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                Upper("code"),
                name="projects_project_code_once",
                violation_error_message=_("There is already a project with this number."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="projects_project_period_order",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(title_en__isnull=False, title_en__gt="")
                | Q(title_lt__isnull=False, title_lt__gt=""),
                name="projects_project_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=~Q(key__in=sorted(RESERVED_KEYS)) & ~Q(key=""),
                name="projects_project_key_free",
                violation_error_message=_("This number cannot be used as an address. Choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Refuse numbers whose address is reserved or taken, with words beside the field."""
        if not re.match(_CODE, self.code or ""):
            return  # the field itself has said so
        key = address_key(self.code)
        if not key or key in RESERVED_KEYS:
            raise ValidationError(
                {"code": _("This number cannot be used as an address. Choose another one.")}
            )
        if type(self).objects.filter(key=key).exclude(pk=self.pk).exists():
            raise ValidationError({"code": _("There is already a project with this number.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code.strip()
        self.key = address_key(self.code)
        for name, key in self.title_keys().items():
            setattr(self, name, key)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("projects:detail", args=[self.key])

    def phase_on(self, day: dt.date) -> Phase:
        """The phase on `day` (a civil date in the lead university's zone)."""
        if day < self.starts_on:
            return Phase.PLANNED
        if day > self.ends_on:
            return Phase.COMPLETED
        return Phase.ENDING if self.days_left(day) <= ENDING_WITHIN_DAYS else Phase.UNDER_WAY

    @property
    def phase(self) -> Phase:
        """The phase now, by the date in the lead university's zone."""
        return self.phase_on(clock.today(self.lead.zone))

    def days_left(self, day: dt.date) -> int:
        """Days from `day` to the last day of the period (0 on the last day, negative after it)."""
        return (self.ends_on - day).days

    def progress(self, day: dt.date) -> int:
        """How much of the period has passed on `day`, in percent from 0 to 100."""
        length = (self.ends_on - self.starts_on).days + 1
        passed = (day - self.starts_on).days + (1 if day > self.ends_on else 0)
        return max(0, min(100, round(100 * passed / length)))

    def sharing_universities(self) -> frozenset[int]:
        """The numbers of the universities with which the project is shared; read once."""
        known: frozenset[int] | None = getattr(self, "_sharing", None)
        if known is None:
            known = self._sharing = frozenset(self.sharings.values_list("university", flat=True))
        return known

    @property
    def years(self) -> str:
        """The years of the period ("2024–2026")."""
        first, last = self.starts_on.year, self.ends_on.year
        return str(first) if first == last else f"{first}–{last}"

    def title_keys(self) -> dict[str, str]:
        """What stands in the columns by which lists are ordered by title, in the reader's language."""
        english, lithuanian = (getattr(self, f"title_{code}") for code in ("en", "lt"))
        return title_keys(english, lithuanian)

    def refresh_search(self) -> None:
        """Store the words by which the project is found; called by the verbs after its rows are saved."""
        first = [self.code, self.acronym, *texts(self, "title")]
        parts = list(self.lead.organisation.names)
        parts += texts(self, "description", "results", "objectives")
        parts += list(self.team.values_list("name", flat=True))
        for names in self.departments.values_list("unit__name_en", "unit__name_lt"):
            parts += list(names)
        called = ("organisation__name", "organisation__local_name", "organisation__lithuanian_name")
        for names in self.partnerships.values_list(*called):
            parts += list(names)
        for names in self.funding_lines.values_list("programme__name_en", "programme__name_lt"):
            parts += list(names)
        type(self).objects.filter(pk=self.pk).update(
            search=search_value(parts, names=first), **self.title_keys()
        )
