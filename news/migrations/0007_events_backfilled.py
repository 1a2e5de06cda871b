"""Events with a link for joining take place online."""

from typing import Any

from django.db import migrations


def tell_online(apps: Any, schema_editor: Any) -> None:
    """Rows that were there before the column."""
    apps.get_model("news", "Event").objects.exclude(link="").update(is_online=True)


class Migration(migrations.Migration):
    dependencies = [("news", "0006_events_whole")]
    operations = [migrations.RunPython(tell_online, migrations.RunPython.noop)]
