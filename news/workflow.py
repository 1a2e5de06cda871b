"""Publication of news, as a table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from ground.workflow import Workflow, way


class Publication(TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


WRITE = "news.write_item"
APPROVE = "news.approve_item"

# Steps that take a text out of other people's hands: they say why.
NEEDS_REASON = frozenset({"send_back", "take_back"})

PUBLICATION = Workflow(
    Publication,
    [
        way("hand_in", _("Hand in for review"), _("The text was handed in for review."),
            sources=[Publication.DRAFT], target=Publication.IN_REVIEW, permission=WRITE),
        way("send_back", _("Send back to the author"), _("The text was sent back to the author."),
            sources=[Publication.IN_REVIEW], target=Publication.DRAFT, permission=WRITE),
        way("publish", _("Publish"), _("The text was published."), sources=[Publication.IN_REVIEW],
            target=Publication.PUBLISHED, permission=APPROVE),
        way("archive", _("Archive"), _("The text was archived."), sources=[Publication.PUBLISHED],
            target=Publication.ARCHIVED, permission=APPROVE),
        way("take_back", _("Take back into draft"), _("The text was taken back into draft."),
            sources=[Publication.PUBLISHED], target=Publication.DRAFT, permission=WRITE),
        way("reopen", _("Open again"), _("The text was opened again."), sources=[Publication.ARCHIVED],
            target=Publication.DRAFT, permission=WRITE),
    ],
    first=Publication.DRAFT,
    final=[],
)  # fmt: skip
