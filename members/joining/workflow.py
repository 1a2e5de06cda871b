"""The workflow of a request for a role as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.workflow import Workflow, way


class RequestStatus(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


R = RequestStatus
ANSWER, WITHDRAW = "members.answer_request", "members.withdraw_request"

REQUEST = Workflow(
    RequestStatus,
    [
        way("grant", _("Grant the role"), _("The request was granted"),
            sources=[R.WAITING], target=R.GRANTED, permission=ANSWER),
        way("refuse", _("Refuse the request"), _("The request was refused"),
            sources=[R.WAITING], target=R.REFUSED, permission=ANSWER),
        way("withdraw", _("Withdraw"), _("The request was withdrawn"),
            sources=[R.WAITING], target=R.WITHDRAWN, permission=WITHDRAW),
    ],
    first=R.WAITING, final=[R.GRANTED, R.REFUSED, R.WITHDRAWN],
)  # fmt: skip
