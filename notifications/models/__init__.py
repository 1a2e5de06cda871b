from notifications.models.inbox import InboxItem, Preference
from notifications.models.mail_times import MailTimes
from notifications.models.message import Message
from notifications.models.reminder import ReminderPlan, TrackedDate
from notifications.models.report import DeliveryReport
from notifications.models.rule import ReminderOverride, ReminderRound, ReminderRule
from notifications.models.sending import Beat, Brake, TroubledAddress
from notifications.models.token import SecretToken

__all__ = [
    "Beat",
    "Brake",
    "DeliveryReport",
    "InboxItem",
    "MailTimes",
    "Message",
    "Preference",
    "ReminderOverride",
    "ReminderPlan",
    "ReminderRound",
    "ReminderRule",
    "SecretToken",
    "TrackedDate",
    "TroubledAddress",
]
