"""Lithuanian names of contacts that are offices. The column has a default of its own, for the release before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0012_names_and_notes")]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="lithuanian_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Where the contact is an office. A person's name is the same in every language.",
                max_length=200,
                verbose_name="name in Lithuanian",
            ),
        ),
    ]
