from news.models.desk import ItemDraft, KeptPicture, OldAddress, PreviewLink
from news.models.event import Event
from news.models.item import Attachment, NewsItem, Topic
from news.models.lead import Lead
from news.models.newsletter import Announcement, Issue, IssueCopy, IssueEntry, Subscription
from news.models.picture import Picture
from news.models.programme import ProgrammeItem, Speaker
from news.models.registering import ACTIVE, Admission, FollowUp, Question, Registration
from news.models.series import Repeats, Series, SeriesChange

__all__ = [
    "ACTIVE",
    "Admission",
    "Announcement",
    "Attachment",
    "Event",
    "FollowUp",
    "Issue",
    "IssueCopy",
    "IssueEntry",
    "ItemDraft",
    "KeptPicture",
    "Lead",
    "NewsItem",
    "OldAddress",
    "Picture",
    "PreviewLink",
    "ProgrammeItem",
    "Question",
    "Registration",
    "Repeats",
    "Series",
    "SeriesChange",
    "Speaker",
    "Subscription",
    "Topic",
]
