"""Rights are there before any address is resolved: workers and commands ask for them too."""

import subprocess
import sys

ASK = """
import sys
import django
django.setup()
import rules
from django.apps import apps
from importlib.util import find_spec
own = [c.name for c in apps.get_app_configs() if find_spec(f"{c.name}.rules") and "site-packages" not in c.path]
assert "alliance_portal.urls" not in sys.modules
missing = [name for name in own if f"{name}.rules" not in sys.modules]
assert len(own) > 4 and not missing, missing
assert rules.perm_exists("news.choose_lead") and rules.perm_exists("news.write_item")
"""


def test_a_worker_knows_the_rights_of_every_room():
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
