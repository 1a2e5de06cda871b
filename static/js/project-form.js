// What makes the form of a project quicker: rows, both languages, Markdown, partners, drafts. All of it works without.
(() => {
  const form = document.getElementById("project-form");
  if (!form) return;
  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const words = JSON.parse(document.getElementById("project-form-words").textContent);
  const said = form.querySelector("[data-draft-said]");
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));

  // Rows: taken away with a way back. What is gone is sent with its mark, so the server knows.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    const row = button.closest(".rows > *");
    const mark = row.querySelector("[name$='-DELETE']");
    const name = row.querySelector("[data-partner-name]")?.textContent.trim() || "";
    const undo = make("button", { type: "button", class: "link-button" }, words.undo);
    const line = make("p", { class: "row-gone", role: "status" }, `${words.removed}${name ? ` ${name}.` : ""} `);
    line.append(undo);
    mark.value = "on";
    row.hidden = true;
    row.after(line);
    undo.focus();
    undo.addEventListener("click", () => {
      mark.value = "";
      row.hidden = false;
      line.remove();
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      changed();
    });
    changed();
  });

  // Departments follow the universities: once those change, a new row comes from the server, with all that was typed.
  const departmentsAreOld = () => {
    const quick = form.querySelector("[data-add-row=departments]");
    if (!quick || quick.hidden) return;
    quick.hidden = true;
    form.querySelector("[data-add-step=departments]").classList.remove("no-js");
  };
  form.querySelector("#id_lead")?.addEventListener("change", departmentsAreOld);

  // What is missing in one language.
  const markMissing = (pair) => {
    const filled = (code) => all(`[name$='_${code}']`, pair).some((field) => field.value.trim());
    const has = { en: filled("en"), lt: filled("lt") };
    pair.querySelector("[data-missing=en]").hidden = has.en || !has.lt;
    pair.querySelector("[data-missing=lt]").hidden = has.lt || !has.en;
  };
  form.addEventListener("input", (event) => {
    const pair = event.target.closest?.("[data-pair]");
    if (pair) markMissing(pair);
  });

  // Markdown: four buttons above each long text, and how it will look.
  const put = (field, before, after, line) => {
    const { selectionStart: start, selectionEnd: end, value } = field;
    const chosen = value.slice(start, end);
    const text = line ? (chosen || words.item).split("\n").map((one) => `- ${one}`).join("\n") : `${before}${chosen || words.sample}${after}`;
    const break_ = line && start && value[start - 1] !== "\n" ? "\n\n" : "";
    field.focus();
    field.setRangeText(break_ + text, start, end, "select");
    if (!line) field.setSelectionRange(start + before.length, start + before.length + (chosen || words.sample).length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = async (field, pane) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    body.set("text", field.value);
    try {
      const answer = await fetch(form.dataset.text, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error();
      pane.innerHTML = (await answer.json()).html || words.empty; // sanitised by the server
    } catch { pane.textContent = words.offline; }
  };
  all("textarea").forEach((field) => {
    const bar = make("div", { class: "toolbar", role: "group", "aria-label": words.toolbar });
    const add = (label, title, act) => {
      const button = make("button", { type: "button", title, "aria-label": title }, label);
      button.addEventListener("click", act);
      bar.append(button);
      return button;
    };
    add("B", words.bold, () => put(field, "**", "**")).classList.add("bold");
    add("I", words.italic, () => put(field, "*", "*")).classList.add("italic");
    add("[…]", words.link, () => put(field, "[", "](https://)"));
    add("•", words.list, () => put(field, "", "", true));
    const pane = make("div", { class: "prose text-preview", hidden: "", tabindex: "-1" });
    const look = add(words.look, words.look, async () => {
      const showing = pane.hidden;
      if (showing) await show(field, pane);
      pane.hidden = !showing;
      field.hidden = showing;
      look.setAttribute("aria-pressed", String(showing));
      (showing ? pane : field).focus();
    });
    look.setAttribute("aria-pressed", "false");
    pane.lang = field.lang;
    field.before(bar);
    field.after(pane);
  });

  // Partners: a combobox after the pattern of the ARIA guide.
  const sought = form.querySelector("#sought");
  const rows = form.querySelector("[data-rows=partners]");
  const told = form.querySelector("[data-sought-said]");
  const list = make("ul", { id: "sought-list", role: "listbox", class: "combo-list", hidden: "", "aria-label": sought.dataset.found });
  let found = [], active = -1, pause, asking;
  sought.after(list);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "sought-list", "aria-expanded": "false" }).forEach(([name, value]) => sought.setAttribute(name, value));
  const close = () => { list.hidden = true; active = -1; sought.setAttribute("aria-expanded", "false"); sought.removeAttribute("aria-activedescendant"); };
  const open = () => { list.hidden = !found.length; sought.setAttribute("aria-expanded", String(!list.hidden)); };
  const choose = (organisation) => {
    const there = all("[name$='-organisation_id']", rows).filter((field) => field.value === String(organisation.id));
    if (there.some((field) => !field.closest(".rows > *").hidden)) { told.textContent = sought.dataset.twice; close(); return; }
    const total = document.getElementById("id_partners-TOTAL_FORMS");
    const blank = form.querySelector("template[data-row=partners]");
    rows.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    const row = rows.lastElementChild;
    row.querySelector("[name$='-organisation_id']").value = organisation.id;
    row.querySelector("[data-partner-name]").append(`${organisation.name} `, make("span", { class: "small muted" }, `· ${organisation.about}`));
    told.textContent = sought.dataset.added.replace("{}", organisation.name);
    sought.value = "";
    found = [];
    close();
    departmentsAreOld();
    changed();
  };
  const draw = () => {
    list.replaceChildren(...found.map((organisation, i) => {
      const option = make("li", { role: "option", id: `sought-${i}`, "aria-selected": "false" }, organisation.name);
      option.append(make("span", { class: "small muted" }, ` · ${[organisation.about, organisation.codes].filter(Boolean).join(" · ")}`));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(organisation); });
      return option;
    }));
    open();
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const q = sought.value.trim();
    if (q.length < 2) { found = []; draw(); return; }
    try {
      const answer = await fetch(`${form.dataset.organisations}?q=${encodeURIComponent(q)}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error();
      const data = await answer.json();
      found = data.organisations;
      told.textContent = data.words;
      draw();
    } catch (problem) { if (problem.name !== "AbortError") close(); }
  };
  const move = (step) => {
    if (list.hidden) { open(); if (list.hidden) return; }
    active = (active + step + found.length) % found.length;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    sought.setAttribute("aria-activedescendant", `sought-${active}`);
  };
  sought.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(ask, 250); });
  sought.addEventListener("blur", close);
  sought.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1); }
    else if (event.key === "Enter") { event.preventDefault(); if (active >= 0) choose(found[active]); else { clearTimeout(pause); ask(); } }
    else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
  });

  // Drafts: a few seconds after typing stops, and when the page is left.
  let waiting, saving, unsaved = false, leaving = false;
  const send = async (last = false) => {
    clearTimeout(waiting);
    if (!unsaved || leaving || "draftWaits" in form.dataset) return;
    unsaved = false;
    saving?.abort();
    saving = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    const brief = last && body.toString().length < 60000; // browsers take no more from a page that is leaving
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: brief, signal: saving.signal, headers: { Accept: "application/json" } });
      const data = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : {};
      if (answer.status === 403 && await renewed()) { unsaved = true; return send(last); }
      said.textContent = data.words || words.offline;
      if (!answer.ok && answer.status !== 409 && answer.status !== 413) unsaved = true;
    } catch (problem) {
      if (problem.name === "AbortError") return;
      unsaved = true;
      said.textContent = words.offline;
    }
  };
  // Who signed in again in another tab has a new proof of origin: it is fetched once, and what was typed goes on.
  let renewals = 0;
  const renewed = async () => {
    if (renewals++ > 2) return false;
    const page = await (await fetch(location.href)).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("#project-form [name=csrfmiddlewaretoken]");
    if (token) form.csrfmiddlewaretoken.value = token.value;
    return Boolean(token);
  };
  form.addEventListener("input", (event) => {
    if (event.target === sought) return;
    unsaved = true;
    clearTimeout(waiting);
    waiting = setTimeout(send, 3000);
  });
  addEventListener("pagehide", () => send(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
  if ("draftWaits" in form.dataset) form.addEventListener("input", () => { said.textContent = words.waits; }, { once: true });

  // A preview opens beside the form: nothing is sent away, so nothing is settled.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget !== "_blank") { leaving = true; saving?.abort(); clearTimeout(waiting); return; }
    const wasUnsaved = unsaved;
    setTimeout(() => {
      delete form.dataset.sent;
      event.submitter.removeAttribute("aria-disabled");
      changed();
      unsaved = wasUnsaved || unsaved;
    }, 50);
  });
  addEventListener("pageshow", () => { leaving = false; });

  // What came back with errors, or with one more row, is not saved yet.
  if ("unsaved" in form.dataset) changed();
})();
