"""The workflow of agreements as tables: of the agreement, and of each of its versions.

Words after the exchange of agreements of Erasmus Without Paper: what both approved is in force, stays valid while a
change is proposed, and can't be deleted.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ground.workflow import Workflow, way


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", pgettext_lazy("agreement", "Sent")
    APPROVED_ONE = "approved_one", _("Approved by one side")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Replaced by a later version")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AgreementStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    TERMINATED = "terminated", _("Terminated")
    EXPIRED = "expired", _("Expired")
    ABANDONED = "abandoned", _("Abandoned")


V = VersionStatus

VERSION = Workflow(
    VersionStatus,
    [
        way("send", _("Send to the partner"), _("The version was sent to the partner"),
            sources=[V.DRAFT], target=V.SENT, permission="members.write_agreement"),
        way("approve", _("Approve"), _("One side approved the version"),
            sources=[V.SENT], target=V.APPROVED_ONE, permission="members.approve_agreement"),
        way("approve_too", _("Approve"), _("Both sides approved: the version is in force"),
            sources=[V.APPROVED_ONE], target=V.IN_FORCE, permission="members.approve_agreement"),
        way("return", _("Return with a comment"), _("The version was returned"),
            sources=[V.SENT, V.APPROVED_ONE], target=V.RETURNED, permission="members.return_agreement"),
        way("withdraw", _("Withdraw"), _("The version was withdrawn"),
            sources=[V.DRAFT, V.SENT, V.APPROVED_ONE], target=V.WITHDRAWN, permission="members.write_agreement"),
        way("supersede", _("Replace"), _("A later version came into force"),
            sources=[V.IN_FORCE], target=V.SUPERSEDED, permission="members.approve_agreement"),
    ],
    first=V.DRAFT, final=[V.SUPERSEDED, V.RETURNED, V.WITHDRAWN],
)  # fmt: skip

A = AgreementStatus

AGREEMENT = Workflow(
    AgreementStatus,
    [
        way("bring_into_force", _("Bring into force"), _("The agreement came into force"),
            sources=[A.PROPOSED, A.EXPIRED], target=A.IN_FORCE, permission="members.approve_agreement"),
        way("abandon", _("Abandon"), _("The proposal was abandoned"),
            sources=[A.PROPOSED], target=A.ABANDONED, permission="members.write_agreement"),
        way("terminate", _("Terminate"), _("Notice was given: the agreement ends"),
            sources=[A.IN_FORCE], target=A.TERMINATED, permission="members.write_agreement"),
        way("expire", _("Expire"), _("The agreement's last academic year is over"),
            sources=[A.IN_FORCE], target=A.EXPIRED, permission="members.expire_agreement"),
    ],
    first=A.PROPOSED, final=[A.TERMINATED, A.ABANDONED],
)  # fmt: skip
