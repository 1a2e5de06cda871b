"""Languages people study and teach in: ISO 639 codes with their names (Unicode CLDR)."""

from __future__ import annotations

from babel import Locale
from django.utils.translation import get_language

from ground.text import sort_key

# The official languages of the Union, and others that courses and certificates name.
CODES = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv", "ar", "be", "bs", "ca", "eu", "fa", "gl", "he", "hi", "is", "ja", "ka", "ko", "lb",
    "mk", "no", "ru", "sq", "sr", "tr", "uk", "vi", "zh",
]  # fmt: skip


def name(code: str) -> str:
    """The name of a language in the language in use, with a capital; the code itself when it has none."""
    locale = Locale.parse((get_language() or "en").replace("-", "_"))
    words = locale.languages.get(code, code)
    return words[:1].upper() + words[1:]


def choices() -> list[tuple[str, str]]:
    """Code and name of every language offered, in the order of the names."""
    return sorted(((code, name(code)) for code in CODES), key=lambda choice: sort_key(choice[1]))
