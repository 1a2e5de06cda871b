"""What became of some invented projects: amendments, results, papers and evidence, sharing, followers."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from alliance_portal.demo.news import shipped
from alliance_portal.demo.reading import Days, pick, read
from documents import actions as documents
from members.models import University
from projects.models import Amendment, Follower, Milestone, Project, ProjectDocument, Result, Sharing


def add_outcomes(project: Project, days: Days, people: dict[str, User]) -> None:
    """Give a new invented project what the content says about it; most have nothing."""
    rows: dict[str, dict[str, Any]] = {row["code"]: row for row in read("project-outcomes")["outcome"]}
    row = rows.get(project.code, {})
    papers = _papers(project, row.get("papers", []))
    _amendments(project, row.get("amendments", []), papers, days)
    for one in row.get("evidence", []):
        Milestone.objects.filter(project=project, title_en=one["milestone"]).update(
            evidence=papers.get(one.get("paper", "")), evidence_url=one.get("url", "")
        )
    for position, one in enumerate(row.get("results", []), 1):
        values = pick(one, "category", "title", "url")
        Result.objects.create(
            project=project, position=position, reached_on=days.day(one["reached"]), **values
        )
    for university in University.objects.filter(slug__in=row.get("shared", [])):
        Sharing.objects.create(project=project, university=university, shared_at=days.ago(60))
    for name in row.get("followers", []):
        Follower.objects.create(project=project, user=people[name], since=days.ago(30))


def _papers(project: Project, rows: list[dict[str, Any]]) -> dict[str, ProjectDocument]:
    return {
        row["key"]: ProjectDocument.objects.create(
            project=project, document=documents.store(shipped(row["file"]), by=None), is_public=row["public"],
            **pick(row, "title"),
        )
        for row in rows
    }  # fmt: skip


def _amendments(
    project: Project, rows: list[dict[str, Any]], papers: dict[str, ProjectDocument], days: Days
) -> None:
    for number, row in enumerate(rows, 1):
        Amendment.objects.create(
            project=project, number=number, agreed_on=days.day(row["agreed"]),
            document=papers.get(row.get("paper", "")), starts_before=project.starts_on, starts_on=project.starts_on,
            ends_before=days.day(row["ends"]), ends_on=days.day(row["until"]), **pick(row, "reason"),
        )  # fmt: skip
