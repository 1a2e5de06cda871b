"""Which records of the room keep their history."""

import reversion

from news import models


def keep() -> None:
    """Tell reversion, once; before the back office does so by itself and takes the search words along."""
    if reversion.is_registered(models.NewsItem):
        return
    reversion.register(models.Attachment)
    reversion.register(models.Picture)
    reversion.register(models.NewsItem, exclude=["search", "changed_at"], follow=["attachments", "pictures"])
    for rows in (models.ProgrammeItem, models.Speaker, models.Series):
        reversion.register(rows)
    reversion.register(models.Event, exclude=["search"], follow=["programme", "speakers", "attachments"])
    reversion.register(models.Admission, exclude=["taken", "line"])
    reversion.register(models.IssueEntry, exclude=["told"])
    reversion.register(models.Issue, exclude=["changed_at", "cursor", "looked_at"], follow=["entries"])
