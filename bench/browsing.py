"""Pages as a browser gets them: how many bytes, from whom, and whether anything moves while it is read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from django.conf import settings

from bench.figures import Figure, below
from bench.load import HOST

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = (360, 740), (1280, 900)
FIRST, NEXT, MOVES = 100, 15, 0.001
# What has moved so far without the reader's doing, counted from the beginning of the page.
WATCH = """window.benchMoved = 0; new PerformanceObserver(list => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.benchMoved += one.value
}).observe({type: "layout-shift", buffered: true})"""
THROUGH = """async () => { for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
  scrollTo(0, y); await new Promise(done => setTimeout(done, 60)) } }"""


@dataclass
class Visit:
    """What came of opening a page."""

    size: int = 0  # the page's own bytes
    pictures: int = 0  # those of pictures that editors chose
    chosen: set[str] = field(default_factory=set)
    moved: float = 0.0
    foreign: set[str] = field(default_factory=set)


def figures(port: int, paths: dict[str, str]) -> Iterator[Figure]:
    """Weight and calm of each page. Where there is no browser, that is said instead."""
    missing = _missing()
    if missing:
        yield Figure("weight, layout shift, requests to others", None, "", conditions=missing)
        return
    with _chromium() as browser:
        for name, path in paths.items():
            yield from _page(browser, port, name, path, paths)


def _missing() -> str:
    if find_spec("playwright") is None:
        return "playwright is not installed (requirements-dev.txt)"
    return "" if any(map(shutil.which, NAMES)) else "there is no Chromium on this machine"


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _page(browser: Any, port: int, name: str, path: str, paths: dict[str, str]) -> Iterator[Figure]:
    phone, desk = (_opened(browser, port, [path], size)[-1] for size in (PHONE, DESK))
    before = next(other for other in (paths["home"], paths["project list"]) if other != path)
    again = _opened(browser, port, [before, path], PHONE)[-1]
    yield _weight(f"{name}, first load", phone, FIRST, "nothing cached")
    yield _weight(f"{name}, next page", again, NEXT, f"after {before}")
    for width, visit in ((PHONE[0], phone), (DESK[0], desk)):
        said = "sum of layout shifts, scrolled to the end"
        yield below(f"{name}, layout shift at {width} px", visit.moved, "", MOVES, conditions=said)
    others = sorted(phone.foreign | desk.foreign | again.foreign)
    yield below(f"{name}, requests to others", len(others), "", 0, conditions=", ".join(others)[:300])


def _weight(name: str, visit: Visit, most: float, when: str) -> Figure:
    """The page's own weight; pictures are as heavy as editors chose them."""
    said = "Chromium, 360 px, as transferred with headers; above the fold, nothing scrolled"
    more = f"and {visit.pictures / 1000:.1f} kB of pictures that editors chose"
    return below(name, visit.size / 1000, "kB", most, conditions=f"{said}; {when}; {more}")


def _opened(browser: Any, port: int, paths: list[str], size: tuple[int, int]) -> list[Visit]:
    """Open pages one after another in a fresh browser."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        return [_visited(context, page, f"http://{HOST}:{port}", path) for path in paths]
    finally:
        context.close()


def _visited(context: Any, page: Any, origin: str, path: str) -> Visit:
    visit, watcher = Visit(), context.new_cdp_session(page)
    watcher.send("Network.enable")
    watcher.on("Network.loadingFinished", lambda said: _add(visit, said))
    watcher.on("Network.requestWillBeSent", lambda said: _note(visit, said, origin))
    page.goto(f"{origin}{path}", wait_until="networkidle")
    weighed = visit.size, visit.pictures
    page.evaluate(THROUGH)
    page.wait_for_load_state("networkidle")
    visit.moved = page.evaluate("benchMoved")
    visit.size, visit.pictures = weighed
    watcher.detach()
    return visit


def _add(visit: Visit, said: dict[str, Any]) -> None:
    if said["requestId"] in visit.chosen:
        visit.pictures += int(said["encodedDataLength"])
    else:
        visit.size += int(said["encodedDataLength"])


def _note(visit: Visit, said: dict[str, Any], origin: str) -> None:
    url = said["request"]["url"]
    if not url.startswith((f"{origin}/", "data:")):
        visit.foreign.add(url)
    elif said.get("type") == "Image" and not url.startswith((f"{origin}{settings.STATIC_URL}", "data:")):
        visit.chosen.add(said["requestId"])
