"""Reviewers are reminded of the day by which a call is decided: calls are found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mobility", "0017_words_corrected")]
    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["decision_on"], name="mobility_call_by_decision"),
        ),
    ]
