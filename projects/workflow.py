"""Publication of a project, as a table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ground.workflow import Workflow, way


class Publication(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Phase(TextChoices):
    """Follows from the dates and is never stored."""

    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    ENDING = "ending", _("Ending within 90 days")
    COMPLETED = "completed", _("Completed")


ENDING_WITHIN_DAYS = 90

PUBLICATION = Workflow(
    Publication,
    [
        way("publish", _("Publish project"), _("The project was published."), sources=[Publication.DRAFT],
            target=Publication.PUBLISHED, permission="projects.publish_project"),
        way("withdraw", _("Take back to draft"), _("The project was taken back to draft."),
            sources=[Publication.PUBLISHED], target=Publication.DRAFT, permission="projects.publish_project"),
        way("archive", _("Archive project"), _("The project was archived."), sources=[Publication.PUBLISHED],
            target=Publication.ARCHIVED, permission="projects.publish_project"),
        way("reopen", _("Open again"), _("The project was opened again."), sources=[Publication.ARCHIVED],
            target=Publication.PUBLISHED, permission="projects.publish_project"),
    ],
    first=Publication.DRAFT,
    final=[],
)  # fmt: skip
