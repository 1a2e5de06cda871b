"""Codes that are stored already have the shape of their kind too; checked without keeping anybody waiting."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("members", "0007_factsheets")]
    operations = [ValidateConstraint("identifier", "members_identifier_shape")]
