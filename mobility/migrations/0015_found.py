"""Calls for mobility are found by their words."""

from django.db import migrations

from ground.finding import Source, find

FOUND = [Source("mobility_call", "call", names=("title_en", "title_lt"), parts=("summary_en", "summary_lt"))]


class Migration(migrations.Migration):
    dependencies = [("mobility", "0014_waiting_seats_counted"), ("ground", "0002_finding")]
    operations = [find(*FOUND)]
