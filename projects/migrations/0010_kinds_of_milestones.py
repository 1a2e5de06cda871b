"""Payments have rules of their own: as those of reports and payments together were, with who was told already.

Lines of the ledger are copied, not moved: what was planned or waits to be sent goes out by the old line, and a planner
of the release before finds its own. A copy says that the date was told by the other rule.
"""

from django.db import migrations

TOGETHER, PAYMENTS = "projects.milestone_due", "projects.payment_due"
TAKEN = (
    "days_before", "days_after", "since", "audience", "channel", "subject_en", "subject_lt", "text_en", "text_lt",
    "hour", "zone_source", "active", "looked_at",
)  # fmt: skip


def part(apps, schema_editor):
    rules, others = (
        apps.get_model("notifications", "ReminderRule"),
        apps.get_model("notifications", "ReminderOverride"),
    )
    if rules.objects.filter(kind=PAYMENTS).exists():
        return
    for rule in rules.objects.filter(kind=TOGETHER).order_by("pk"):
        copy = rules.objects.create(kind=PAYMENTS, **{name: getattr(rule, name) for name in TAKEN})
        for other in others.objects.filter(rule=rule):
            other.pk, other.uuid, other.rule = None, _fresh(other), copy
            other.save(force_insert=True)
        _copy_lines(apps, rule, copy)


def _copy_lines(apps, rule, copy):
    plans, milestones = (
        apps.get_model("notifications", "ReminderPlan"),
        apps.get_model("projects", "Milestone"),
    )
    payments = milestones.objects.filter(kind="payment").values("uuid")
    copies = []
    for plan in (
        plans.objects.filter(rule=rule, subject_uuid__in=payments).exclude(state="cancelled").iterator()
    ):
        plan.pk, plan.uuid, plan.rule, plan.message, plan.released_at = None, _fresh(plan), copy, None, None
        plan.state, plan.reason, plan.epoch = "skipped", "told by another rule", 0
        copies.append(plan)
    plans.objects.bulk_create(copies, batch_size=1000, ignore_conflicts=True)


def _fresh(row):
    return row._meta.get_field("uuid").get_default()


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_found_before"), ("notifications", "0009_sending")]
    operations = [migrations.RunPython(part, migrations.RunPython.noop)]
