"""Indexes of the coordinator's table, made beside the running portal: the ranking in the very order in which it is asked
for, and the facets of which few or no applications have a value."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mobility", "0010_message_roles")]

    operations = [
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(
                models.F("call"),
                models.OrderBy(models.F("score"), descending=True),
                models.F("submitted_at"),
                models.F("id"),
                condition=models.Q(("score__isnull", False)),
                name="mobility_application_by_rank",
            ),
        ),
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(
                fields=["call", "sent_level", "submitted_at", "id"], name="mobility_application_by_level"
            ),
        ),
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(
                fields=["call", "findings", "submitted_at", "id"], name="mobility_application_by_rule"
            ),
        ),
        RemoveIndexConcurrently(model_name="application", name="mobility_application_by_score"),
    ]
