"""What is done with issues, in words."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "news.newsletter_begin": _("Begun"),
    "news.newsletter_change": _("Saved"),
    "news.newsletter_schedule": _("Scheduled"),
    "news.newsletter_call_back": _("Called back into the draft"),
    "news.newsletter_send": _("Sending began"),
    "news.newsletter_stop": _("Sending was stopped"),
    "news.newsletter_nothing_to_send": _("Not sent: nothing was left in it"),
}
