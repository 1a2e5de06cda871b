"""Celery: rings doorbells. What was promised stands in the database (docs/operations.md, “Jobs”)."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
TRANSPORT_ALIASES["filesystem"] = "alliance_portal.broker:Transport"

app = Celery("alliance_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **more: Any) -> None:
    """Make the folders that the filesystem transport takes for granted."""
    for name, folder in (sender.conf.broker_transport_options or {}).items():
        if name in {"data_folder_in", "data_folder_out", "control_folder"}:
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
