"""Facts for machines (schema.org) as a data block: never run as a script, so the page's policy needs no exception."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

# What could end the block or begin another is written as JSON escapes.
_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def block(kind: str, **facts: Any) -> SafeString:
    """A `<script type="application/ld+json">` of a schema.org `kind`; empty facts are left out."""
    said = {name: value for name, value in facts.items() if value not in (None, "", [], {})}
    data = {"@context": "https://schema.org", "@type": kind, **said}
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    # No sign in the text can end the block: _ESCAPES has replaced them all.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')
