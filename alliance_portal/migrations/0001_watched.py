"""Every table whose rows visitors' pages show raises the number of the data when it changes.

It stands here because it is about all rooms. A new table that visitors see gets its own `watch` in a migration of its
room; a test names the tables of which nothing was said.
"""

from django.db import migrations

from ground.watching import watch

WATCHED = [
    "documents_document",
    "members_organisation", "members_identifier", "members_university", "members_membership", "members_figure",
    "members_fieldofeducation", "members_organisationalunit", "members_contact", "members_centrenetwork",
    "members_centre",
    "projects_programme", "projects_project", "projects_fundingline", "projects_teammember", "projects_website",
    "projects_department", "projects_partnership", "projects_milestone", "projects_projectdocument",
    "projects_amendment", "projects_result", "projects_sharing",
    "mobility_call", "mobility_call_projects", "mobility_place", "mobility_requireddocument",
    "news_topic", "news_newsitem", "news_newsitem_topics", "news_newsitem_projects", "news_newsitem_centres",
    "news_newsitem_calls", "news_attachment", "news_event", "news_event_topics", "news_event_projects",
    "news_event_centres",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("ground", "0001_finished"),
        ("documents", "0001_initial"),
        ("members", "0002_sensible_years"),
        ("projects", "0006_browse"),
        ("mobility", "0003_call_projects"),
        ("news", "0002_sensible_years"),
    ]
    operations = [watch(*WATCHED)]
