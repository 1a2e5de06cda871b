// Long forms with rows: a row comes or goes without loading the page anew. Without this script the same buttons load it.
(() => {
  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || !("step" in button.dataset)) return;
    event.preventDefault();
    const body = new FormData(form, button);
    const whole = form.getAttribute("action");
    try {
      const answer = await fetch(whole, { method: "POST", body });
      if (!answer.ok || answer.redirected) throw new Error();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(form.dataset.steps);
      if (!next) throw new Error();
      document.getElementById(form.dataset.steps).replaceWith(next);
      const place = document.getElementById(button.getAttribute("formaction").slice(1)) || next;
      if (!place.matches("fieldset")) place.tabIndex = -1;
      place.focus();
      place.scrollIntoView({ block: "start" });
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: "step", value: button.value });
      form.append(hidden);
      delete form.dataset.sent;
      form.submit();
    }
  }, true);
})();
