"""What every record has."""

import uuid

from django.db import models


class Identified(models.Model):
    """A record with an opaque, immutable identifier beside its key.

    The identifier is what leaves the portal (addresses, exchanges with other systems, the audit
    trail, the outbox); the key never does. Erasmus Without Paper asks for identifiers of 1 to 64
    printable ASCII characters that are never used again.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
