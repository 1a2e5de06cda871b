from news.models.event import Event
from news.models.item import Attachment, NewsItem, Topic
from news.models.programme import ProgrammeItem, Speaker
from news.models.registering import ACTIVE, Admission, FollowUp, Question, Registration
from news.models.series import Repeats, Series

__all__ = [
    "ACTIVE",
    "Admission",
    "Attachment",
    "Event",
    "FollowUp",
    "NewsItem",
    "ProgrammeItem",
    "Question",
    "Registration",
    "Repeats",
    "Series",
    "Speaker",
    "Topic",
]
