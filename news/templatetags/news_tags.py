"""Pictures of news where a template shows them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from news import showing

register = template.Library()
IN_CARDS = "(min-width: 60rem) 24rem, (min-width: 42rem) 45vw, calc(100vw - 2rem)"

IN_FRONT = "(min-width: 80rem) 34rem, (min-width: 60rem) 45vw, calc(100vw - 2rem)"


@register.simple_tag
def card_picture(item: Any) -> SafeString | str:
    """The picture that leads the item, in a card; nothing where there is none. Its words stand in the article."""
    leads = getattr(item, "leads", None)
    return showing.picture_html(leads[0], sizes=IN_CARDS, alt="") if leads else ""


@register.simple_tag
def front_picture(item: Any) -> SafeString | str:
    """The same at the top of the home page, where it is the first that a reader sees."""
    leads = getattr(item, "leads", None)
    return showing.picture_html(leads[0], sizes=IN_FRONT, alt="", eager=True) if leads else ""


@register.simple_tag
def lead_picture(picture: Any, token: str = "") -> SafeString:
    """The picture that leads an article, above the fold."""
    return showing.picture_html(picture, sizes=showing.IN_TEXT, token=token, eager=True)


@register.simple_tag
def small_picture(picture: Any) -> SafeString:
    """A picture in the editors' form."""
    return showing.picture_html(picture, sizes="12rem")
