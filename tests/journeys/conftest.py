"""A real browser against a live server."""

import shutil
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client, override_settings

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 90_000  # milliseconds: on a busy machine a page may take long, and is not wrong for that
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory):
    """The live server starts before the settings of a single test do; its folder of static files must exist.

    A page that is closed may send its draft once more, between two tests: it finds plain static files then too.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static"), STORAGES=storages):
        yield


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, one for all journeys of a worker."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium was found")  # a machine without a browser; script/test says so aloud
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def settled_clicks():
    """After a click or a key the page asked for is there whole: Playwright goes on as soon as its first bytes are."""
    from playwright.sync_api import Locator

    def settled(act):
        def and_wait(locator, *given, **named):
            page = locator.page
            act(locator, *given, **named)
            page.wait_for_load_state("load")

        return and_wait

    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press"):
            patch.setattr(Locator, name, settled(getattr(Locator, name)))
        yield


@pytest.fixture
def session_of() -> Callable[..., str]:
    """The session cookie of a person, without the sign-in page."""

    def sign_in(person) -> str:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    return sign_in


@pytest.fixture
def browse(chromium, live_server, session_of):
    """`browse(person, width=…, theme=…)` opens a page for somebody; all are closed afterwards."""
    contexts = []

    def open_page(person=None, *, width=1280, theme="light", scripts=True):
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=theme,
            java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        if person is not None:
            cookie = {
                "name": settings.SESSION_COOKIE_NAME,
                "value": session_of(person),
                "url": live_server.url,
            }
            context.add_cookies([cookie])
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
