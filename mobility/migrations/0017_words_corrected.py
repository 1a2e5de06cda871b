"""What corrects the words of an open call keeps the old ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mobility", "0016_found_before")]
    operations = [
        migrations.AddField(
            model_name="callchange",
            name="corrections",
            field=models.JSONField(db_default=[], default=list, editable=False, verbose_name="words corrected"),
        ),
    ]
