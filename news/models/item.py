"""News items, their topics and attachments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ground import clock
from ground.content import texts
from ground.models import Identified
from ground.search import Words, matching, search_value
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import LONG_TEXTS, Centre, Organisation, Role, University
from mobility.models import Call
from news.workflow import Publication
from projects.models import Project

# Words that stand where a text's own part of an address stands.
RESERVED_SLUGS = frozenset(
    {"new", "desk", "edit", "feed", "preview", "topics", "links", "pasted", "text", "newsletter"}
)


class Topic(models.Model):
    """What a text is about."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or ""


def seen_by(user: Any, day_or_moment: Q) -> Q:
    """The condition under which `user` sees a text: published and due, of one's own university, or for the office."""
    held = held_by(user)
    if held.office or held.administrator:
        return Q()
    public = Q(publication__in=[Publication.PUBLISHED, Publication.ARCHIVED]) & day_or_moment
    places = held.by_role.get(Role.EDITOR, frozenset())
    if None in places:
        return Q()
    return public | Q(university__in=places) if places else public


def concerns(model: Any, teller: str, university: Any, organisation: Any) -> Q:
    """The condition under which a text concerns a university: the university or a school of its group tells it, or
    the text names one of them.

    `teller`: the field for tellers that are no university of the portal. `university` and `organisation`: its keys, or
    references to them (`OuterRef`).
    """
    own = Q(university=university) | Q(university__organisation__parent=organisation)
    told = own | Q(**{teller: organisation}) | Q(**{f"{teller}__parent": organisation})
    named = Q(university=_from_within(university))
    named |= Q(university__organisation__parent=_from_within(organisation))
    return told | Q(pk__in=model.universities.through.objects.filter(named).values(model._meta.model_name))


def _from_within(key: Any) -> Any:
    """`key` as a query one level further in refers to it."""
    return OuterRef(key) if isinstance(key, OuterRef) else key


# Long texts and search words of a university that a card doesn't show.
NOT_IN_CARDS = [
    "university__organisation__search",
    *(f"university__{name}" for name in LONG_TEXTS),
]


class NewsItemQuerySet(QuerySet["NewsItem"]):
    def visible_to(self, user: Any) -> NewsItemQuerySet:
        """What is published by now; drafts for the editors of the university and the office."""
        return self.filter(seen_by(user, Q(published_at__lte=clock.now())))

    def live(self) -> NewsItemQuerySet:
        """What is published by now and not archived."""
        return self.filter(publication=Publication.PUBLISHED, published_at__lte=clock.now())

    def concerning(self, university: University) -> NewsItemQuerySet:
        """News of the university and of the schools of its group, and those that are about one of them."""
        return self.filter(concerns(NewsItem, "partner", university.pk, university.organisation_id))

    def pinned(self, moment: dt.datetime) -> NewsItemQuerySet:
        return self.filter(pinned_until__gt=moment)

    def for_list(self) -> NewsItemQuerySet:
        """What a card shows: two queries, without the long texts."""
        return (
            self.select_related("university__organisation", "partner")
            .prefetch_related("topics")
            .defer("body_en", "body_lt", "search", *NOT_IN_CARDS, "partner__search")
        )

    def with_topics(self) -> NewsItemQuerySet:
        """With the topics of each for `shown_topics`, in the same query."""
        named = JSONObject(slug=F("slug"), name_en=F("name_en"), name_lt=F("name_lt"))
        topics = Topic.objects.filter(news=OuterRef("pk")).order_by("slug").annotate(named=named)
        return self.annotate(topics_named=ArraySubquery(topics.values("named")))

    def for_cards(self) -> NewsItemQuerySet:
        """What a card shows but its picture, in one query."""
        return self.for_list().prefetch_related(None).with_topics()

    def with_leads(self) -> NewsItemQuerySet:
        """With the picture that leads each, as `leads` (a list of one or none), and its widths: one query more."""
        pictures = apps.get_model("news", "Picture").objects.filter(is_lead=True)
        return self.prefetch_related(Prefetch("pictures", pictures.for_showing(), to_attr="leads"))

    def search(self, typed: str | Words) -> NewsItemQuerySet:
        return matching(self, typed)


class NewsItem(Identified):
    """A news item in English, Lithuanian or both."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    university = models.ForeignKey(
        University, models.PROTECT, null=True, blank=True, related_name="news", verbose_name=_("university"),
        help_text=_("Empty for news of the alliance or of a partner."),
    )  # fmt: skip
    partner = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="news", verbose_name=_("partner")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="news", verbose_name=_("topics"))
    projects = models.ManyToManyField(Project, blank=True, related_name="news", verbose_name=_("projects"))
    centres = models.ManyToManyField(Centre, blank=True, related_name="news", verbose_name=_("centres"))
    universities = models.ManyToManyField(
        University, blank=True, related_name="news_about", verbose_name=_("universities it is about")
    )
    calls = models.ManyToManyField(Call, blank=True, related_name="news", verbose_name=_("calls"))
    publication = models.CharField(
        _("publication"),
        max_length=10,
        choices=Publication.choices,
        default=Publication.DRAFT,
        editable=False,
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, validators=[sensible_year])
    pinned_until = models.DateTimeField(_("pinned until"), null=True, blank=True, validators=[sensible_year])
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("written by"), help_text=_("Who wrote the present text; somebody else approves it."),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=clock.now, editable=False)
    returned_because = models.TextField(
        _("why it was sent back"), max_length=1000, blank=True, default="", editable=False
    )
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_at", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="news_item_search"),
            models.Index(fields=["-published_at", "-id"], name="news_item_newest"),
            models.Index(
                fields=["-published_at", "-id"],
                include=["university", "partner"],
                name="news_item_live",
                condition=Q(publication=Publication.PUBLISHED),
            ),
            models.Index(fields=["publication", "-changed_at", "-id"], name="news_item_desk"),
            models.Index(
                fields=["pinned_until"], name="news_item_pinned", condition=Q(pinned_until__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(publication__in=[Publication.PUBLISHED, Publication.ARCHIVED])
                | Q(published_at__isnull=False),
                name="news_item_published_has_date",
                violation_error_message=_("Say when the text is published."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_SLUGS)),
                name="news_item_slug_free",
                violation_error_message=_("This address is taken by the portal. Choose another one."),
            ),
            models.CheckConstraint(
                condition=Q(title_en__isnull=False, title_en__gt="")
                | Q(title_lt__isnull=False, title_lt__gt=""),
                name="news_item_has_title",
                violation_error_message=_("Give the title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(university__isnull=True) | Q(partner__isnull=True),
                name="news_item_one_tells",
                violation_error_message=_("Either a university or a partner tells the news."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search = search_value(texts(self, "title", "summary", "body"))
        self.changed_at = clock.now()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("news:detail", args=[self.slug])

    @property
    def status(self) -> str:
        """The state in the table of `news.workflow`."""
        return self.publication

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it now."""
        out = self.publication in (Publication.PUBLISHED, Publication.ARCHIVED)
        return out and self.published_at is not None and self.published_at <= clock.now()

    @property
    def is_scheduled(self) -> bool:
        """Whether it is published and waits for its moment."""
        return self.publication == Publication.PUBLISHED and not self.is_public

    @property
    def is_planned(self) -> bool:
        """Whether a later moment is set for it that holds once it is approved."""
        waits = self.publication in (Publication.DRAFT, Publication.IN_REVIEW)
        return waits and self.published_at is not None and self.published_at > clock.now()

    @property
    def shown_topics(self) -> list[Topic]:
        """The topics; asks nothing more where they were fetched along."""
        named = getattr(self, "topics_named", None)
        return list(self.topics.all()) if named is None else [Topic(**one) for one in named]

    @property
    def published_on(self) -> dt.date | None:
        """The civil date of publication: where the university is, else in the portal's own zone."""
        zone = self.university.zone if self.university else settings.TIME_ZONE
        return clock.date_in(self.published_at, zone) if self.published_at else None


class Attachment(Identified):
    """A file that belongs to a news item or to an event."""

    item = models.ForeignKey(
        NewsItem,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("news item"),
    )
    event = models.ForeignKey(
        "news.Event",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("event"),
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, event__isnull=True)
                | Q(item__isnull=True, event__isnull=False),
                name="news_attachment_of_one",
                violation_error_message=_("A file belongs to a news item or to an event."),
            )
        ]

    def __str__(self) -> str:
        return self.title or ""

    @property
    def owner(self) -> Any:
        """The news item or the event whose file it is."""
        return self.item or self.event
