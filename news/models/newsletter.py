"""The newsletter: who gets it, what is told at once, and its issues."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.models import Identified
from ground.validators import sensible_year
from members.models import University
from news.models.event import Event
from news.models.item import NewsItem, Topic
from notifications.models import Message


class SubscriptionQuerySet(QuerySet["Subscription"]):
    def visible_to(self, user: Any) -> SubscriptionQuerySet:
        """A person's own; nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()

    def live(self) -> SubscriptionQuerySet:
        """Those that get letters; not those of accounts that were closed."""
        rows = self.filter(state=Subscription.State.LIVE)
        return rows.filter(Q(user__isnull=True) | Q(user__is_active=True))


class Subscription(Identified):
    """One address and what it wants to read. Nothing chosen means everything.

    There is one row for each address (`digest` is that of the address in lower case), whatever became of it; it is
    deleted some time after it ended, or when nobody confirmed it.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Address not confirmed")
        LIVE = "live", _("Subscribed")
        ENDED = "ended", _("Stopped")

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("A weekly letter")
        AT_ONCE = "at_once", _("At once, each item by itself")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="newsletters",
        verbose_name=_("person"),
    )  # fmt: skip
    email = models.EmailField(_("e-mail address"))
    digest = models.CharField(_("fingerprint of the address"), max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm.choices, default=Rhythm.WEEKLY)
    universities = models.ManyToManyField(
        University, blank=True, related_name="+", verbose_name=_("universities")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    alliance = models.BooleanField(_("what the alliance itself tells"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    created_at = models.DateTimeField(_("made at"))
    asked_at = models.DateTimeField(_("asked to confirm at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription of the newsletter")
        verbose_name_plural = _("subscriptions of the newsletter")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["rhythm", "id"], condition=Q(state="live"), name="news_subscription_live")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                name="news_subscription_address_once",
                violation_error_message=_("This address is subscribed already."),
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(confirmed_at__isnull=False),
                name="news_subscription_confirmed",
                violation_error_message=_("Somebody who gets letters has confirmed the address."),
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | ~Q(state="ended") & Q(ended_at__isnull=True),
                name="news_subscription_ended_pair",
                violation_error_message=_(
                    "A subscription that was stopped has the moment, and no other has one."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state="unconfirmed") | Q(asked_at__isnull=False),
                name="news_subscription_asked",
                violation_error_message=_("An address that is not confirmed was asked."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Announcement(models.Model):
    """A text that was published and is told to those who want it at once; how far the telling has come.

    Written with the publication. Once `done_at` is set the text is never told again, whatever happens to it.
    """

    item = models.OneToOneField(
        NewsItem, models.CASCADE, null=True, blank=True, related_name="announcement", verbose_name=_("news item")
    )  # fmt: skip
    event = models.OneToOneField(
        Event, models.CASCADE, null=True, blank=True, related_name="announcement", verbose_name=_("event")
    )
    noted_at = models.DateTimeField(_("published at"))
    cursor = models.BigIntegerField(_("the last subscription that was told"), default=0)
    told = models.PositiveIntegerField(_("letters"), default=0)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("text told at once")
        verbose_name_plural = _("texts told at once")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(done_at__isnull=True), name="news_announcement_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=True) ^ Q(event__isnull=True),
                name="news_announcement_one_text",
                violation_error_message=_("Either a news item or an event is told."),
            )
        ]

    def __str__(self) -> str:
        return str(self.item or self.event)

    @property
    def since(self) -> dt.datetime:
        """The moment from which everybody could read it: who confirmed later isn't told."""
        due = self.item.published_at if self.item else None
        return max(self.noted_at, due) if due else self.noted_at


class IssueQuerySet(QuerySet["Issue"]):
    def out(self) -> IssueQuerySet:
        """Those that everybody reads in the archive, the latest first."""
        return self.filter(number__isnull=False).order_by("-number")


class Issue(Identified):
    """An issue of the newsletter: put together, sent once, then read-only.

    `cursor` is the last subscription that was looked at, `audience` how many there were when sending began.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        STOPPED = "stopped", _("Stopped")

    number = models.PositiveIntegerField(_("number"), null=True, blank=True, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    introduction = models.TextField(_("introduction"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("changed by"),
    )  # fmt: skip
    send_at = models.DateTimeField(_("to be sent at"), null=True, blank=True, validators=[sensible_year])
    started_at = models.DateTimeField(_("sending began at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("sending ended at"), null=True, blank=True)
    audience = models.PositiveIntegerField(_("subscribers when sending began"), default=0)
    looked_at = models.PositiveIntegerField(_("subscribers looked at"), default=0)
    cursor = models.BigIntegerField(default=0, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue of the newsletter")
        verbose_name_plural = _("issues of the newsletter")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled"], number__isnull=True, started_at__isnull=True)
                | Q(state__in=["sending", "sent", "stopped"], number__isnull=False, started_at__isnull=False),
                name="news_issue_begun",
                violation_error_message=_("An issue has a number from the moment its sending begins."),
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="news_issue_scheduled",
                violation_error_message=_("Say when the issue is sent."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "stopped"], finished_at__isnull=False)
                | ~Q(state__in=["sent", "stopped"]) & Q(finished_at__isnull=True),
                name="news_issue_ended_pair",
                violation_error_message=_("Sending that ended has the moment, and no other has one."),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or str(_("Issue without a subject"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.changed_at = self.changed_at or clock.now()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("news:newsletter_issue", args=[self.number])

    @property
    def is_open(self) -> bool:
        """Whether it can still be written."""
        return self.state == self.State.DRAFT

    @property
    def is_out(self) -> bool:
        """Whether sending has begun: from then on it stays as it is."""
        return self.number is not None


class IssueEntry(models.Model):
    """A text in an issue. `told` is what the letters say of it, fixed when sending begins."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="entries", verbose_name=_("issue"))
    position = models.PositiveSmallIntegerField(_("position"))
    item = models.ForeignKey(
        NewsItem, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("news item")
    )
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("event")
    )
    told = models.JSONField(_("as it was sent"), default=dict, blank=True)

    class Meta:
        verbose_name = _("text in an issue")
        verbose_name_plural = _("texts in issues")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=True) ^ Q(event__isnull=True),
                name="news_issueentry_one_text",
                violation_error_message=_("Either a news item or an event stands here."),
            ),
            models.UniqueConstraint(fields=["issue", "item"], name="news_issueentry_item_once"),
            models.UniqueConstraint(fields=["issue", "event"], name="news_issueentry_event_once"),
        ]

    def __str__(self) -> str:
        return str(self.item or self.event)


class IssueCopy(models.Model):
    """That a subscriber got, or is to get, an issue; the letter in the outbox tells what became of it."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="copies", verbose_name=_("issue"))
    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("subscription")
    )
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("message")
    )

    class Meta:
        verbose_name = _("copy of an issue")
        verbose_name_plural = _("copies of issues")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "subscription"],
                name="news_issuecopy_once",
                violation_error_message=_("This subscriber has the issue already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.subscription_id}"
