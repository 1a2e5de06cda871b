"""What was there before is found too."""

from importlib import import_module

from django.db import migrations

from ground.finding import fill

FOUND = import_module("mobility.migrations.0015_found").FOUND


class Migration(migrations.Migration):
    dependencies = [("mobility", "0015_found")]
    operations = [fill(*FOUND)]
