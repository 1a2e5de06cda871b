"""Articles and events for machines, in the vocabulary of schema.org: what search engines ask for and recommend.

What they ask for: developers.google.com/search/docs/appearance/structured-data (article, event).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground import linked_data
from ground.templatetags.ground_tags import in_language
from news import showing, social
from news.models import Admission, Event, NewsItem, Picture


def article(item: NewsItem, lead: Picture | None) -> SafeString:
    """A published article."""
    teller = item.university.organisation if item.university else item.partner
    url = f"{settings.BASE_URL}{item.get_absolute_url()}"
    images = [f"{settings.BASE_URL}{social.address(item)}"]
    if lead:
        images.insert(0, f"{settings.BASE_URL}{showing.original(lead)}")
    zone = item.university.zone if item.university else settings.TIME_ZONE
    return linked_data.block(
        "NewsArticle",
        headline=in_language(item, "title")[0],
        description=in_language(item, "summary")[0],
        inLanguage=in_language(item, "title")[1] or get_language(),
        datePublished=_moment(item.published_at, zone),
        dateModified=_moment(max(item.changed_at, item.published_at or item.changed_at), zone),
        url=url,
        mainEntityOfPage=url,
        image=images,
        author=_organisation(teller),
        publisher=_organisation(None),
        keywords=[topic.name for topic in item.topics.all()],
    )


def event(found: Event, admission: Admission | None, *, closed: bool) -> SafeString:
    """A published event; `closed`: nobody can register now."""
    host = found.organiser or (found.university.organisation if found.university else None)
    url = f"{settings.BASE_URL}{found.get_absolute_url()}"
    where = _where(found, url)
    mode = "Mixed" if len(where) > 1 else "Online" if found.is_online else "Offline"
    seats = {
        "maximumAttendeeCapacity": admission.capacity, "remainingAttendeeCapacity": admission.free,
        "offers": _offer(found, admission, closed),
    } if admission else {}  # fmt: skip
    return linked_data.block(
        "Event",
        name=in_language(found, "title")[0],
        description=in_language(found, "summary")[0],
        inLanguage=in_language(found, "title")[1] or get_language(),
        startDate=_moment(found.starts_at, found.zone) or found.first_day,
        endDate=_moment(found.ends_at, found.zone) if found.hour_known else found.last_day,
        eventStatus=f"https://schema.org/Event{'Cancelled' if found.is_cancelled else 'Scheduled'}",
        eventAttendanceMode=f"https://schema.org/{mode}EventAttendanceMode",
        location=where[0] if len(where) == 1 else where,
        image=[f"{settings.BASE_URL}{social.address(found)}"],
        organizer=_organisation(host),
        performer=[{"@type": "Person", "name": one.name} for one in found.speakers.all()],
        isAccessibleForFree=True,
        url=url,
        **seats,
    )


def _moment(moment: dt.datetime | None, zone: str) -> str | None:
    """The moment as the clocks of `zone` show it, with the distance to UTC."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if moment else None


def _organisation(one: Any) -> dict[str, str]:
    """An organisation by its own name; the alliance where none is given."""
    if one is None:
        name, website = settings.BRAND["alliance"], settings.BASE_URL
    else:
        name, website = one.name, one.website
    return {"@type": "Organization", "name": name} | ({"url": website} if website else {})


def _where(found: Event, url: str) -> list[dict[str, Any]]:
    """Where it takes place; machines ask for a place even where none is known yet, so that is said."""
    name = in_language(found, "place")[0] or found.city
    if not name and not found.is_online:
        name = _("not known yet")
    where = [_place(found, name)] if name else []
    online = {"@type": "VirtualLocation", "url": found.link or url}
    return [*where, online] if found.is_online else where


def _place(found: Event, name: str) -> dict[str, Any]:
    place: dict[str, Any] = {"@type": "Place", "name": name, "address": name}
    if found.city:
        address = {"addressLocality": found.city, "addressCountry": found.country.code}
        place["address"] = {"@type": "PostalAddress", **address}
    if found.spot:
        north, east = found.spot
        place["geo"] = {"@type": "GeoCoordinates", "latitude": north, "longitude": east}
    return place


def _offer(found: Event, admission: Admission, closed: bool) -> dict[str, Any]:
    """Places are given for nothing, from one moment to another."""
    left = "SoldOut" if admission.free == 0 else "InStock"
    offer = {
        "@type": "Offer", "price": "0", "priceCurrency": "EUR",
        "url": f"{settings.BASE_URL}{reverse('news:event_register', args=[found.slug])}",
        "availability": f"https://schema.org/{left}",
        "validFrom": _moment(admission.opens_at, found.zone),
        "validThrough": _moment(admission.ends_at, found.zone),
    }  # fmt: skip
    if closed and left == "InStock":
        offer["availability"] = "https://schema.org/OutOfStock"
    return {name: value for name, value in offer.items() if value}
