"""How much a page weighs on first load with nothing cached, compressed: at most 100 kB, and 15 kB after."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

pytestmark = pytest.mark.django_db
FIRST, NEXT = 100_000, 15_000
ALREADY_SMALL = {".woff2", ".png", ".jpg", ".webp", ".avif"}
PAGES = [
    "pages:home",
    "projects:list",
    "members:list",
    "mobility:index",
    "news:list",
    "news:events",
    "funding:index",
]


def weight_of(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix in ALREADY_SMALL else len(brotli.compress(content))


def assets(html: str) -> set[Path]:
    """Every file of ours that the page or its style sheets name."""
    found: set[Path] = set()
    waiting = re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"#?]+)', html)
    while waiting:
        name = waiting.pop()
        path = Path(finders.find(name) or "")
        assert path.is_file(), f"no such file: {name}"
        if path not in found:
            found.add(path)
            if path.suffix == ".css":
                for url in re.findall(r"url\([\"']?([^\"')]+)", path.read_text()):
                    waiting.append(str((Path(name).parent / url).as_posix()))
    return {Path(str(path)) for path in found}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "lt"])
def test_a_public_page_is_light(client, page, language, django_db_setup):
    from django.utils.translation import override

    with override(language):
        response = client.get(reverse(page))
    html = response.content.decode()
    own = len(gzip.compress(response.content))
    total = own + sum(weight_of(path) for path in assets(html))
    assert total <= FIRST, f"{page}: {total} bytes on first load"
    assert own <= NEXT, f"{page}: {own} bytes after"


def test_no_page_asks_anybody_else(client):
    html = client.get(reverse("pages:home")).content.decode()
    loading = r'<(?:script|img|iframe|source|link(?! rel="alternate"))[^>]+'  # an alternate is only named, not loaded
    assert not re.findall(loading + r'(?:src|href)="(?:https?:)?//(?!testserver)', html)
