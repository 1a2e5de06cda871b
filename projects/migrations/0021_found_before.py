"""What was there before is found too."""

from importlib import import_module

from django.db import migrations

from ground.finding import fill

FOUND = import_module("projects.migrations.0020_found").FOUND


class Migration(migrations.Migration):
    dependencies = [("projects", "0020_found")]
    operations = [fill(*FOUND)]
