"""Settings of the web server, the same under script/server and in the container."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
if bind.count(":") > 1 and not bind.startswith("["):
    host, _, port = bind.rpartition(":")
    bind = f"[{host}]:{port}"
limit_request_line = 8190  # a long search is told in words, not by a bare 414
# The portal lies at the root of its address; a header that says otherwise would come from anybody through a proxy.
forwarder_headers = ""
workers = int(os.environ.get("WEB_WORKERS") or 2)
graceful_timeout = 3
timeout = 30
accesslog = None
errorlog = "-"
loglevel = "warning"
# Its own lines go through the portal's formatter: they quote addresses of pages and of visitors.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "alliance_portal.logs.formatter"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stream"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["stream"], "level": "WARNING", "propagate": False}},
}
control_socket_disable = True
# Imported once, before the workers are forked: the first page comes sooner, and they share memory.
preload_app = True
# A heartbeat on a disk that is busy would look like a worker that hangs.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def post_fork(server: Any, worker: Any) -> None:
    """Leave connections that were opened before the fork, if any, to the process that opened them."""
    from django.db import connections

    from ground import lasting

    connections.close_all()
    lasting.on_heartbeat(worker.notify)
