"""Editors choose what leads the home page; the newest and the pinned news and the desks' texts are read from indexes."""

import uuid

import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE, SET_NULL, F, Q

import ground.validators
from ground.watching import watch

PERSON = {"blank": True, "null": True, "on_delete": SET_NULL, "related_name": "+", "to": settings.AUTH_USER_MODEL}
TEXT = {"blank": True, "null": True, "on_delete": CASCADE, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0014_newsletter_address"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("chosen_at", models.DateTimeField(editable=False, verbose_name="chosen at")),
                ("until", models.DateTimeField(blank=True, null=True, validators=[ground.validators.sensible_year],
                                               verbose_name="leads until")),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended at")),
                ("item", models.ForeignKey(to="news.newsitem", verbose_name="news item", **TEXT)),
                ("event", models.ForeignKey(to="news.event", verbose_name="event", **TEXT)),
                ("chosen_by", models.ForeignKey(verbose_name="chosen by", **PERSON)),
                ("ended_by", models.ForeignKey(verbose_name="ended by", **PERSON)),
                ("follows", models.ForeignKey(blank=True, editable=False, null=True, on_delete=SET_NULL,
                                              related_name="+", to="news.lead", verbose_name="instead of")),
            ],
            options={
                "verbose_name": "lead of the home page", "verbose_name_plural": "leads of the home page",
                "ordering": ["-chosen_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.lookups.IsNull(F("ended_at"), True), condition=Q(ended_at__isnull=True),
                        name="news_lead_one_stands",
                    ),
                    models.CheckConstraint(
                        condition=Q(item__isnull=True, event__isnull=False) | Q(item__isnull=False, event__isnull=True),
                        name="news_lead_one_text", violation_error_message="Either a news item or an event leads.",
                    ),
                    models.CheckConstraint(
                        condition=Q(until__isnull=True) | Q(until__gt=F("chosen_at")), name="news_lead_leads_a_while"
                    ),
                    models.CheckConstraint(
                        condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True), name="news_lead_ended_whole"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            "newsitem",
            models.Index(fields=["-published_at", "-id"], include=["university", "partner"], name="news_item_live",
                         condition=Q(publication="published")),
        ),
        migrations.AddIndex(
            "newsitem",
            models.Index(fields=["pinned_until"], name="news_item_pinned", condition=Q(pinned_until__isnull=False)),
        ),
        migrations.AddIndex(
            "newsitem", models.Index(fields=["publication", "-changed_at", "-id"], name="news_item_desk")
        ),
        migrations.AddIndex(
            "event",
            models.Index(fields=["-starts_by", "-id"], name="news_event_latest", condition=Q(publication="published")),
        ),
        watch("news_lead"),
    ]  # fmt: skip
