"""What was there before is found too."""

from importlib import import_module

from django.db import migrations

from ground.finding import fill

FOUND = import_module("projects.migrations.0008_found").FOUND


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_found")]
    operations = [fill(*FOUND)]
