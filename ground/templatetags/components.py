"""The portal's components: one tag and one template each. Built in: templates need no `load`.

Every one of them is shown, in every state, on the page `components/`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet, BoundField
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language

from ground import clock, finished
from ground.pins import marks
from ground.templatetags.ground_tags import days_until, iso

register = template.Library()
MINUTE = dt.timedelta(minutes=1)


def _draw(name: str, /, **context: Any) -> SafeString:
    if name in _SMALL and not settings.DEBUG and (key := _key(context)):
        return _drawn(name, get_language(), key)
    return SafeString(_template(name).render(context))


def _template(name: str) -> Any:
    """The template of a component, looked up once in each process (at every use where templates are being written)."""
    if settings.DEBUG or name not in _TEMPLATES:
        _TEMPLATES[name] = get_template(f"components/{name}.html")
    return _TEMPLATES[name]


_TEMPLATES: dict[str, Any] = {}
# Components that say the same whenever they are given the same, and are given little: drawn once in each process.
_SMALL = frozenset({"button", "chip", "icon", "nav_link", "section_title", "tag"})
_LITTLE = 200
Key = tuple[tuple[str, type, Any], ...]


def _key(context: dict[str, Any]) -> Key | None:
    """What was given, with its types: safe text is not the same as text, nor 1 as True. None where it is too much."""
    plain = [(name, str(v) if isinstance(v, Promise) else v) for name, v in context.items()]
    if not all(v is None or isinstance(v, str | int) for _name, v in plain):
        return None
    if sum(len(v) for _name, v in plain if isinstance(v, str)) > _LITTLE:
        return None
    return tuple((name, type(v), v) for name, v in plain)


@lru_cache(maxsize=2000)
def _drawn(name: str, language: str | None, key: Key) -> SafeString:
    context = {name: value for name, _type, value in key}
    return SafeString(_template(name).render(context))


@register.simple_block_tag
def button(content: str, href: str = "", tone: str = "", slim: bool = False, name: str = "", value: str = "",
           form: str = "", download: bool = False, confirm: str = "", id: str = "") -> SafeString:  # fmt: skip
    """A link that looks like a button (with `href`) or a submit button. Tones: "" (one a page), quiet, danger."""
    return _draw("button", content=content, href=href, tone=tone, slim=slim, name=name, value=value, form=form,
                 download=download, confirm=confirm, id=id)  # fmt: skip


@register.simple_block_tag(takes_context=True)
def post_button(context: template.Context, content: str, action: str, tone: str = "quiet", slim: bool = False,
                name: str = "", value: str = "", link: bool = False) -> SafeString:  # fmt: skip
    """A form of one button, for a step that needs nothing else; `link` makes it look like a link."""
    return _draw("post_button", content=content, action=action, tone=tone, slim=slim, name=name, value=value,
                 link=link, csrf_token=context.get("csrf_token", ""))  # fmt: skip


@register.simple_tag
def tag(words: Any, tone: str = "") -> SafeString:
    """A state in one or two words. Tones: "" (neutral), good, signal (time runs out), accent, bad."""
    return _draw("tag", words=words, tone=tone)


@register.simple_block_tag
def notice(content: str, tone: str = "", title: str = "") -> SafeString:
    """A passage that stands out. Tones: "" (to know), signal (time), good, bad."""
    return _draw("notice", content=content, tone=tone, title=title)


@register.simple_tag
def section_title(words: Any, href: str = "", link: Any = "", level: int = 2, id: str = "") -> SafeString:
    """A heading over a heavy rule, with a link at its end."""
    return _draw("section_title", words=words, href=href, link=link, level=level, id=id)


@register.simple_block_tag
def facts(content: str, wide: bool = False) -> SafeString:
    """A definition list of `fact`s; `wide` puts names and values side by side."""
    return _draw("facts", content=content, wide=wide)


@register.simple_block_tag
def fact(content: str, name: Any, change: str = "", change_words: Any = "") -> SafeString:
    """One fact; nothing at all when it has no value. `change` is the address where it can be changed."""
    if not content.strip():
        return SafeString("")
    return _draw("fact", content=content, name=name, change=change, change_words=change_words)


@register.simple_block_tag
def numbers(content: str, as_of: Any = "") -> SafeString:
    """A row of large `figure`s; `as_of` says the day they hold for."""
    return _draw("numbers", content=content, as_of=as_of)


@register.simple_tag
def figure(value: Any, words: Any) -> SafeString:
    """One large number and what it counts."""
    return _draw("figure", value=value, words=words)


@register.simple_tag
def period_bar(
    start: dt.date | None, end: dt.date | None, today: Any = None, ends: bool = True
) -> SafeString:
    """How much of a period has passed; `ends` writes both dates and the days left below it."""
    if start is None or end is None:
        return SafeString("")
    left = days_until(end, today)
    passed = (end - start).days - left
    share = round(100 * passed / max((end - start).days, 1))
    if left < 0:
        state = "over"
    else:
        state = "soon" if left <= 90 and passed >= 0 else ""
    return _draw("period_bar", start=start, end=end, share=max(0, min(100, share)), state=state, left=left,
                 begun=passed >= 0, ends=ends, today=end - dt.timedelta(days=left))  # fmt: skip


@register.simple_block_tag
def steps(content: str, numbered: bool = False) -> SafeString:
    """A timeline of `step`s, or a numbered list of what to do."""
    return _draw("steps", content=content, numbered=numbered)


@register.simple_block_tag
def step(content: str, title: Any = "", state: str = "", note: Any = "") -> SafeString:
    """One step. States: "" (to come), done, past (of what nobody had to do), now, late; the content says more."""
    return _draw("step", content=content, title=title, state=state, note=note)


@register.simple_block_tag
def tasks(content: str) -> SafeString:
    """A task list of `task`s."""
    return _draw("tasks", content=content)


@register.simple_tag
def task(title: Any, href: str = "", hint: Any = "", status: Any = "", tone: str = "") -> SafeString:
    """One task; without `href` it can't be started yet."""
    return _draw("task", title=title, href=href, hint=hint, status=status, tone=tone)


@register.simple_tag
def facet(facet: Any, open: bool = True) -> SafeString:
    """A group of filters: `facet` has name, label and options (value, label, count, checked)."""
    return _draw("facet", facet=facet, open=open)


@register.simple_tag
def ticket(title: Any, href: str, at: dt.datetime, zone: str = "", over: Any = "", until: Any = None,
           level: int = 2, day_only: bool = False) -> SafeString:  # fmt: skip
    """What comes next, with a countdown to `at`; `until` is its end, `day_only` says that the hour isn't known."""
    zone = str(zone or settings.TIME_ZONE)
    return _draw("ticket", title=title, href=href, at=at, zone=zone, over=over, level=level, day_only=day_only,
                 day=clock.date_in(at, zone), countdown=countdown(at, zone, until, day_only))  # fmt: skip


@register.simple_tag
def countdown(at: dt.datetime, zone: str = "", until: Any = None, day_only: bool = False) -> SafeString:
    """The time left until `at`: a sentence for everybody, and figures that a script keeps fresh."""
    now, zone = clock.now(), str(zone or settings.TIME_ZONE)
    today, day = clock.date_in(now, zone), clock.date_in(at, zone)
    over = clock.date_in(until or at, zone) < today if day_only else (until or at) < now
    begun = day < today if day_only else at <= now
    left = dt.timedelta(0) if day_only or begun else at - now
    if left:  # the minutes it shows
        finished.until(now + (left % MINUTE or MINUTE))
    return _draw("countdown", iso=iso(at), day=day, today=today, over=over, on=begun and not over,
                 ticking=bool(left), days=left.days, hours=left.seconds // 3600,
                 minutes=left.seconds % 3600 // 60)  # fmt: skip


@register.simple_block_tag
def sheet(content: str, label: Any, stack: bool = False) -> SafeString:
    """A working table (`content` is thead and tbody). On phones it scrolls with its row headings in
    sight, or with `stack` every row becomes a block whose cells show their `data-label`."""
    return _draw("sheet", content=content, label=label, stack=stack)


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: Any, at: str = "") -> SafeString:
    """Links to the page before and after `page` (ground.paging.Page), keeping the query; `at` is the place there."""
    query = context["request"].GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    kept = query.urlencode()
    return _draw("pager", page=page, kept=f"&{kept}" if kept else "", at=f"#{at}" if at else "")


@register.simple_tag
def breadcrumb(*parts: Any) -> SafeString:
    """The way to this page: label and address in turn; the last label stands alone for the page itself.

    A page with nothing above it has no way to it: its heading says what it is.
    """
    if len(parts) < 3:
        return SafeString("")
    pairs = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    return _draw("breadcrumb", pairs=pairs, last=parts[-1] if len(parts) % 2 else "")


@register.simple_block_tag
def nothing(content: str, title: Any) -> SafeString:
    """What stands where a list would be empty: what that means and what to do."""
    return _draw("nothing", content=content, title=title)


@register.simple_tag
def file_row(
    title: Any, href: str, content_type: str = "", size: int | None = None, note: Any = ""
) -> SafeString:
    """A file with its type and size, as an item of a ruled list."""
    return _draw("file_row", title=title, href=href, content_type=content_type, size=size, note=note)


@register.simple_tag
def error_summary(*forms: BaseForm | BaseFormSet[Any] | None) -> SafeString:
    """What is wrong in the given forms and formsets, with links to the fields; nothing when all is well."""
    problems = [problem for form in forms for problem in _problems(form)]
    return _draw("error_summary", problems=problems) if problems else SafeString("")


def _problems(form: BaseForm | BaseFormSet[Any] | None) -> Iterable[dict[str, str]]:
    if form is None:
        return
    if isinstance(form, BaseFormSet):
        for words in form.non_form_errors():
            yield {"href": "", "words": str(words)}
        for one in form.forms:
            yield from _problems(one)
        return
    for words in form.non_field_errors():
        yield {"href": "", "words": str(words)}
    for name in form.errors:
        if name in form.fields:
            yield from _field_problems(form[name])


def _field_problems(field: BoundField) -> Iterable[dict[str, str]]:
    target = field.id_for_label or (f"{field.auto_id}_0" if field.use_fieldset else field.auto_id)
    for words in field.errors:
        sentence = str(field.label).endswith(".")  # a consent, which is no name for what is wrong with it
        named = sentence or str(field.label) in str(words)
        yield {"href": target, "words": str(words) if named else f"{field.label}: {words}"}


@register.simple_tag
def europe_map(pins: Iterable[Any], label: Any, caption: Any = "", skip: str = "") -> SafeString:
    """Europe with `pins` (`ground/pins.py`); those beyond stand in an inset. `skip` is where to go past the pins."""
    drawn = marks(pins)
    beyond = any(mark.is_beyond for mark in drawn)
    return _draw("europe_map", marks=drawn, beyond=beyond, label=label, caption=caption, skip=skip)


@register.simple_tag
def alerts(messages: Iterable[Any]) -> SafeString:
    """What has just happened, one alert each."""
    return _draw("alerts", messages=list(messages))


@register.simple_block_tag
def card(content: str, title: Any, href: str, over: Any = "", level: int = 3, lang: str = "") -> SafeString:
    """A news item or event in a row of cards; the whole card leads to it."""
    return _draw("card", content=content, title=title, href=href, over=over, level=level, lang=lang)


@register.simple_block_tag
def chips(content: str, label: Any) -> SafeString:
    """A row of `chip`s: ready-made filters, or filters in force that can be taken away."""
    return _draw("chips", content=content, label=label)


@register.simple_tag
def chip(words: Any, href: str, count: Any = "", current: bool = False, remove: bool = False) -> SafeString:
    """One ready-made filter with its count, or (`remove`) a filter in force with a cross."""
    return _draw("chip", words=words, href=href, count=count, current=current, remove=remove)


@register.simple_tag
def search_box(
    action: str, label: Any, value: str = "", name: str = "q", id: str = "", suggest: str = ""
) -> SafeString:
    """A search field with its button; `suggest` is the address of suggestions while somebody types."""
    identifier = id or f"search-{slugify(name)}"
    return _draw(
        "search_box", action=action, label=label, value=value, name=name, id=identifier, suggest=suggest
    )


@register.simple_tag(takes_context=True)
def nav_link(context: template.Context, href: str, words: Any, also: str = "", count: Any = "") -> SafeString:
    """An entry of a menu, marked when this page is it or lies below it (or below `also`); none without `href`."""
    if not href:
        return SafeString("")
    request = context.get("request")
    path = request.path if request else ""
    below = path.startswith(href) or (also and path.startswith(also))
    current = "page" if path == href else ("true" if below else "")
    return _draw("nav_link", href=href, words=words, current=current, count=count)


@register.simple_tag(takes_context=True)
def frame_part(context: template.Context, name: str) -> SafeString:
    """A part of the frame, `includes/NAME.html`: the same for all visitors below one entry of the menu, so drawn once.

    Its entries (`nav_link`) may have no more than two parts (/en/projects/), or it would remember what is marked
    elsewhere.
    """
    request, user = context.get("request"), context.get("user")
    drawn = context.template.engine.get_template(f"includes/{name}.html")  # type: ignore[union-attr]
    if settings.DEBUG or request is None or getattr(user, "is_authenticated", False):
        return drawn.render(context)
    parts = request.path.split("/")
    key = (
        name,
        get_language(),
        settings.DEMO,
        str(settings.BRAND),
        settings.ROOT_URLCONF,
        *parts[:3],
        len(parts) > 4,
    )
    if key not in _PARTS:
        if len(_PARTS) >= _MOST_PARTS:
            _PARTS.clear()
        _PARTS[key] = drawn.render(context)
    return _PARTS[key]


_PARTS: dict[tuple[Any, ...], SafeString] = {}
_MOST_PARTS = 500


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside words that say the same; never alone."""
    return _draw("icon", name=name)
