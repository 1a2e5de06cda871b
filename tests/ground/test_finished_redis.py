"""Finished pages in a Redis of the test's own."""

import shutil
import socket
import subprocess
import time

import pytest
from redis import Redis, RedisError

from ground.finished_shelf import RedisShelf
from tests import factories
from tests.finished import pages, shown

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("pages_are_kept"),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="there is no Redis on this machine"),
]


@pytest.fixture
def redis(tmp_path, settings):
    """A server that keeps nothing on disk; the portal is told of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(tmp_path),
    ]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with Redis.from_url(settings.REDIS_URL) as client:
        for _attempt in range(100):
            try:
                client.ping()
                break
            except RedisError:
                time.sleep(0.05)
        yield client
    server.kill()
    server.wait()


def test_pages_lie_in_redis_and_the_number_in_the_database(redis, django_assert_num_queries):
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    first = shown(path)
    assert (pages(), redis.dbsize()) == (0, 1)
    with django_assert_num_queries(1):
        second = shown(path)
    assert second.content == first.content
    assert 0 < redis.ttl(redis.keys()[0]) <= 15 * 60 + 1


def test_another_page_at_the_same_place_is_not_taken_for_this_one(redis, settings):
    shelf = RedisShelf(settings.REDIS_URL)
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    shown(path)
    (place,) = redis.keys()
    kept = redis.get(place)
    assert shelf.find(kept[:32]).entry is not None
    redis.set(place, b"\x00" * 32 + kept[32:])
    assert shelf.find(kept[:32]).entry is None
    redis.set(place, kept[:32] + b"nonsense")
    assert shelf.find(kept[:32]).entry is None


def test_pages_are_drawn_when_redis_is_gone(redis):
    path = f"/en/projects/{factories.ProjectFactory().key}/"
    shown(path)
    redis.shutdown(nosave=True)
    assert shown(path).status_code == 200
