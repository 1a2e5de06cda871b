from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboxitem",
            name="settled_at",
            field=models.DateTimeField(blank=True, help_text="From then on it asks for nothing any more.", null=True, verbose_name="settled at"),
        ),
    ]
