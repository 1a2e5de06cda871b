"""The portal's own kinds of messages."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import MessageKind, register

ACCOUNT_MAIL = "account.mail"


def register_kinds() -> None:
    """Called once at the start."""
    register(
        MessageKind(
            name=ACCOUNT_MAIL,
            label=_("Sign-in and account"),
            why=_("You get this message because somebody used your address in the portal."),
            sample={"subject": "Code: 123456", "text": "Your code is 123456.", "html": ""},
            transactional=True,
            in_portal=False,
            verbatim=True,
        )
    )
