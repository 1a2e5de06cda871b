"""Projects forgive a wrong letter in a word of a title; funding programmes and actions are found by their words."""

from django.db import migrations

from ground.finding import Source, find

FOUND = [
    Source("projects_project", "project", names=("title_en", "title_lt", "acronym"), entered=False),
    Source(
        "projects_programme", "programme", names=("name_en", "name_lt"),
        parts=("purpose_en", "purpose_lt", "activities_en", "activities_lt", "participants_en", "participants_lt"),
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_settle_last"), ("ground", "0002_finding")]
    operations = [find(*FOUND)]
