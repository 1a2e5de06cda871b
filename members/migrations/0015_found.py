"""Universities, schools, units, people to ask and centres are found by their words."""

from django.db import migrations

from ground.finding import Source, find

LANGUAGES = ("en", "lt")
FOUND = [
    Source(
        "members_organisation", "organisation", entered=False,
        names=("name", "local_name", "lithuanian_name", "short_name", "city"),
    ),
    Source("members_identifier", "identifier", names=("value", "replace({row}.value, ' ', '')"), only="false"),
    Source(
        "members_organisationalunit", "unit", names=("name_en", "name_lt", "code"),
        parts=("description_en", "description_lt"),
    ),
    Source(
        "members_contact", "contact", names=("name", "lithuanian_name"), parts=("subject_en", "subject_lt", "email"),
        personal=True, only="{row}.is_public",
    ),
    Source(
        "members_centre", "centre", names=("name_en", "name_lt"),
        parts=("mission_en", "mission_lt", "activities_en", "activities_lt", "operator_en", "operator_lt"),
    ),
    Source(
        "members_fieldofeducation", "field", names=("name_en", "name_lt"), parts=("code",),
        key="('1' || {row}.code)::bigint",
    ),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("members", "0014_drafts_without_levels"), ("ground", "0002_finding")]
    operations = [find(*FOUND)]
