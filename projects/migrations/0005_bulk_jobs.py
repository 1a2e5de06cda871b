"""Bulk changes that a job makes: what is wanted, when it was done, and whether it is to be undone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_shares_add_up")]
    operations = [
        migrations.AddField("bulkchange", "wanted", models.JSONField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "bulkchange",
            "done_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="done at"),
        ),
        migrations.AddField(
            "bulkchange", "undo_asked_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        # What was made before a job could make it is done.
        migrations.RunSQL("UPDATE projects_bulkchange SET done_at = made_at", migrations.RunSQL.noop),
    ]
