"""The widths of pictures stand on visitors' pages: once they are made, those pages are drawn anew."""

from django.db import migrations

from ground.watching import watch


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_renditions"), ("ground", "0001_finished")]
    operations = [watch("documents_rendition")]
