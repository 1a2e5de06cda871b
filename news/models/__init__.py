from news.models.desk import ItemDraft, OldAddress, PreviewLink
from news.models.event import Event
from news.models.item import Attachment, NewsItem, Topic
from news.models.picture import Picture
from news.models.programme import ProgrammeItem, Speaker
from news.models.registering import ACTIVE, Admission, FollowUp, Question, Registration
from news.models.series import Repeats, Series

__all__ = [
    "ACTIVE",
    "Admission",
    "Attachment",
    "Event",
    "FollowUp",
    "ItemDraft",
    "NewsItem",
    "OldAddress",
    "Picture",
    "PreviewLink",
    "ProgrammeItem",
    "Question",
    "Registration",
    "Repeats",
    "Series",
    "Speaker",
    "Topic",
]
