"""Releases of the charter list go through a job; a code must have the shape of its kind (checked in 0008)."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0005_tree_of_units")]

    operations = [
        migrations.AddField(
            model_name="charterrelease",
            name="problem",
            field=models.TextField(blank=True, db_default="", verbose_name="problem"),
        ),
        migrations.AlterField(
            model_name="charterrelease",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "Waits to be checked"),
                    ("checked", "Checked"),
                    ("taking", "Waits to be taken over"),
                    ("taken", "Taken over"),
                    ("discarded", "Discarded"),
                    ("refused", "Refused"),
                ],
                default="waiting",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="charterrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at__isnull", False), ("status__in", ["taken", "discarded", "refused"])
                    ),
                    models.Q(("settled_at__isnull", True), ("status__in", ["waiting", "checked", "taking"])),
                    _connector="OR",
                ),
                name="members_charterrelease_settled",
            ),
        ),
        AddConstraintNotValid(
            model_name="identifier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scheme__in", ["erasmus", "pic", "oid", "schac", "ror", "national"]),
                    models.Q(
                        models.Q(("scheme", "erasmus"), _negated=True),
                        ("value__regex", "^((IRL|LUX|[A-Z]{2} |[A-Z]  )[A-Z][A-Z-]*[A-Z][0-9]{2,3})$"),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("scheme", "pic"), _negated=True),
                        ("value__regex", "^([0-9]{9})$"),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("scheme", "oid"), _negated=True),
                        ("value__regex", "^(E[0-9]{8})$"),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("scheme", "schac"), _negated=True),
                        (
                            "value__regex",
                            "^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+)$",
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("scheme", "ror"), _negated=True),
                        ("value__regex", "^(https://ror\\.org/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})$"),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("scheme", "national"), _negated=True),
                        ("value__regex", "^(.{1,100})$"),
                        _connector="OR",
                    ),
                ),
                name="members_identifier_shape",
                violation_error_message="This is not a valid code of this kind.",
            ),
        ),
    ]
