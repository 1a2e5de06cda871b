"""Dates that people are reminded of are found by themselves, however many other rows there are."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("members", "0016_found_before")]
    operations = [
        migrations.AddIndex(
            model_name="agreementversion",
            index=models.Index(
                fields=["sent_at"], condition=Q(status__in=["sent", "approved_one"]), name="members_version_waits"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                fields=["valid_until"], condition=Q(valid_until__isnull=False), name="members_appointment_ends"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["valid_until"], name="members_membership_ends"),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(
                fields=["charter_until"], condition=Q(charter_until__isnull=False), name="members_organisation_charter"
            ),
        ),
    ]
