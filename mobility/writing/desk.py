"""An application with all that a page of its form needs, in one query: these pages are opened most of all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import JSONObject

from ground import clock
from ground.clock import Moment
from ground.gathering import together
from members.appointments import remember
from members.models import Appointment, FieldOfEducation
from mobility.models import Application, Call, CallLanguage, PartDraft
from notifications import inbox
from notifications.models import InboxItem


def sit_down(user: Any, uuid: Any, part: str) -> Application | None:
    """The application `uuid` of `user`, with what the call asks of languages and fields, and the draft of `part`.

    The moment, the person's roles and their unread messages are read along, for the frame of the page.
    """
    rows = Application.objects.of(user).filter(uuid=uuid).for_owner().annotate(**_beside(user, part))
    found = rows.first()
    if found is None:
        return None
    told: Any = found
    clock.hold(told.read_at)
    remember(user, [(one["role"], one["university"]) for one in told.held])
    inbox.remember_unread(user, told.unread or 0)
    found.call._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "languages": [CallLanguage(**one) for one in told.wanted_languages],
        "fields_of_education": [FieldOfEducation(pk=code) for code in told.wanted_fields],
    }
    found._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "part_drafts": [_draft(found, part, one) for one in told.kept_draft],
    }
    return found


def arrive(user: Any) -> None:
    """Read the moment, the person's roles and their unread messages in one query; nothing for nobody.

    For pages that show much: what the frame of each page asks for one by one is known then.
    """
    if not user.is_authenticated or clock.held() is not None or not user.is_active:
        return
    unread = InboxItem.objects.visible_to(user).shown_at(Moment()).unread()
    moments, held, number = together(
        get_user_model()
        .objects.filter(pk=user.pk)
        .annotate(read_at=Moment())
        .values_list("read_at", flat=True),
        Appointment.objects.filter(user=user).in_force(Moment()).values_list("role", "university_id"),
        unread.order_by().values("user").annotate(number=Count("pk")).values_list("number", flat=True),
    )
    clock.hold(moments[0])
    remember(user, held)
    inbox.remember_unread(user, number[0] if number else 0)


def _draft(application: Application, part: str, told: dict[str, Any]) -> PartDraft:
    moment = dt.datetime.fromisoformat(told["saved_at"])
    return PartDraft(application=application, part=part, **told | {"saved_at": moment})


def draft_of(application: Application, part: str) -> PartDraft | None:
    """What was typed into `part` and not saved yet."""
    return next((one for one in application.part_drafts.all() if one.part == part), None)


def _beside(user: Any, part: str) -> dict[str, Any]:
    unread = InboxItem.objects.visible_to(user).shown_at(Moment()).unread()
    drafts = PartDraft.objects.filter(application=OuterRef("pk"), part=part)
    fields = Call.fields_of_education.through.objects.filter(call=OuterRef("call"))
    return {
        "read_at": Moment(),
        "held": ArraySubquery(
            Appointment.objects.filter(user=user)
            .in_force(Moment())
            .values(told=JSONObject(role="role", university="university_id"))
        ),
        "unread": Subquery(unread.order_by().values("user").annotate(number=Count("pk")).values("number")),
        "wanted_languages": ArraySubquery(
            CallLanguage.objects.filter(call=OuterRef("call")).values(
                told=JSONObject(language="language", level="level")
            )
        ),
        "wanted_fields": ArraySubquery(fields.values("fieldofeducation_id")),
        "kept_draft": ArraySubquery(
            drafts.values(
                told=JSONObject(content="content", seen="seen", version="version", saved_at="saved_at")
            )
        ),
    }
