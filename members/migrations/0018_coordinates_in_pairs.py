"""Half a pair of coordinates is no place: what was half becomes none, and the database refuses halves from now on."""

from django.db import migrations, models
from django.db.models import Q

NAME = "members_university_coordinates"


def drop_halves(apps, schema_editor):
    universities = apps.get_model("members", "University").objects
    halves = Q(latitude__isnull=True) ^ Q(longitude__isnull=True)
    universities.filter(halves).update(latitude=None, longitude=None)


class Migration(migrations.Migration):
    dependencies = [("members", "0017_reminded_dates")]
    operations = [
        migrations.RunPython(drop_halves, migrations.RunPython.noop),
        migrations.RemoveConstraint("university", NAME),
        migrations.AddConstraint(
            "university",
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name=NAME,
                violation_error_message="Coordinates come in pairs: latitude −90 to 90, longitude −180 to 180.",
            ),
        ),
    ]
