"""Every address and who gets what there. `tests/test_access.py` runs it and fails on an address without a row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from reversion.models import Version

from news import showing, social
from news.newsletter import links as newsletter_links
from news.registering import links
from news.restoring import versions_of
from notifications import links as mail_links
from projects.history import revisions_of
from tests.access import EVERYBODY, LOGIN, MAY, ON, SIGNED_IN, Row, form, only, page, public, signed_in, step
from texts import delivery
from texts.models import StaticPage

OFFICE = ["egle", "laima"]
PERIOD = "projects.period_ends"
KTU_MANAGERS = ["dainius", *OFFICE]
KTU_STAFF = ["ruta", "jonas", "ieva", *KTU_MANAGERS]


def key(name: str) -> Any:
    return lambda w: {"key": getattr(w, name).key}


def slug(name: str, **more: Any) -> Any:
    return lambda w: {"slug": getattr(w, name).slug} | more


def way_of_dainius(w: SimpleNamespace) -> dict[str, Any]:
    return {"token": mail_links.token_for(w.cast["dainius"].uuid, PERIOD)}


def uuid(name: str, **more: Any) -> Any:
    return lambda w: {"uuid": getattr(w, name).uuid} | more


def project_paper(name: str) -> Any:
    return lambda w: {"key": w.project.key, "uuid": getattr(w, name).document.uuid}


def milestone(w: SimpleNamespace) -> dict[str, Any]:
    return {"key": w.project.key, "uuid": w.milestone.uuid}


def amendment(w: SimpleNamespace) -> dict[str, Any]:
    return {"key": w.amended_project.key, "uuid": w.amendment.uuid}


def first_revision(w: SimpleNamespace) -> dict[str, Any]:
    return {"key": w.project.key, "revision": revisions_of(w.project).order_by("pk").first().pk}


def attachment(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.news.slug, "pk": w.attachment.uuid}


def event_paper(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.draft_event.slug, "pk": w.event_paper.uuid}


def event_certificate(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.event.slug, "pk": w.registration.uuid}


def news_version(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.draft_news.slug, "revision": versions_of(w.draft_news).first().pk}


def news_link(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.previewed.slug, "pk": w.preview_link.uuid}


def picture_of(picture: Any) -> dict[str, Any]:
    return {"pk": picture.uuid, "name": showing.original(picture).rpartition("/")[2]}


def preview_picture(w: SimpleNamespace) -> dict[str, Any]:
    return {"token": w.preview_link.token, **picture_of(w.draft_picture)}


def preview_paper(w: SimpleNamespace) -> dict[str, Any]:
    return {"token": w.preview_link.token, "pk": w.previewed_paper.uuid}


def card_of(item: Any) -> dict[str, Any]:
    return {"language": "en", "slug": item.slug, "name": social.digest(item)}


def application_paper(w: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": w.submitted.uuid, "document": w.paper.document.uuid}


def paper_of_another(w: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": w.draft.uuid, "document": w.paper.document.uuid}


def kept_table(w: SimpleNamespace) -> dict[str, Any]:
    return {"slug": w.call.slug, "uuid": w.kept_table.uuid}


def reviewed_paper(w: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": w.review.uuid, "document": w.paper.document.uuid}


def newsletter_token(w: SimpleNamespace) -> dict[str, Any]:
    return {"token": newsletter_links.token_of(w.reader.uuid)}


def issue(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).uuid}


def token(name: str) -> Any:
    return lambda w: {"token": links.token_of(getattr(w, name).uuid)}


def led(name: str, who: list[str], args: Any, relation: str = "") -> list[Row]:
    """A step to which signing in may lead back: looked at, it leads on to its page."""
    asked, _looked_at = step(name, who, args, relation)
    return [asked, Row(name, relation, args, who=only(who, ON))]


PAGES = [
    *(public(f"pages:{name}") for name in (
        "home", "search", "suggestions", "about", "accessibility", "privacy", "cookies", "contacts", "offline",
        "components", "demo_mail", "feeds",
    )),
    Row("pages:agreements", others=ON),
    Row("pages:demo_mail_message", "absent", lambda w: {"name": "nothing.eml"}),
    signed_in("pages:my_work"),
    page("pages:queue", OFFICE),
    *step("pages:queue_release", OFFICE),
    Row("pages:queue_address", "", lambda w: {"uuid": w.failed_message.uuid}, "post", only(OFFICE, MAY), 404),
    Row("pages:queue_address", "", lambda w: {"uuid": w.failed_message.uuid}, who=only(OFFICE, ON), others=404),
    *step("pages:queue_decide", OFFICE, lambda w: {"uuid": w.failed_message.uuid, "decision": "again"}),
    public("livez"), public("readyz"), public("metrics"), public("sitemap"), public("robots"),
    public("sitemap_section", lambda w: {"section": "news"}),
    Row("sitemap_section", "absent", lambda w: {"section": "nothing"}),
    *(public("pages:search_all", lambda w, k=k: {"kind": k}, k) for k in ("news", "places")),
    Row("pages:search_all", "absent", lambda w: {"kind": "nothing"}),
    Row("favicon", others=ON),
    public("news_feed", lambda w: {"language": "en"}),
    public("news_feed_topic", lambda w: {"language": "en", "slug": "mobility"}),
    Row("news_feed_topic", "no such topic", lambda w: {"language": "en", "slug": "nothing"}),
    public("news_feed_university", lambda w: {"language": "lt", "slug": w.ktu.slug}),
    Row("news_feed_university", "none of ours", lambda w: {"language": "lt", "slug": "nothing"}),
    public("events_calendar", lambda w: {"language": "lt"}),
    Row("news_feed", "in no language of ours", lambda w: {"language": "xx"}),
    Row("events_calendar", "in no language of ours", lambda w: {"language": "xx"}),
]  # fmt: skip

PROJECTS = [
    public("projects:list"), public("funding:index"), public("funding:detail", slug("programme")),
    Row("funding:detail", "absent", lambda w: {"slug": "nothing"}),
    public("projects:detail", key("project"), "published"),
    public("projects:detail", key("archived_project"), "archived"),
    public("projects:summary"), public("projects:report", key("project"), "published"),
    public("projects:report", key("archived_project"), "archived"),
    Row("projects:report", "draft", key("draft_project"), who=dict.fromkeys(KTU_MANAGERS, 200)),
    Row("projects:report", "draft elsewhere", key("foreign_draft"), who=dict.fromkeys(["manager", *OFFICE], 200)),
    Row("projects:report", "absent", lambda w: {"key": "nothing"}),
    Row("projects:detail", "draft", key("draft_project"), who=dict.fromkeys(KTU_MANAGERS, 200)),
    Row("projects:detail", "draft elsewhere", key("foreign_draft"), who=dict.fromkeys(["manager", *OFFICE], 200)),
    Row("projects:detail", "absent", lambda w: {"key": "nothing"}),
    *(public("projects:export", lambda w, f=f: {"format": f}, f) for f in ("csv", "xlsx", "json")),
    Row("projects:export", "in no format of ours", lambda w: {"format": "exe"}),
    public("projects:timeline"), signed_in("projects:calendar"),
    Row("projects:calendar", "", method="post", who=only(SIGNED_IN, MAY), data={"step": "make"}),
    Row("project_calendar", "of nobody", lambda w: {"token": "made-up"}),
    *form("projects:create", ["dainius", "manager", *OFFICE], others=403),
    *form("projects:edit", KTU_MANAGERS, key("project"), "published"),
    *form("projects:edit", KTU_MANAGERS, key("draft_project"), "draft"),
    *form("projects:edit", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere"),
    # A draft is kept for who was signed in when the form was shown, so the address itself asks nobody to sign in.
    step("projects:draft_new", ["dainius", "manager", *OFFICE], others=403, title_en="Typed")[0],
    step("projects:draft", KTU_MANAGERS, key("project"), title_en="Typed", version="1")[0],
    step("projects:draft", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere", title_en="Typed")[0],
    Row("projects:draft_new", others=405), Row("projects:draft", "", key("project"), others=405),
    *step("projects:preview_new", ["dainius", "manager", *OFFICE], others=403),
    *step("projects:preview", KTU_MANAGERS, key("project")),
    *step("projects:preview", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere"),
    *step("projects:text", ["dainius", "manager", *OFFICE], others=403, text="*Shown*"),
    Row("projects:organisations", "", who=only(["dainius", "manager", *OFFICE], 200), others=403),
    signed_in("projects:filters"),
    Row("projects:filters", "", method="post", who=only(SIGNED_IN, MAY), data={"name": "Mine"}),
    page("projects:filter_rename", ["ana"], uuid("own_filter"), "one's own"),
    Row("projects:filter_rename", "one's own", uuid("own_filter"), "post", only(["ana"], MAY), data={"name": "Mine"}),
    *step("projects:filter_remove", ["ana"], uuid("own_filter"), "one's own"),
    page("projects:history", KTU_STAFF, key("project")),
    page("projects:history", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere"),
    *step("projects:publication", KTU_MANAGERS, key("project"), step="become_rector"),
    *step("projects:follow", SIGNED_IN, key("project"), "published", step="follow"),
    *step("projects:follow", KTU_MANAGERS, key("draft_project"), "draft", step="unfollow"),
    signed_in("projects:followed"),
    Row("projects:dashboard", "", who=only(["dainius", "manager", *OFFICE], 200), others=403),
    *form("projects:documents", KTU_MANAGERS, key("project")),
    public("projects:document", project_paper("public_paper"), "public"),
    Row("projects:document", "internal", project_paper("internal_paper"), who=dict.fromkeys(KTU_STAFF, 200)),
    Row("projects:document", "of another project",
        lambda w: {"key": w.archived_project.key, "uuid": w.public_paper.document.uuid}),
    page("projects:document_remove", KTU_MANAGERS, project_paper("internal_paper")),
    Row("projects:document_remove", "internal", project_paper("internal_paper"), "post",
        only(KTU_MANAGERS, MAY), 404),
]  # fmt: skip

SHARING = ["dainius", "manager", *OFFICE]  # who keeps the project that Aveiro shares with KTU
STEPS = [
    *form("projects:amend", KTU_MANAGERS, key("project")),
    *form("projects:amend", SHARING, key("shared_project"), "shared"),
    Row("projects:amend", "archived", key("archived_project"), who=only(KTU_MANAGERS, 409)),
    page("projects:amendment_withdraw", KTU_MANAGERS, amendment),
    Row("projects:amendment_withdraw", "", amendment, "post", only(KTU_MANAGERS, MAY), 404),
    page("projects:amendment_withdraw", [], lambda w: amendment(w) | {"key": w.project.key}, "of another project"),
    *form("projects:milestone_done", KTU_MANAGERS, milestone),
    Row("projects:milestone_done", "of another project", lambda w: milestone(w) | {"key": w.archived_project.key},
        who=only([], 200)),
    page("projects:delete", KTU_MANAGERS, key("draft_project")),
    page("projects:delete", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere"),
    *(Row("projects:delete", "published", key("project"), m, only(KTU_MANAGERS, 409)) for m in ("get", "post")),
    *form("projects:sharing", KTU_MANAGERS, key("project")),
    *(Row("projects:sharing", "shared", key("shared_project"), m, only(["manager", *OFFICE], s) | {"dainius": 403})
      for m, s in (("get", 200), ("post", MAY))),
    *form("projects:duplicate", KTU_MANAGERS, key("project")),
    *form("projects:duplicate", SHARING, key("shared_project"), "shared"),
    page("projects:history_compare", KTU_STAFF, key("project")),
    page("projects:history_compare", ["manager", *OFFICE], key("foreign_draft"), "draft elsewhere"),
    *form("projects:restore", KTU_MANAGERS, first_revision),
    page("projects:restore", [], lambda w: first_revision(w) | {"key": w.amended_project.key}, "of another project"),
    *form("projects:edit", SHARING, key("shared_project"), "shared"),
    *form("projects:documents", SHARING, key("shared_project"), "shared"),
    page("projects:history", SHARING, key("shared_project"), "shared"),
    Row("projects:publication", "shared", key("shared_project"), "post",
        only(["manager", *OFFICE], MAY) | {"dainius": 403}, 404, {"step": "publish"}),
    *form("projects:bulk", ["dainius", "manager", *OFFICE], others=403),
    page("projects:bulk_change", ["dainius"], uuid("bulk_change")),
    page("projects:bulk_state", ["dainius"], uuid("bulk_change")),
    *step("projects:bulk_undo", ["dainius"], uuid("bulk_change")),
]  # fmt: skip


def sheet(name: str, **more: Any) -> Any:
    return lambda w: {"slug": w.ktu.slug, "year": getattr(w, name).year_in_address} | more


KTU_COORDINATION = ["ruta", *OFFICE]
FACTSHEETS = [
    public("members:factsheet", sheet("factsheet"), "published"),
    Row("members:factsheet", "draft", sheet("draft_factsheet"), who=dict.fromkeys(KTU_COORDINATION, 200)),
    Row("members:factsheet", "of no such year", sheet("factsheet", year="2026-2028")),
    Row("members:factsheet", "of another university", sheet("factsheet", slug="aveiro")),
    *form("members:factsheet_create", KTU_COORDINATION, slug("ktu")),
    *form("members:factsheet_create", ["bruno", *OFFICE], slug("aveiro"), "elsewhere"),
    *form("members:factsheet_edit", KTU_COORDINATION, sheet("factsheet"), "published"),
    *form("members:factsheet_edit", KTU_COORDINATION, sheet("draft_factsheet"), "draft"),
    page("members:factsheet_history", KTU_COORDINATION, sheet("factsheet"), "published"),
    page("members:factsheet_history", KTU_COORDINATION, sheet("draft_factsheet"), "draft"),
    *(r for way in ("publish", "unpublish") for r in step(
        "members:factsheet_publication", KTU_COORDINATION, sheet("draft_factsheet"), way, step=way)),
    public("factsheets_calendar", lambda w: {"language": "lt", "slug": "ktu"}),
    Row("factsheets_calendar", "in no language of ours", lambda w: {"language": "xx", "slug": "ktu"}),
    Row("factsheets_calendar", "absent", lambda w: {"language": "en", "slug": "nothing"}),
]  # fmt: skip


def version(name: str, **more: Any) -> Any:
    return lambda w: {"uuid": getattr(w, name).uuid, "number": 1} | more


KTU_SIDE = ["ruta", *OFFICE]
BOTH_SIDES = ["ruta", "bruno", *OFFICE]
OF_AVEIRO = {"bruno": 403}
AGREEMENTS = [
    page("members:agreements", ["ruta", "bruno", "chiara", *OFFICE]),
    *(page("members:agreements_export", ["ruta", "bruno", "chiara", *OFFICE], lambda w, f=f: {"format": f}, f)
      for f in ("csv", "xlsx")),
    Row("members:agreements_export", "in no format of ours", lambda w: {"format": "exe"}, who={"nobody": LOGIN}),
    page("members:agreement_balance", ["ruta", "bruno", "chiara", *OFFICE]),
    *(page("members:agreement_balance_export", ["ruta", "bruno", "chiara", *OFFICE], lambda w, f=f: {"format": f}, f)
      for f in ("csv", "xlsx")),
    Row("members:agreement_balance_export", "in no format of ours", lambda w: {"format": "exe"}, who={"nobody": LOGIN}),
    *form("members:agreement_new", ["ruta", "bruno", "chiara", *OFFICE]),
    page("members:agreement", BOTH_SIDES, uuid("agreed"), "in force"),
    page("members:agreement", BOTH_SIDES, uuid("proposed"), "sent"),
    page("members:agreement", KTU_SIDE, uuid("drafted"), "draft"),
    page("members:agreement_version", BOTH_SIDES, version("agreed"), "in force"),
    page("members:agreement_version", KTU_SIDE, version("drafted"), "draft"),
    page("members:agreement_compare", BOTH_SIDES, version("agreed", other=1)),
    page("members:agreement_pdf", BOTH_SIDES, version("agreed"), "in force"),
    page("members:agreement_pdf", KTU_SIDE, version("drafted"), "draft"),
    Row("members:agreement_code", "of KTU", uuid("agreed", place=1), "post", only(KTU_SIDE, MAY) | OF_AVEIRO),
    Row("members:agreement_code", "of KTU", uuid("agreed", place=1), who=only([], 200), others=405),
    *form("members:agreement_edit", KTU_SIDE, version("drafted"), "draft"),
    Row("members:agreement_edit", "sent", version("proposed"), who=only(KTU_SIDE, 409) | OF_AVEIRO),
    *form("members:agreement_send", KTU_SIDE, version("drafted"), "draft"),
    *(Row("members:agreement_approve", "sent", version("proposed"), m,
          only(["ruta", "bruno"], status) | dict.fromkeys(OFFICE, 403))
      for m, status in (("get", 200), ("post", MAY))),
    *(Row("members:agreement_return", "sent", version("proposed"), m,
          only(["bruno"], status) | dict.fromkeys(KTU_SIDE, 403)) for m, status in (("get", 200), ("post", MAY))),
    *(Row("members:agreement_withdraw", "sent", version("proposed"), m, only(KTU_SIDE, status) | OF_AVEIRO)
      for m, status in (("get", 200), ("post", MAY))),
    *form("members:agreement_change", BOTH_SIDES, uuid("agreed"), "in force"),
    *form("members:agreement_terminate", BOTH_SIDES, uuid("agreed"), "in force"),
    *form("members:agreement_abandon", BOTH_SIDES, uuid("proposed"), "sent"),
]  # fmt: skip

MEMBERS = [
    public("members:list"), public("members:detail", slug("ktu")), public("members:centre", slug("centre")),
    public("members:compare"),
    Row("members:detail", "absent", lambda w: {"slug": "nothing"}),
    *FACTSHEETS,
    Row("members:centre", "absent", lambda w: {"slug": "nothing"}),
]  # fmt: skip

KEEPERS = ["ruta", *OFFICE]  # who edits KTU


def part(name: str) -> Any:
    return lambda w: {"slug": w.ktu.slug, "part": name}


def kept_at_ktu(name: str) -> Any:
    return lambda w: {"slug": w.ktu.slug, "uuid": getattr(w, name).uuid}


EDITING = [
    *(page(f"members:edit{of}", KEEPERS, slug("ktu")) for of in ("", "_units", "_contacts", "_centres", "_history")),
    *(row for name in ("profile", "facts", "figures", "studies")
      for row in form("members:edit_part", KEEPERS, part(name), name)),
    *form("members:edit_part", OFFICE, part("memberships"), "memberships"),
    *form("members:edit_part", OFFICE, part("portal"), "time zone and domains"),
    *form("members:edit_part", [], part("horoscope"), "no such part"),
    *(row for kind in ("unit", "contact") for row in (
        *form(f"members:edit_{kind}_new", KEEPERS, slug("ktu")),
        *form(f"members:edit_{kind}", KEEPERS, kept_at_ktu(kind)),
        *form(f"members:edit_{kind}_remove", KEEPERS, kept_at_ktu(kind)),
        page(f"members:edit_{kind}", [], lambda w, kind=kind: {"slug": "aveiro", "uuid": getattr(w, kind).uuid},
             "of another university"),
    )),
    *form("members:edit_alliance", OFFICE),
    *form("members:edit_network_new", OFFICE),
    *form("members:edit_network", OFFICE, lambda w: {"pk": w.network.pk}),
    *form("members:edit_network_remove", OFFICE, lambda w: {"pk": w.network.pk}),
    page("members:network_history", OFFICE, lambda w: {"pk": w.network.pk}),
    page("members:alliance_history", OFFICE),
    page("members:edit_schools", KEEPERS, slug("ktu")),
    page("members:edit_schools", [], slug("aveiro"), "of what is no group"),
    *form("members:edit_school_new", KEEPERS, slug("ktu")),
    *form("members:edit_school_attach", KEEPERS, slug("ktu")),
    *form("members:edit_school", KEEPERS, kept_at_ktu("school")),
    *form("members:edit_school_detach", KEEPERS, kept_at_ktu("school")),
    page("members:school_history", KEEPERS, kept_at_ktu("school")),
    page("members:edit_school", [], lambda w: {"slug": "aveiro", "uuid": w.school.uuid}, "of another group"),
    *form("members:centre_new", ["ruta", "bruno", "chiara", *OFFICE]),
    *form("members:edit_centre", ["bruno", *OFFICE], slug("centre")),
    *form("members:centre_remove", ["bruno", *OFFICE], slug("centre")),
    page("members:centre_history", ["bruno", *OFFICE], slug("centre")),
    page("members:unit_history", KEEPERS, kept_at_ktu("unit")),
    page("members:unit_history", [], lambda w: {"slug": "aveiro", "uuid": w.unit.uuid}, "of another university"),
]  # fmt: skip

COORDINATORS = ["ruta", "bruno", "chiara"]
JOINING = [
    *(Row("members:join", "", method=m, who=only(SIGNED_IN, s)) for m, s in (("get", 200), ("post", MAY))),
    *step("members:join_leave", SIGNED_IN, choice="later"),
    signed_in("members:join_contacts", slug("ktu")),
    Row("members:join_contacts", "absent", lambda w: {"slug": "nothing"}, who={"nobody": LOGIN}),
    *step("members:join_withdraw", ["former"], uuid("role_request"), "one's own"),
    page("members:requests", [*COORDINATORS, *OFFICE]),
    *form("members:request", ["ruta", *OFFICE], uuid("role_request"), "at KTU", answer="grant"),
    *form("members:request", ["bruno", *OFFICE], uuid("ruta_request"), "of a coordinator elsewhere", answer="grant"),
]  # fmt: skip

READERS = ["ruta", *OFFICE]
DECIDE = ["ruta", "laima"]
MOBILITY = [
    public("mobility:index"), public("mobility:calls"), public("mobility:call", slug("call"), "published"),
    Row("mobility:call", "draft", slug("draft_call"), who=dict.fromkeys(READERS, 200)),
    Row("mobility:call", "absent", lambda w: {"slug": "nothing"}),
    Row("mobility:apply", "open", slug("call"), "post", only(["ana", "student"], ON), 403),
    Row("mobility:apply", "draft", slug("draft_call"), "post", only(READERS, 403), 404),
    Row("mobility:apply", "open", slug("call"), who=only(SIGNED_IN, ON)),
    *form("mobility:call_new", ["ruta", "bruno", "chiara", "laima"]),
    *form("mobility:call_edit", DECIDE, slug("draft_call"), "draft"),
    *form("mobility:call_edit", DECIDE, slug("call"), "published"),
    Row("mobility:call_draft", "draft", slug("draft_call"), "post", only(DECIDE, 200), 404, {"title_en": "Mine"}),
    page("mobility:call_preview", DECIDE, slug("draft_call")),
    page("mobility:call_history", DECIDE, slug("call")),
    *step("mobility:call_copy", DECIDE, slug("call")),
    *step("mobility:call_step", DECIDE, lambda w: {"slug": w.draft_call.slug, "step": "publish"}),
    Row("mobility:call_step", "no such step", lambda w: {"slug": w.call.slug, "step": "rejoice"}, "post",
        {"nobody": LOGIN}, 404),
    Row("mobility:apply", "not started yet", slug("unstarted_call"),
        who=only(SIGNED_IN, ON) | {"tomas": 200}),
    page("mobility:call_applications", READERS, slug("call")),
    page("mobility:call_numbers", READERS, slug("call")),
    page("mobility:office_numbers", ["ruta", "bruno", "chiara", "egle", "laima"]),
    *step("mobility:table_save", READERS, slug("call")),
    *step("mobility:table_remove", READERS, kept_table),
    page("mobility:applications_export", READERS, slug("call", format="csv")),
    Row("mobility:applications_export", "no such kind", slug("call", format="exe"), who={"nobody": LOGIN}),
    page("mobility:applications_archive", DECIDE, slug("call")),
    Row("mobility:call_bulk", "", slug("call"), who=only(DECIDE, ON)),
    Row("mobility:call_bulk", "preview", slug("call"), "post", only(DECIDE, MAY), 404, {"step": "find_eligible"}),
    page("mobility:bulk_decisions", DECIDE, slug("call")),
    page("mobility:bulk_decision", DECIDE, uuid("bulk")),
    *step("mobility:bulk_undo", DECIDE, uuid("bulk")),
    *form("mobility:call_reviewers", DECIDE, slug("call")),
    Row("mobility:application_reviewers", "", uuid("submitted"), "post",
        {"nobody": LOGIN, "ruta": MAY, "laima": MAY, "egle": 403}, data={"reviewer": "x"}),
    Row("mobility:application_reviewers", "", uuid("submitted"), "get", {"nobody": LOGIN}, 405),
    Row("mobility:application_conflict", "", uuid("submitted"), "post",
        {"nobody": LOGIN, "ruta": MAY, "laima": MAY, "egle": 403}, data={"reviewer": "x", "reason": "Cousins."}),
    Row("mobility:application_conflict", "", uuid("submitted"), "get", {"nobody": LOGIN}, 405),
    Row("mobility:application_reply", "", uuid("submitted"), who=only(READERS, ON)),
    Row("mobility:application_reply", "", uuid("submitted"), "post",
        {"nobody": LOGIN, "ruta": MAY, "laima": MAY, "egle": 403}, data={"text": "In March."}),
    Row("mobility:application_reply", "of a draft", uuid("draft"), "post", {"nobody": LOGIN}, 404),
    Row("mobility:application_note", "", uuid("submitted"), "post",
        {"nobody": LOGIN, "ruta": MAY, "laima": MAY, "egle": 403}, data={"text": "Looks fine."}),
    Row("mobility:application_note", "", uuid("submitted"), who=only(READERS, ON)),
    Row("mobility:appeal_answer", "", uuid("submitted"), "post",
        {"nobody": LOGIN, "ruta": MAY, "laima": MAY, "egle": 403}, data={"step": "refuse_appeal"}),
    Row("mobility:appeal_answer", "", uuid("submitted"), who=only(READERS, ON)),
    signed_in("mobility:my_reviews"),
    *step("mobility:impartiality", ["jonas"], slug("call")),
    *form("mobility:review_sheet", ["jonas"], uuid("review")),
    *step("mobility:review_conflict", ["jonas"], uuid("review")),
    page("mobility:review_document", ["jonas"], reviewed_paper),
    signed_in("mobility:my_applications"),
    page("mobility:application", ["ana"], uuid("draft"), "draft"),
    Row("mobility:application", "submitted", uuid("submitted"),
        who=only(["student"], 200) | dict.fromkeys(READERS, ON)),
    page("mobility:application_part", ["ana"], uuid("draft", part="personal"), "draft"),
    Row("mobility:application_part", "draft", uuid("draft", part="personal"), "post", only(["ana"], MAY), 404),
    Row("mobility:application_part", "no such part", uuid("draft", part="horoscope"), who={"nobody": LOGIN}),
    Row("mobility:application_draft", "draft", uuid("draft", part="motivation"), "post", only(["ana"], 200), 404,
        {"motivation": "Because."}),
    Row("mobility:application_draft", "no such part", uuid("draft", part="horoscope"), "post", {"nobody": LOGIN}, 404),
    page("mobility:application_files", [], uuid("draft"), "no questions"),
    Row("mobility:application_files", "nothing asked", uuid("draft"), "post", {"nobody": LOGIN}, 404),
    page("mobility:application_check", ["ana"], uuid("draft"), "draft"),
    *led("mobility:application_submit", ["ana"], uuid("draft"), "draft"),
    page("mobility:application_receipt", ["student"], uuid("submitted")),
    page("mobility:application_receipt_pdf", ["student"], uuid("submitted")),
    page("mobility:application_receipt_pdf", [], uuid("draft"), "draft"),
    *form("mobility:application_messages", ["student"], uuid("submitted"), text="When is the decision?"),
    *form("mobility:application_messages", ["ana"], uuid("draft"), "draft", text="May I?"),
    # An answer that can't be appealed against is told to its owner, on both ways.
    Row("mobility:application_appeal", "nothing to appeal", uuid("submitted"), who=only(["student"], 409)),
    Row("mobility:application_appeal", "nothing to appeal", uuid("submitted"), "post", only(["student"], 409), 404,
        {"text": "Because."}),
    *form("mobility:application_appeal", ["former"], uuid("refused"), text="Because."),
    *step("mobility:application_appeal_withdraw", ["former"],
          lambda w: {"uuid": w.refused.uuid, "appeal": w.appeal.uuid}),
    Row("mobility:application_appeal", "of a draft", uuid("draft"), who=only(["ana"], 409)),
    *led("mobility:application_take_back", ["student"], uuid("submitted")),
    *form("mobility:application_withdraw", ["student"], uuid("submitted")),
    *led("mobility:application_answer", ["tomas"], uuid("offered")),
    page("mobility:application_review", READERS, uuid("submitted")),
    page("mobility:application_review", [], uuid("draft"), "draft"),
    Row("mobility:application_decide", "", uuid("submitted"), "post",
        only(["ruta", "laima"], MAY) | {"egle": 403}, 404, {"step": "find_ineligible", "note": "Too few credits."}),
    Row("mobility:application_decide", "no such step", uuid("submitted"), "post",
        only(READERS, 409), 404, {"step": "become_rector"}),
    Row("mobility:application_decide", "", uuid("submitted"), who=only(READERS, ON)),
    page("mobility:application_documents", ["ana"], uuid("draft"), "draft"),
    Row("mobility:application_documents", "draft", uuid("draft"), "post", only(["ana"], MAY), 404,
        lambda w: {"asked": w.asked.uuid}),
    Row("mobility:application_documents", "nothing asked", uuid("draft"), "post", {"nobody": LOGIN}, 404),
    page("mobility:application_document", ["student", "ruta", "laima"], application_paper),
    page("mobility:application_document", [], paper_of_another, "of another application"),
    # A paper that is not there is removed already: the owner of the draft goes back to the list, nothing changes.
    *step("mobility:application_document_remove", ["ana"], paper_of_another, "of another application"),
]  # fmt: skip

EDITORS = ["ieva", *OFFICE]
NEWS = [
    public("news:list"), public("news:events"), public("news:detail", slug("news"), "published"),
    public("news:event", slug("event")), public("news:event_ics", slug("event")),
    Row("news:detail", "draft", slug("draft_news"), who=dict.fromkeys(EDITORS, 200)),
    Row("news:event", "draft", slug("draft_event"), who=dict.fromkeys(EDITORS, 200)),
    Row("news:event_ics", "draft", slug("draft_event"), who=dict.fromkeys(EDITORS, 200)),
    public("news:attachment", attachment),
    page("news:desk", EDITORS), *form("news:create", EDITORS, others=403),
    *form("news:edit", EDITORS, slug("draft_news"), "draft"),
    *step("news:draft", EDITORS, slug("draft_news"), "draft"), *step("news:text", EDITORS, slug("draft_news"), "draft"),
    *step("news:pasted", EDITORS, others=403),
    page("news:kept_picture", ["ieva"], lambda w: {"slug": w.draft_news.slug, "pk": w.kept_picture.uuid}, "one's own"),
    Row("news:links", who=only(EDITORS, 200), others=403),
    Row("news:history", "draft", slug("draft_news"), who=only(EDITORS, 200)),
    Row("news:history", "published", slug("news"), who=only(EDITORS, 200), others=403),
    *form("news:restore", EDITORS, news_version, "draft"),
    *step("news:preview_make", EDITORS, slug("draft_news"), "draft"),
    *step("news:preview_withdraw", EDITORS, news_link, "draft"),
    public("news:preview", lambda w: {"token": w.preview_link.token}, "with its secret"),
    Row("news:preview", "wrong secret", lambda w: {"token": f"{w.preview_link.uuid}~wrong"}),
    public("news:preview_picture", preview_picture, "with its secret"),
    public("news:preview_paper", preview_paper, "with its secret"),
    Row("news:preview_paper", "wrong secret", lambda w: preview_paper(w) | {"token": "wrong"}),
    Row("news:preview_paper", "of another article", lambda w: preview_paper(w) | {"pk": w.attachment.uuid}),
    Row("news:preview_picture", "wrong secret", lambda w: preview_picture(w) | {"token": "wrong"}),
    public("news_picture", lambda w: picture_of(w.news_picture), "published"),
    Row("news_picture", "draft", lambda w: picture_of(w.draft_picture), who=dict.fromkeys(EDITORS, 200)),
    public("news_card", lambda w: card_of(w.news), "published"),
    Row("news_card", "draft", lambda w: card_of(w.draft_news)),
    public("event_card", lambda w: card_of(w.event), "published"),
    Row("event_card", "draft", lambda w: card_of(w.draft_event)),
    *form("news:topics", OFFICE), *form("news:topic", OFFICE, lambda w: {"slug": "mobility"}),
    *form("news:lead", OFFICE), *step("news:lead_end", OFFICE), *step("news:lead_undo", OFFICE, last="0" * 32),
    *step("news:topic_remove", OFFICE, lambda w: {"slug": "mobility"}),
    *step("news:step", EDITORS, slug("draft_news"), "draft", step="become_rector"),
]  # fmt: skip

NEWSLETTER = [
    public("news:newsletter"), Row("news:newsletter", "", method="post", who=dict.fromkeys(EVERYBODY, MAY)),
    public("news:newsletter_issue", lambda w: {"number": 1}, "sent"),
    Row("news:newsletter_issue", "never sent", lambda w: {"number": 2}),
    public("news:newsletter_own", newsletter_token, "whoever has the letter"),
    Row("news:newsletter_own", "", newsletter_token, "post", dict.fromkeys(EVERYBODY, MAY), data={"step": "x"}),
    Row("news:newsletter_own", "made up", lambda w: {"token": "made-up"}),
    public("newsletter_leave", newsletter_token, "whoever has the letter"),
    Row("newsletter_leave", "", newsletter_token, "post", dict.fromkeys(EVERYBODY, 200)),
    Row("newsletter_leave", "made up", lambda w: {"token": "made-up"}),
    page("news:newsletter_desk", OFFICE), *step("news:newsletter_new", OFFICE),
    *form("news:newsletter_edit", OFFICE, issue("draft_issue"), "draft"),
    page("news:newsletter_edit", OFFICE, issue("issue"), "sent"),
    page("news:newsletter_preview", OFFICE, issue("draft_issue")),
    page("news:newsletter_confirm", OFFICE, issue("draft_issue"), "draft"),
    *step("news:newsletter_step", OFFICE, issue("draft_issue"), step="become_rector"),
]  # fmt: skip

EVENTS = [
    public("university_events", lambda w: {"language": "en", "slug": w.ktu.slug}),
    Row("university_events", "absent", lambda w: {"language": "en", "slug": "nothing"}),
    public("topic_events", lambda w: {"language": "lt", "slug": "mobility"}),
    Row("topic_events", "absent", lambda w: {"language": "lt", "slug": "nothing"}),
    page("news:event_desk", EDITORS), *form("news:event_create", EDITORS, others=403),
    *form("news:event_edit", EDITORS, slug("draft_event"), "draft"),
    *form("news:event_edit", EDITORS, slug("event"), "published", others=403),
    *form("news:event_edit", OFFICE, slug("foreign_event"), "elsewhere", others=403),
    *step("news:event_draft", EDITORS, slug("draft_event"), "draft"),
    *step("news:event_draft", OFFICE, slug("foreign_event"), "elsewhere", others=403),
    *step("news:event_text", EDITORS, slug("draft_event"), "draft"),
    Row("news:event_attachment", "draft", event_paper, who=dict.fromkeys(EDITORS, 200)),
    Row("news:event_attachment", "of another event", lambda w: event_paper(w) | {"slug": w.event.slug}),
    Row("news:event_series", "", slug("repeated_event"), who=only(EDITORS, 200), others=403),
    page("news:event_series", [], slug("draft_event"), "a single event"),
    *form("news:event_series_registration", EDITORS, slug("repeated_event"), others=403),
    *form("news:event_series_rule", EDITORS, slug("repeated_event"), others=403),
    Row("news:event_series_undo", "never changed", slug("repeated_event"), "post", only(EDITORS, 404), 403),
    Row("news:event_certificate", "", event_certificate, who=only(EDITORS, 200), others=403),
    Row("news:event_certificate", "of another event",
        lambda w: event_certificate(w) | {"slug": w.foreign_event.slug}, who=only(OFFICE, 404), others=403),
    Row("news:event_certificates", "", lambda w: {"slug": w.event.slug, "part": 1}, who=only(EDITORS, 200), others=403),
    Row("news:event_certificates", "no such part", lambda w: {"slug": w.event.slug, "part": 2},
        who=only(EDITORS, 404), others=403),
    *form("news:event_programme", EDITORS, slug("event"), others=403),
    *step("news:event_step", EDITORS, slug("draft_event"), "draft", step="become_rector"),
    *form("news:event_cancel", EDITORS, slug("event"), others=403),
    page("news:event_history", EDITORS, slug("draft_event"), "draft"),
    *form("news:event_admission", EDITORS, slug("event"), others=403),
    *form("news:event_people", EDITORS, slug("event"), others=403),
    *form("news:event_people", OFFICE, slug("foreign_event"), "elsewhere", others=403),
    Row("news:event_people_file", "", slug("event"), who=only(EDITORS, 200), others=403),
    Row("news:event_people_file", "elsewhere", slug("foreign_event"), who=only(OFFICE, 200), others=403),
    *form("news:event_follow_up", EDITORS, slug("event"), others=403),
    Row("news:event_register", "open", slug("event"), who=dict.fromkeys(EVERYBODY, 200) | {"ana": ON}),
    Row("news:event_register", "without registration", slug("foreign_event")),
    Row("news:event_register", "draft", slug("draft_event")),
    Row("news:event_register", "open", slug("event"), "post", dict.fromkeys(EVERYBODY, MAY)),
    public("news:registration", token("registration"), "whoever has the letter"),
    Row("news:registration", "", token("registration"), "post", dict.fromkeys(EVERYBODY, MAY), data={"step": "x"}),
    Row("news:registration", "made up", lambda w: {"token": "made-up"}),
    public("news:certificate", token("registration"), "of somebody who was there"),
    Row("news:certificate", "made up", lambda w: {"token": "made-up"}),
]  # fmt: skip


def kept_page(w: SimpleNamespace) -> dict[str, Any]:
    delivery.deliver()
    page = StaticPage.objects.get(slug="privacy")
    first = Version.objects.get_for_object(page).order_by("revision_id").first()
    return {"slug": "privacy", "revision": first.revision_id}


TEXTS = [
    page("texts:desk", OFFICE),
    *form("texts:edit", OFFICE, lambda w: {"slug": "privacy"}),
    page("texts:edit", [], lambda w: {"slug": "horoscope"}, "no such page"),
    page("texts:history", OFFICE, lambda w: {"slug": "privacy"}),
    *form("texts:restore", OFFICE, kept_page),
    page("texts:restore", [], lambda w: {"slug": "privacy", "revision": 2**31 - 1}, "no such version"),
]  # fmt: skip

RULE = {"days": "14", "direction": "before", "hour": "09:00", "zone_source": "subject", "channel": "both"}


def reminders_of(name: str, kind: str) -> Any:
    return lambda w: {"kind": kind, "uuid": getattr(w, name).uuid}


REMINDERS = [
    page("reminders:desk", OFFICE),
    page("reminders:preview", OFFICE),
    page("reminders:history", OFFICE),
    *form("reminders:add", OFFICE, lambda w: {"kind": "projects.period_ends"}, version="1", **RULE),
    page("reminders:add", [], lambda w: {"kind": "no.such"}, "no such kind"),
    *form("reminders:defaults", OFFICE, lambda w: {"kind": "projects.period_ends"}),
    page("reminders:defaults", [], lambda w: {"kind": "no.such"}, "no such kind"),
    *form("reminders:rule", OFFICE, uuid("reminder_rule"), version="1", **RULE),
    *step("reminders:switch", OFFICE, uuid("reminder_rule")),
    *step("reminders:test", OFFICE, uuid("reminder_rule")),
    *form("reminders:exceptions", KTU_MANAGERS, reminders_of("project", "projects.project"), "own project"),
    page("reminders:exceptions", OFFICE, reminders_of("archived_project", "projects.project"), "archived"),
    page("reminders:exceptions", ["manager", *OFFICE], reminders_of("foreign_draft", "projects.project"), "foreign"),
    page("reminders:exceptions", [], reminders_of("project", "no.such"), "no such kind of record"),
]  # fmt: skip

NOTIFICATIONS = [
    signed_in("notifications:inbox"),
    *(Row("notifications:preferences", "", method=m, who=only(SIGNED_IN, s)) for m, s in (("get", 200), ("post", MAY))),
    Row("notifications:works_again", "", method="post", who=only(SIGNED_IN, MAY)),
    Row("mail_reports", "no provider in use", method="post"), Row("mail_reports", others=405),
    Row("notifications:read_all", "", method="post", who=only(SIGNED_IN, MAY)),
    *step("notifications:open", ["dainius"], uuid("inbox_item")),
    *step("notifications:read", ["dainius"], uuid("inbox_item")),
    *step("notifications:unread", ["dainius"], uuid("inbox_item")),
    *step("notifications:wake", ["dainius"], uuid("inbox_item")),
    *form("notifications:snooze", ["dainius"], uuid("inbox_item"), until="tomorrow"),
    Row("steer_mails", "of nobody", lambda w: {"token": "made-up"}),
    Row("steer_mails", "of Dainius", way_of_dainius, others=200),
    Row("steer_mails", "of Dainius", way_of_dainius, "post",
        others=MAY, data={"delivery": "daily"}),
]  # fmt: skip


def visitors_only(name: str) -> Row:
    """Sign-in pages: who is signed in already goes on."""
    return Row(name, who={"nobody": 200}, others=ON)


ACCOUNTS = [
    *(Row("accounts:profile", "", method=m, who=only(SIGNED_IN, s)) for m, s in (("get", 200), ("post", MAY))),
    *(Row("accounts:calendar", "", method=m, who=only(SIGNED_IN, s), data={"step": "make"}) for m, s in
      (("get", 200), ("post", MAY))),
    Row("my_calendar", "of nobody", lambda w: {"token": "made-up"}),
    visitors_only("account_login"), visitors_only("account_signup"),
    Row("account_logout", who={"nobody": ON}, others=200),
    signed_in("account_email"), signed_in("account_change_password"),
    public("account_reset_password_done"), public("account_reset_password_from_key_done"),
    public("account_reset_password"), public("account_inactive"),
    public("account_reset_password_from_key", lambda w: {"uidb36": "1", "key": "made-up"}),
    Row("account_reauthenticate", who={"nobody": LOGIN}, others=200),
    Row("account_set_password", who={"nobody": LOGIN}, others=ON),
    Row("account_email_verification_sent", who={"nobody": LOGIN}, others=ON),
    Row("account_confirm_login_code", who={"nobody": LOGIN}, others=ON),
]  # fmt: skip

IMPORTS = [
    *form("projects:imports", ["dainius", "manager", *OFFICE], others=403),
    Row("projects:import_help", "", who=only(["dainius", "manager", *OFFICE], 200), others=403),
    *(Row("projects:import_template", f, lambda w, f=f: {"format": f}, who=only(["dainius", "manager", *OFFICE], 200),
          others=403) for f in ("csv", "xlsx")),
    page("projects:import_page", ["dainius"], uuid("import_batch")),
    *form("projects:import_columns", ["dainius"], uuid("import_batch")),
    *step("projects:import_reading", ["dainius"], uuid("import_batch")),
    *step("projects:import_take_over", ["dainius"], uuid("import_batch")),
    *step("projects:import_cancel", ["dainius"], uuid("import_batch")),
    page("projects:import_state", ["dainius"], uuid("import_batch")),
    page("projects:import_report", ["dainius"], uuid("import_batch")),
]  # fmt: skip

TABLE: list[Row] = [
    *PAGES,
    *PROJECTS,
    *STEPS,
    *IMPORTS,
    *MEMBERS,
    *EDITING,
    *AGREEMENTS,
    *JOINING,
    *MOBILITY,
    *NEWS,
    *NEWSLETTER,
    *EVENTS,
    *TEXTS,
    *REMINDERS,
    *NOTIFICATIONS,
    *ACCOUNTS,
]
# Addresses of files that the web server itself answers.
WITHOUT_ROWS: tuple[str, ...] = ()
