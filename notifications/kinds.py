"""Kinds of messages: rooms register them, one wording each serves the e-mail and the portal.

The wording of kind `room.what` is two templates, written with `translate` and `blocktranslate`:
`templates/messages/room.what.subject.txt` (one line) and `templates/messages/room.what.txt` (paragraphs with an
empty line between them; the first says what to do). They see the context of the message, `name` (the record in
words), `person` (the recipient's name) and `moment` (when the message was made). In a context, text under a key that
ends in `_on` comes back as a date, under one that ends in `_at` as a moment. Where a name stands under a key and its
translation under the same with `_lt`, readers of Lithuanian get the translation under the key.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from notifications import own_words

Words = str | Promise
Fields = dict[str, Any]

_kinds: dict[str, MessageKind] = {}


class UnknownKind(LookupError):
    """No room has registered a message kind of this name."""


class WordingFailed(ValueError):
    """A message of this kind cannot be put into words with this context."""


@dataclass(frozen=True)
class MessageKind:
    """What a room says to people.

    name           "<room>.<what>", also the name of the templates
    label          what it is about, in the list of preferences ("End of a funding period")
    why            full sentence: why a person gets it ("You get this message because …")
    sample         a context for previews and tests
    link           context → path of the thing, reversed in the reader's language
    present        (context, moment of the message) → context with what follows from it, such as days left
    transactional  part of something the person does (an offer, a signature): can't be switched off
    in_portal      whether it is shown in the inbox too
    verbatim       the context holds the finished `subject`, `text` and `html`, and is wiped after sending
    asks           whether it asks the person for something, until it is settled
    digest         the delivery (daily, weekly) whose messages this one brings together; "" for all others
    leave          context → path at which one click ends such messages without signing in, and one POST does it for
                   a mail program (RFC 8058); for people without an account, who have no list of preferences
    layout         name of the templates of the whole letter (`.txt` and `.html`), where it is not drawn as the others;
                   they see what the wording saw as `wording.fields`
    """

    name: str
    label: Words
    why: Words
    sample: Mapping[str, Any]
    link: Callable[[Mapping[str, Any]], str] | None = None
    present: Callable[[Fields, dt.datetime], Fields] | None = None
    transactional: bool = False
    in_portal: bool = True
    verbatim: bool = False
    asks: bool = False
    digest: str = ""
    leave: Callable[[Mapping[str, Any]], str] | None = None
    layout: str = "messages/layout"


@dataclass(frozen=True)
class Wording:
    """A message in words: one line, paragraphs, the address of the thing ("" where there is none)."""

    subject: str
    paragraphs: list[str]
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def url(self) -> str:
        """The whole address of the thing."""
        return settings.BASE_URL + self.path if self.path else ""


def register(kind: MessageKind) -> None:
    """Make `kind` known. Registering the same kind again replaces it."""
    _kinds[kind.name] = kind


def find(name: str) -> MessageKind:
    """The kind of that name; raises UnknownKind."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def known(name: str) -> bool:
    """Whether a kind of that name is registered."""
    return name in _kinds


def all_kinds() -> list[MessageKind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def optional_kinds() -> list[MessageKind]:
    """The kinds whose e-mails a person may switch off or have together with others."""
    return [kind for kind in all_kinds() if not kind.transactional and not kind.digest]


@contextmanager
def temporarily(*kinds: MessageKind) -> Iterator[None]:
    """Have `kinds` registered within the block only."""
    before = dict(_kinds)
    try:
        for kind in kinds:
            register(kind)
        yield
    finally:
        _kinds.clear()
        _kinds.update(before)


def one_line(text: str) -> str:
    """`text` without line breaks and other control signs, as a header or a title may hold it."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()


def word(
    kind: MessageKind,
    context: Mapping[str, Any],
    *,
    name: str,
    moment: dt.datetime,
    language: str,
    person: str = "",
) -> Wording:
    """The message in `language`. Raises WordingFailed when a template or the link cannot be made of `context`."""
    with translation.override(language):
        try:
            fields = _in_language(_values(context), language)
            fields |= {"name": name, "person": person, "moment": moment}
            if kind.present:
                fields = kind.present(fields, moment)
            subject, text = own_words.told(fields, moment, language) or (
                _plain(f"messages/{kind.name}.subject.txt", fields), _plain(f"messages/{kind.name}.txt", fields),
            )  # fmt: skip
            subject, paragraphs = one_line(subject), _paragraphs(text)
            if fields.get(own_words.TEST):
                subject, paragraphs = own_words.as_test(subject, paragraphs)
            path = kind.link(context) if kind.link else ""
        except Exception as error:  # whatever one person's data does to a template must not stop the others
            raise WordingFailed(f"{kind.name}: {type(error).__name__}: {error}") from error
    if not subject or not paragraphs:
        raise WordingFailed(f"{kind.name}: subject or text is empty")
    return Wording(subject, paragraphs, path, fields)


def mail_bodies(
    kind: MessageKind, wording: Wording, language: str, *, leave: str = "", steer: str = "",
    parts: Sequence[Wording] = (), has_account: bool = True,
) -> tuple[str, str]:  # fmt: skip
    """The e-mail as plain text and as HTML: the paragraphs, one link, why one gets it and how to change that.

    `leave`: the whole address at which one click ends such messages, for people without an account; `steer`: the one
    at which a person with an account changes or ends them without signing in. `parts`: what a digest brings.
    Without an account (`has_account`) there is nothing to choose or to work at: why the letter came is all.
    """
    with translation.override(language):
        fields = {
            "wording": wording, "kind": kind, "brand": settings.BRAND, "language": language, "leave": leave,
            "steer": steer, "parts": parts, "has_account": has_account,
            "preferences": settings.BASE_URL + reverse("notifications:preferences"),
        }  # fmt: skip
        text = _plain(f"{kind.layout}.txt", fields).strip() + "\n"
        return text, render_to_string(f"{kind.layout}.html", fields)


def plain(context: Mapping[str, Any]) -> Fields:
    """A context as it is kept: plain JSON values. Raises TypeError for anything else."""
    kept: Fields = json.loads(json.dumps(dict(context), cls=DjangoJSONEncoder))
    return kept


def _plain(template: str, fields: Fields) -> str:
    """A template of plain text: names keep their & and <."""
    source: Any = get_template(template)
    return str(source.template.render(Context(fields, autoescape=False)))


def _paragraphs(text: str) -> list[str]:
    """Lines within a paragraph stay lines; spaces around them go."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    trimmed = ("\n".join(line.strip() for line in block.split("\n") if line.strip()) for block in blocks)
    return [block for block in trimmed if block]


def _values(context: Mapping[str, Any]) -> Fields:
    """The context with its dates and moments as such."""
    return {key: _value(key, value) for key, value in context.items()}


def _in_language(fields: Fields, language: str) -> Fields:
    """Names that have a translation into `language` beside them, in that language."""
    ending = f"_{language}"
    pairs = ((key.removesuffix(ending), value) for key, value in fields.items() if key.endswith(ending))
    return fields | {name: value for name, value in pairs if value and name in fields}


def _value(key: str, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    if key.endswith("_on"):
        return dt.date.fromisoformat(value)
    if key.endswith("_at"):
        return dt.datetime.fromisoformat(value)
    return value
