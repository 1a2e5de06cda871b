"""Everything that ships with the portal, loaded in one go, and the way back."""

from __future__ import annotations

from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from alliance_portal.demo import (
    agreements,
    applications,
    articles,
    calls,
    cast,
    factsheets,
    news,
    newsletter,
    projects,
    universities,
)
from alliance_portal.demo.reading import Days
from ground import clock
from texts.delivery import deliver


def is_loaded() -> bool:
    """Whether invented people are there."""
    return User.objects.filter(is_demo=True).exists()


@transaction.atomic
def load_content() -> None:
    """Real content: reference data, the universities' texts, the guide to funding, S-NET-24-50, two news items, the
    portal's own pages.

    What is there already stays as it is.
    """
    with clock.one_moment(clock.now()):
        call_command("load_reference", verbosity=0)
        universities.load_universities()
        projects.load_programmes()
        projects.load_membership_project()
        news.load_news(Days(clock.now()), demo=False)
        deliver()


@transaction.atomic
def load_demo() -> None:
    """Real content, then invented people, projects, agreements, factsheets, calls, applications, news and events, all
    marked as demo.

    Dates are counted from now. What is there already stays as it is, so a second time changes nothing.
    """
    with clock.one_moment(clock.now()):
        load_content()
        days = Days(clock.now())
        people = cast.load_people()
        cast.load_domains()
        projects.load_projects(days, people)
        agreements.load_agreements(days, people)
        factsheets.load_factsheets(days, people)
        calls.load_calls(days)
        applications.load_applications(days, people)
        news.load_news(days, demo=True)
        articles.load_articles(days)
        newsletter.load_newsletter(days)
