"""The processes of the measurement "sending": a mail server, and senders."""

from __future__ import annotations

import sys
import time

from bench.mailbox import Mailbox, open_for

PATIENCE = 600


def sink() -> None:
    """Take mail until TERM comes; says its port first."""
    with open_for(Mailbox()) as box:
        sys.stdout.write(f"{box.port}\n")
        sys.stdout.flush()
        time.sleep(PATIENCE)


def send_all() -> None:
    """Say that everything is loaded, wait for the others, send what there is."""
    import django

    django.setup()
    from django.urls import reverse

    from notifications.models import Message
    from notifications.sender import Sender

    reverse("notifications:preferences")
    Message.objects.filter(state="due").exists()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    sender = Sender()
    while sender.run().total():
        pass
