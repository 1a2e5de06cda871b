from django.db import migrations, models
from django.db.models import F, Q

COUNT = """
UPDATE mobility_place AS p SET waiting = held.number
FROM (
    SELECT place_id, count(*) AS number FROM mobility_pendingdecision
    WHERE is_open AND place_id IS NOT NULL GROUP BY place_id
) AS held
WHERE p.id = held.place_id
"""


class Migration(migrations.Migration):
    dependencies = [("mobility", "0013_waiting_seats")]

    operations = [
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "place",
            models.CheckConstraint(
                condition=Q(waiting__gte=0, waiting__lte=F("taken")), name="mobility_place_waiting"
            ),
        ),
    ]
