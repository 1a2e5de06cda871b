"""Dates copied from the year before are marked, edits are counted, and applications never end before nominations do."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("members", "0006_charter_releases")]

    operations = [
        migrations.AddField(
            "factsheet", "version",
            models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
        ),
        migrations.AddField(
            "factsheet", "is_demo",
            models.BooleanField(db_default=False, default=False, editable=False, verbose_name="demo"),
        ),
        migrations.AddField(
            "factsheetterm", "to_check",
            models.BooleanField(
                db_default=False, default=False, verbose_name="dates still to be checked",
                help_text="They were copied from the year before and moved by a year.",
            ),
        ),
        migrations.AddConstraint(
            "factsheetterm",
            models.CheckConstraint(
                condition=Q(nomination_until__isnull=True)
                | Q(application_until__isnull=True)
                | Q(application_until__gte=F("nomination_until")),
                name="members_factsheetterm_nominated_first",
                violation_error_message="Applications end before nominations do.",
            ),
        ),
    ]  # fmt: skip
