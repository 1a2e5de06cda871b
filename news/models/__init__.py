from news.models.event import Event
from news.models.item import Attachment, NewsItem, Topic

__all__ = ["Attachment", "Event", "NewsItem", "Topic"]
