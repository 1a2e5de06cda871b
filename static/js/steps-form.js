// Long forms with rows: a row comes or goes without loading the page anew. Without this script the same buttons load it.
// In an agreement each condition shows what its kind has.
(() => {
  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  // Students have months and levels, staff has days. What is hidden is left out by the server, which says so.
  const fit = (select) => {
    const box = select.closest("[data-students]");
    const students = box.dataset.students.split(" ").includes(select.value);
    for (const part of box.querySelectorAll("[data-of]")) part.hidden = (part.dataset.of === "students") !== students;
  };
  const fitAll = () => form.querySelectorAll("[data-students] select[name$='-kind']").forEach(fit);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-students] select[name$='-kind']")) fit(event.target);
  });
  addEventListener("pageshow", fitAll); // the browser may have put back another kind
  // What was wrong before is checked anew when it is saved: until then nothing is said of it.
  const forget = (title) => {
    document.title = title;
    for (const one of document.querySelectorAll("main .problem, main .field > .error, main .field fieldset > .error")) {
      const id = one.id;
      one.remove();
      if (!id) continue;
      for (const field of form.querySelectorAll(`[aria-describedby~="${id}"]`)) {
        const left = field.getAttribute("aria-describedby").split(" ").filter((other) => other !== id);
        left.length ? field.setAttribute("aria-describedby", left.join(" ")) : field.removeAttribute("aria-describedby");
      }
    }
    for (const field of form.querySelectorAll(".field.wrong")) field.classList.remove("wrong");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  };
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.dataset.foldFilter) event.preventDefault();
  });
  // Folded rows are found by what they say: host, field, level.
  form.addEventListener("input", (event) => {
    const wanted = event.target.dataset?.foldFilter;
    if (!wanted) return;
    event.stopImmediatePropagation(); // nothing of the call was typed
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean), said = form.querySelector("[data-fold-said]");
    let shown = 0, all = 0;
    for (const group of document.getElementById(wanted).querySelectorAll("[data-fold-group]")) {
      const name = group.querySelector("h3").textContent;
      for (const row of group.querySelectorAll(".fold")) {
        const text = `${name} ${row.querySelector("summary").textContent}`.toLowerCase();
        row.hidden = !words.every((one) => text.includes(one));
        all += 1;
        shown += row.hidden ? 0 : 1;
      }
      group.hidden = [...group.querySelectorAll(".fold")].every((row) => row.hidden);
    }
    said.textContent = words.length ? said.dataset.foldSaid.replace("{}", shown).replace("{}", all) : "";
  }, true);
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
      const rows = document.getElementById(form.dataset.steps), number = page.querySelector("[name=draft]");
      if (number) form.elements.draft.value = number.value;
      if (!button.value.startsWith("remove-")) { // rows keep their numbers: what was open stays open
        for (const one of rows.querySelectorAll("details.fold[open]")) {
          const same = next.querySelector(`#${CSS.escape(one.id)}`);
          if (same) same.open = true;
        }
      }
      rows.replaceWith(next);
      forget(page.title);
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
