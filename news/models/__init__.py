from news.models.desk import ItemDraft, OldAddress, PreviewLink
from news.models.event import Event
from news.models.item import Attachment, NewsItem, Topic
from news.models.picture import Picture

__all__ = ["Attachment", "Event", "ItemDraft", "NewsItem", "OldAddress", "Picture", "PreviewLink", "Topic"]
