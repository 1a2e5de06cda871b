"""An article as it is drawn: its text with its pictures, each in the widths that a screen may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from documents.models import Rendition
from ground.richtext import Figure
from ground.templatetags.ground_tags import in_language
from news import figures
from news.models import NewsItem, Picture

IN_TEXT = "(min-width: 60rem) 42rem, calc(100vw - 2rem)"
DIGEST = 16  # signs of the hash of its content that an address carries


def body(item: NewsItem, pictures: Sequence[Picture], token: str = "") -> SafeString:
    """The text of the item in the language in use, or in the other one, said so; with its pictures."""
    words, other = in_language(item, "body")
    html = drawn_text(words, pictures, token)
    return format_html('<div class="flow" lang="{}">{}</div>', other, html) if other else html


def drawn_text(text: str, pictures: Sequence[Picture], token: str = "") -> SafeString:
    """Markdown as safe HTML with those of `pictures` that it places."""
    known = {picture.number: picture for picture in pictures}

    def drawn(number: int, figure: Figure) -> SafeString:
        picture = known.get(number)
        if picture is None:
            return SafeString("")
        html = picture_html(picture, sizes=IN_TEXT, token=token, alt=figure.alternative)
        told = {"picture": html, "caption": figure.caption}
        return SafeString(render_to_string("news/figure.html", told))

    return figures.body(text, drawn)


def picture_html(
    picture: Picture, *, sizes: str, token: str = "", alt: str | None = None, eager: bool = False
) -> SafeString:
    """The picture with its measures, so that nothing moves when it arrives. `alt` is empty where it adds nothing."""
    words, other = (alt, "") if alt is not None else in_language(picture, "alt")
    context = {
        "picture": picture, "sources": sources(picture, token), "sizes": sizes, "alt": words, "lang": other,
        "href": address(picture, _stored_name(picture), token), "eager": eager,
    }  # fmt: skip
    return SafeString(render_to_string("news/picture.html", context))


def sources(picture: Picture, token: str = "") -> list[dict[str, str]]:
    """What a browser may choose from, the most modern format first; nothing while no width is made."""
    found = []
    for kind in Rendition.Format:
        made = [one for one in picture.widths if one.format == kind]
        if made:
            each = [f"{address(picture, name_of(one), token)} {one.width}w" for one in made]
            found.append({"type": made[0].content_type, "srcset": ", ".join(each)})
    return found


def name_of(rendition: Rendition) -> str:
    """The last part of its address: it names the content, so what is behind it never changes."""
    return f"{rendition.sha256[:DIGEST]}.{rendition.format}"


def _stored_name(picture: Picture) -> str:
    return f"{picture.document.sha256[:DIGEST]}.{'png' if picture.document.content_type == 'image/png' else 'jpg'}"


def address(picture: Picture, name: str, token: str = "") -> str:
    """Where a picture is had: for everybody, or for who came by a secret address."""
    if token:
        return reverse("news:preview_picture", args=[token, picture.uuid, name])
    return reverse("news_picture", args=[picture.uuid, name])


def original(picture: Picture) -> str:
    """Where the picture is had as it was stored."""
    return address(picture, _stored_name(picture))


def file_named(picture: Picture, name: str) -> Any:
    """The stored file or the rendition with this name; None for any other."""
    if name == _stored_name(picture):
        return picture.document
    return next((one for one in picture.widths if name_of(one) == name), None)
