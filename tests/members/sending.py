"""Forms of the room as a browser sends them: everything that the page holds, but for what is typed anew."""

from html.parser import HTMLParser

from django.test import Client


def client_of(person):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


class _Fields(HTMLParser):
    """The fields of the forms that a page sends by POST, with what they hold."""

    def __init__(self):
        super().__init__()
        self.found, self.area, self.select, self.inside = {}, None, None, False

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "form":
            self.inside = a.get("method") == "post" and "wide" in a.get("class", "")
        if not self.inside or ((name := a.get("name")) is None and tag != "option"):
            return
        if tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select = name
            self.found[name] = ""
        elif tag == "option" and "selected" in a:
            self.found[self.select] = a.get("value", "")
        elif tag == "input" and a.get("type") in ("checkbox", "radio"):
            if "checked" in a and a["type"] == "checkbox":
                self.found.setdefault(name, []).append(a.get("value", "on"))
            elif "checked" in a:
                self.found[name] = a.get("value", "on")
        elif tag == "input":
            self.found[name] = a.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            self.found[self.area] = self.found[self.area].removeprefix("\r\n").removeprefix("\n")
            self.area = None
        if tag == "form":
            self.inside = False


def fields_in(text):
    """What the page's form would send as it stands."""
    reader = _Fields()
    reader.feed(text)
    reader.found.pop("csrfmiddlewaretoken", None)
    return reader.found


def page(person, address):
    answer = client_of(person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def filled(person, address):
    """The form at this address as it is shown."""
    return fields_in(page(person, address))


def send(person, address, **typed):
    """Open the page, type, send."""
    return client_of(person).post(address, filled(person, address) | typed)
