from notifications.models.inbox import InboxItem, Preference
from notifications.models.message import Message
from notifications.models.reminder import ReminderPlan, ReminderRule, TrackedDate
from notifications.models.token import SecretToken

__all__ = [
    "InboxItem",
    "Message",
    "Preference",
    "ReminderPlan",
    "ReminderRule",
    "SecretToken",
    "TrackedDate",
]
