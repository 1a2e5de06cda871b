"""The style sheet is what its sources say, and vendored files are the ones that were checked."""

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ground.management.commands import build_css

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDORED = tomllib.loads((STATIC / "vendor" / "MANIFEST.toml").read_text())["file"]
FIRST_LOAD = 100_000


def test_portal_css_is_up_to_date_with_its_sources():
    call_command("build_css", check=True)


def test_build_css_says_so_when_the_sheet_is_stale(settings, tmp_path):
    folder = tmp_path / "static" / "css"
    (folder / "components").mkdir(parents=True)
    for name in ("tokens", "base", "layout", "print"):
        (folder / f"{name}.css").write_text(f"/* {name} */\n  .{name} {{ }}\n")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="stale"):
        call_command("build_css", check=True)
    call_command("build_css")
    call_command("build_css", check=True)
    assert (folder / "portal.css").read_text() == (
        f"{build_css.ORDER}.tokens {{ }}\n.base {{ }}\n.layout {{ }}\n.print {{ }}\n"
    )


@pytest.mark.parametrize("file", VENDORED, ids=lambda file: file["path"])
def test_a_vendored_file_is_the_one_that_was_checked(file):
    assert file["version"]
    assert file["licence"]
    assert hashlib.sha256((STATIC / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_every_font_is_in_the_manifest():
    listed = {file["path"] for file in VENDORED}
    assert {str(path.relative_to(STATIC)) for path in (STATIC / "fonts").iterdir()} <= listed


def test_the_test_tools_are_the_ones_that_were_checked():
    readme = (ROOT / "tests" / "vendor" / "README.md").read_text()
    for path in (ROOT / "tests" / "vendor").glob("*.js"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme


def test_style_sheets_load_nothing_from_elsewhere():
    for sheet in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^)\"']+)", sheet.read_text()):
            assert (sheet.parent / address).is_file(), (sheet.name, address)
        assert "@import" not in sheet.read_text()


def test_what_every_page_loads_leaves_room_within_the_first_load():
    every = ["css/portal.css", "js/theme.js", "js/portal.js", "img/favicon.svg", "img/europe.svg"]
    packed = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in every)
    fonts = sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2"))
    assert packed + fonts < FIRST_LOAD - 25_000
