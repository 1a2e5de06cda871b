"""A draft of an agreement or factsheet is kept while the level of a language is still missing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0013_contacts_in_lithuanian'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='conditionlanguage',
            name='members_conditionlanguage_level',
        ),
        migrations.RemoveConstraint(
            model_name='factsheetlanguage',
            name='members_factsheetlanguage_level',
        ),
        migrations.AlterField(
            model_name='conditionlanguage',
            name='level',
            field=models.CharField(blank=True, choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], max_length=2, verbose_name='level'),
        ),
        migrations.AlterField(
            model_name='factsheetlanguage',
            name='level',
            field=models.CharField(blank=True, choices=[('A1', 'A1'), ('A2', 'A2'), ('B1', 'B1'), ('B2', 'B2'), ('C1', 'C1'), ('C2', 'C2')], max_length=2, verbose_name='level'),
        ),
        migrations.AddConstraint(
            model_name='conditionlanguage',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2'])), name='members_conditionlanguage_level'),
        ),
        migrations.AddConstraint(
            model_name='factsheetlanguage',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', ['', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2'])), name='members_factsheetlanguage_level'),
        ),
    ]
