"""Lithuanian names of organisations, and notes on languages in both languages.

Notes were written in one language, the portal's English. All columns can stay empty or have a default of their own, so
that the release before can go on writing while this one is being installed.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0011_people_of_approvals")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="lithuanian_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Where Lithuanian has one of its own. A name in its own language that is Lithuanian stands above.",
                max_length=300,
                verbose_name="name in Lithuanian",
            ),
        ),
        migrations.AddField(
            model_name="factsheetlanguage",
            name="note_en",
            field=models.CharField(blank=True, max_length=200, null=True, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="factsheetlanguage",
            name="note_lt",
            field=models.CharField(blank=True, max_length=200, null=True, verbose_name="note"),
        ),
        migrations.RunSQL(
            "UPDATE members_factsheetlanguage SET note_en = note WHERE note <> ''", migrations.RunSQL.noop
        ),
    ]
