"""What was there before is found too."""

from importlib import import_module

from django.db import migrations

from ground.finding import fill

FOUND = import_module("news.migrations.0010_found").FOUND


class Migration(migrations.Migration):
    dependencies = [("news", "0010_found")]
    operations = [fill(*FOUND)]
