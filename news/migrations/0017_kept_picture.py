"""Pictures of forms that could not be saved are kept for who sent them."""

import uuid

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, SET_NULL


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_watched"),
        ("news", "0016_files_places_and_series"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="KeptPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kept_at", models.DateTimeField(editable=False, verbose_name="kept at")),
                ("document", models.OneToOneField(on_delete=PROTECT, related_name="+", to="documents.document",
                                                  verbose_name="file")),
                ("item", models.ForeignKey(null=True, on_delete=SET_NULL, related_name="kept_pictures",
                                           to="news.newsitem", verbose_name="news item")),
                ("user", models.ForeignKey(null=True, on_delete=SET_NULL, related_name="+",
                                           to=settings.AUTH_USER_MODEL, verbose_name="person")),
            ],
            options={
                "verbose_name": "picture of a form that was not saved",
                "verbose_name_plural": "pictures of forms that were not saved",
                "ordering": ["-kept_at", "-pk"],
            },
        ),
    ]  # fmt: skip
