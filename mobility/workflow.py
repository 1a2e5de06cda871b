"""The states of an application and the ways between them, as a table; those of calls, appeals and bulk decisions too.

Source: the alliance's rules for calls; the ways follow the Erasmus+ selection steps (application, eligibility,
selection, offer, answer).
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ground.workflow import Workflow, way


class Status(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for completion")
    ELIGIBLE = "eligible", _("Eligible")
    INELIGIBLE = "ineligible", _("Not eligible")
    OFFERED = "offered", _("Place offered")
    WAITLISTED = "waitlisted", _("On the waiting list")
    NOT_SELECTED = "not_selected", _("Not selected")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Offer expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Applications in these states are assigned to reviewers and scored.
TO_SCORE = (Status.SUBMITTED, Status.ELIGIBLE)
# What the audit trail and messages call an application.
KIND = "mobility.application"
FINAL = [Status.ACCEPTED, Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN]
BEFORE_ACCEPTED = [s for s in Status if s not in FINAL]
OWN = "mobility.answer_application"
DECIDE = "mobility.decide_application"

APPLICATION = Workflow(
    Status,
    [
        way("submit", _("Submit application"), _("The application was submitted."),
            sources=[Status.DRAFT, Status.RETURNED], target=Status.SUBMITTED, permission="mobility.submit_application"),
        way("take_back", _("Change application"), _("The application was taken back to be changed."),
            sources=[Status.SUBMITTED], target=Status.DRAFT, permission="mobility.take_back_application"),
        way("return", _("Return for completion"), _("The application was returned for completion."),
            sources=[Status.SUBMITTED], target=Status.RETURNED, permission=DECIDE),
        way("find_eligible", _("Mark as eligible"), _("The application was found eligible."),
            sources=[Status.SUBMITTED], target=Status.ELIGIBLE, permission=DECIDE),
        way("find_ineligible", _("Mark as not eligible"), _("The application was found not eligible."),
            sources=[Status.SUBMITTED], target=Status.INELIGIBLE, permission=DECIDE),
        way("uphold_eligibility_appeal", _("Uphold appeal: eligible"), _("The appeal was upheld: eligible."),
            sources=[Status.INELIGIBLE], target=Status.ELIGIBLE, permission=DECIDE),
        way("offer", _("Offer a place"), _("A place was offered."),
            sources=[Status.ELIGIBLE, Status.WAITLISTED], target=Status.OFFERED, permission=DECIDE),
        way("waitlist", _("Put on the waiting list"), _("The application was put on the waiting list."),
            sources=[Status.ELIGIBLE], target=Status.WAITLISTED, permission=DECIDE),
        way("not_select", _("Do not select"), _("The application was not selected."),
            sources=[Status.ELIGIBLE, Status.WAITLISTED], target=Status.NOT_SELECTED, permission=DECIDE),
        way("uphold_appeal_waitlist", _("Uphold appeal: waiting list"), _("The appeal was upheld: waiting list."),
            sources=[Status.NOT_SELECTED], target=Status.WAITLISTED, permission=DECIDE),
        way("uphold_appeal_offer", _("Uphold appeal: offer a place"), _("The appeal was upheld: a place was offered."),
            sources=[Status.NOT_SELECTED], target=Status.OFFERED, permission=DECIDE),
        way("accept", _("Accept the place"), _("The place was accepted."), sources=[Status.OFFERED],
            target=Status.ACCEPTED, permission="mobility.accept_application"),
        way("decline", _("Decline the place"), _("The place was declined."), sources=[Status.OFFERED],
            target=Status.DECLINED, permission=OWN),
        way("expire", _("Let the offer expire"), _("The offer expired without an answer."),
            sources=[Status.OFFERED], target=Status.EXPIRED, permission="mobility.expire_application"),
        way("withdraw", _("Withdraw application"), _("The application was withdrawn."), sources=BEFORE_ACCEPTED,
            target=Status.WITHDRAWN, permission=OWN),
    ],
    first=Status.DRAFT,
    final=FINAL,
)  # fmt: skip


class Publication(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


CALL_KIND = "mobility.call"
EDIT_CALL = "mobility.edit_call"

CALL = Workflow(
    Publication,
    [
        way("publish", _("Publish the call"), _("The call was published."),
            sources=[Publication.DRAFT], target=Publication.PUBLISHED, permission=EDIT_CALL),
        way("unpublish", _("Take the call back"), _("The call was taken back before it opened."),
            sources=[Publication.PUBLISHED], target=Publication.DRAFT, permission=EDIT_CALL),
        way("archive", _("Archive the call"), _("The call was archived."),
            sources=[Publication.PUBLISHED], target=Publication.ARCHIVED, permission=EDIT_CALL),
    ],
    first=Publication.DRAFT,
    final=[Publication.ARCHIVED],
)  # fmt: skip


class AppealStatus(TextChoices):
    WAITING = "waiting", pgettext_lazy("appeal", "Waiting for an answer")
    UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
    REFUSED = "refused", pgettext_lazy("appeal", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")


APPEAL_KIND = "mobility.appeal"
# States of an application against which its owner may appeal.
OPEN_TO_APPEAL = (Status.INELIGIBLE, Status.NOT_SELECTED)

APPEAL = Workflow(
    AppealStatus,
    [
        way("uphold_appeal", _("Uphold the appeal"), _("The appeal was upheld."),
            sources=[AppealStatus.WAITING], target=AppealStatus.UPHELD, permission="mobility.answer_appeal"),
        way("refuse_appeal", _("Refuse the appeal"), _("The appeal was refused."),
            sources=[AppealStatus.WAITING], target=AppealStatus.REFUSED, permission="mobility.answer_appeal"),
        way("withdraw_appeal", _("Withdraw the appeal"), _("The appeal was withdrawn."),
            sources=[AppealStatus.WAITING], target=AppealStatus.WITHDRAWN, permission="mobility.withdraw_appeal"),
    ],
    first=AppealStatus.WAITING,
    final=[AppealStatus.UPHELD, AppealStatus.REFUSED, AppealStatus.WITHDRAWN],
)  # fmt: skip


class BulkStatus(TextChoices):
    PENDING = "pending", pgettext_lazy("bulk decision", "Waiting to be sent")
    DONE = "done", pgettext_lazy("bulk decision", "Done")
    UNDONE = "undone", pgettext_lazy("bulk decision", "Undone")


BULK_KIND = "mobility.bulk_decision"

BULK = Workflow(
    BulkStatus,
    [
        way("undo_bulk", _("Undo"), _("The decisions were undone before they were sent."),
            sources=[BulkStatus.PENDING], target=BulkStatus.UNDONE, permission="mobility.undo_bulk"),
        way("carry_out_bulk", _("Carry out"), _("The decisions were made and sent."),
            sources=[BulkStatus.PENDING], target=BulkStatus.DONE, permission="mobility.carry_out_bulk"),
    ],
    first=BulkStatus.PENDING,
    final=[BulkStatus.DONE, BulkStatus.UNDONE],
)  # fmt: skip
