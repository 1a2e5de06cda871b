"""The newsletter of the demo: three invented subscribers, and an issue that went out last week."""

from __future__ import annotations

from alliance_portal.demo.reading import Days
from news.models import Issue, IssueEntry, NewsItem, Subscription, Topic
from news.newsletter.stories import told_of
from news.newsletter.subscribing import digest_of

State, Rhythm = Subscription.State, Subscription.Rhythm
_READERS = (
    ("rasa.kazlauske@people.example", "lt", Rhythm.WEEKLY, []),
    ("joao.pereira@people.example", "en", Rhythm.WEEKLY, ["mobility"]),
    ("ida.hansen@people.example", "en", Rhythm.AT_ONCE, ["research", "challenges"]),
)
_WORDS = {
    "subject_en": "Nine universities, one autumn", "subject_lt": "Devyni universitetai, vienas ruduo",
    "introduction_en": "Calls for studies abroad are open, and the first joint results are here.\n\nHave a good week!",
    "introduction_lt": "Vyksta atranka studijoms užsienyje, pasirodė ir pirmieji bendri rezultatai.\n\nGeros savaitės!",
}  # fmt: skip
_MOST = 5


def load_newsletter(days: Days) -> None:
    """Nothing where an issue is there already."""
    if Issue.objects.exists():
        return
    for email, language, rhythm, topics in _READERS:
        row, made = Subscription.objects.get_or_create(
            digest=digest_of(email),
            defaults={
                "email": email, "language": language, "rhythm": rhythm, "state": State.LIVE, "is_demo": True,
                "created_at": days.ago(20, 2), "asked_at": days.ago(20, 2), "confirmed_at": days.ago(20, 1),
            },
        )  # fmt: skip
        if made:
            row.topics.set(Topic.objects.filter(slug__in=topics))
    sent = days.ago(7)
    issue = Issue.objects.create(
        **_WORDS, state=Issue.State.SENT, number=1, changed_at=sent, started_at=sent, finished_at=sent,
        audience=2, looked_at=2, is_demo=True,
    )  # fmt: skip
    items = NewsItem.objects.live().filter(is_demo=True, published_at__lt=sent)
    for position, item in enumerate(items.order_by("-published_at", "-pk")[:_MOST]):
        IssueEntry.objects.create(issue=issue, position=position, item=item, told=told_of(item))
