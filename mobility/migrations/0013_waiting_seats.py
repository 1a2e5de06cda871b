from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mobility", "0012_call_drafts")]

    operations = [
        migrations.AddField(
            "place", "waiting", models.PositiveIntegerField(default=0, db_default=0, editable=False)
        ),
    ]
