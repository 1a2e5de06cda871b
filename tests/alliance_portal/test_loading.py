"""The commands that load, where nothing is loaded yet."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from mobility.models import Call
from news.models import Event, NewsItem
from projects.models import Project

pytestmark = pytest.mark.django_db


def test_the_demo_is_refused_in_production(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="load_content"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_real_content_loads_without_anything_invented(capsys):
    call_command("load_content")
    assert capsys.readouterr().out == "The content is loaded.\n"
    assert not User.objects.exists()
    assert [project.code for project in Project.objects.all()] == ["S-NET-24-50"]
    assert (NewsItem.objects.count(), Event.objects.count(), Call.objects.count()) == (2, 2, 0)
