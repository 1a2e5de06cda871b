"""People, for administrators: create, find, deactivate, set language and password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.adapter import reachable
from accounts.models import User

# Rights come from appointments; groups would be a second, silent way.
admin.site.unregister(Group)


class PersonCreationForm(AdminUserCreationForm):
    """A new person: the address is the login; the password may come later by e-mail."""

    class Meta:
        model = User
        fields = ("email", "name", "language")

    def clean_email(self) -> str:
        """Refuse an address that differs from another only in case, in words beside the field."""
        email = reachable(User.objects.normalize_email(self.cleaned_data["email"]))
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is already an account with this e-mail address."))
        return email


class PersonChangeForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Rights come from appointments (below), never from flags, so none are shown here."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    list_display = ["email", "name", "language", "is_active", "is_demo", "last_login"]
    list_filter = ["is_active", "language", "is_demo"]
    search_fields = ["email", "name", "given_name", "family_name"]
    ordering = ["email"]
    date_hierarchy = "date_joined"
    filter_horizontal: list[str] = []
    readonly_fields = ["uuid", "last_login", "date_joined", "is_demo"]
    actions = ["deactivate"]
    inlines: list[Any] = []
    fieldsets = [
        (None, {"fields": ["email", "password", "is_active"]}),
        (_("Person"), {"fields": ["name", "given_name", "family_name", "language", "zone"]}),
        (_("Record"), {"fields": ["uuid", "last_login", "date_joined", "is_demo"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "language", "usable_password", "password1", "password2"]}),
    ]

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """People are deactivated; what they did keeps its author."""
        return False

    @admin.action(description=_("Deactivate: the person can't sign in any more"))
    def deactivate(self, request: Any, queryset: Any) -> None:
        queryset.exclude(pk=request.user.pk).update(is_active=False)
