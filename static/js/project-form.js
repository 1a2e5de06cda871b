// What makes the form of a project quicker: rows, both languages, Markdown, partners, drafts. All of it works without.
(() => {
  const form = document.getElementById("project-form");
  if (!form) return;
  const words = JSON.parse(document.getElementById("project-form-words").textContent);
  const json = { Accept: "application/json" };
  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const field = (row, name) => row.querySelector(`[name$='-${name}']`);
  const changed = (of = form) => of.dispatchEvent(new Event("input", { bubbles: true }));
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };

  // Rows: taken away with a way back. What is gone is sent with its mark, so the server knows.
  const bringBack = (row, line) => {
    field(row, "DELETE").value = "";
    row.hidden = false;
    line.remove();
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    changed();
  };
  const takeAway = (row) => {
    const name = row.querySelector("[data-partner-name]")?.textContent.trim() || "";
    const undo = make("button", { type: "button", class: "link-button" }, words.undo);
    const line = make("p", { class: "row-gone", role: "status" }, `${words.removed}${name ? ` ${name}.` : ""} `);
    line.append(undo);
    undo.addEventListener("click", () => bringBack(row, line));
    field(row, "DELETE").value = "on";
    row.hidden = true;
    row.after(line);
    undo.focus();
    changed();
  };
  form.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove-row]")?.closest(".rows > *");
    if (row) takeAway(row);
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
    const filled = (code) => all(`[name$='_${code}']`, pair).some((one) => one.value.trim());
    const has = { en: filled("en"), lt: filled("lt") };
    pair.querySelector("[data-missing=en]").hidden = has.en || !has.lt;
    pair.querySelector("[data-missing=lt]").hidden = has.lt || !has.en;
  };
  form.addEventListener("input", (event) => {
    const pair = event.target.closest?.("[data-pair]");
    if (pair) markMissing(pair);
  });

  // Markdown: four buttons above each long text, and how it will look.
  const chosenIn = (area) => area.value.slice(area.selectionStart, area.selectionEnd);
  const wrap = (area, before, after) => {
    const start = area.selectionStart, inner = chosenIn(area) || words.sample;
    area.focus();
    area.setRangeText(before + inner + after, start, area.selectionEnd, "select");
    area.setSelectionRange(start + before.length, start + before.length + inner.length);
    changed(area);
  };
  const itemise = (area) => {
    const start = area.selectionStart;
    const items = (chosenIn(area) || words.item).split("\n").map((one) => `- ${one}`).join("\n");
    const gap = start && area.value[start - 1] !== "\n" ? "\n\n" : "";
    area.focus();
    area.setRangeText(gap + items, start, area.selectionEnd, "select");
    changed(area);
  };
  const show = async (area, pane) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    body.set("text", area.value);
    try {
      const answer = await fetch(form.dataset.text, { method: "POST", body, headers: json });
      if (!answer.ok) throw new Error();
      pane.innerHTML = (await answer.json()).html || words.empty; // sanitised by the server
    } catch { pane.textContent = words.offline; }
  };
  const lookAt = async (area, pane, button) => {
    const showing = pane.hidden;
    if (showing) await show(area, pane);
    pane.hidden = !showing;
    area.hidden = showing;
    button.setAttribute("aria-pressed", String(showing));
    (showing ? pane : area).focus();
  };
  const addToolbar = (area) => {
    const bar = make("div", { class: "toolbar", role: "group", "aria-label": words.toolbar });
    const pane = make("div", { class: "prose text-preview", hidden: "", tabindex: "-1", lang: area.lang });
    const add = (label, title, act, more = {}) => {
      const button = make("button", { type: "button", title, "aria-label": title, ...more }, label);
      button.addEventListener("click", () => act(button));
      bar.append(button);
    };
    add("B", words.bold, () => wrap(area, "**", "**"), { class: "bold" });
    add("I", words.italic, () => wrap(area, "*", "*"), { class: "italic" });
    add("[…]", words.link, () => wrap(area, "[", "](https://)"));
    add("•", words.list, () => itemise(area));
    add(words.look, words.look, (button) => lookAt(area, pane, button), { "aria-pressed": "false" });
    area.before(bar);
    area.after(pane);
  };
  all("textarea").forEach(addToolbar);

  // Partners: a row made of the empty one that the page brings along.
  const partners = form.querySelector("[data-rows=partners]");
  const isThere = (organisation) => all("[name$='-organisation_id']", partners).some(
    (one) => one.value === String(organisation.id) && !one.closest(".rows > *").hidden);
  const addPartner = (organisation) => {
    const total = document.getElementById("id_partners-TOTAL_FORMS");
    const blank = form.querySelector("template[data-row=partners]");
    partners.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    const row = partners.lastElementChild;
    field(row, "organisation_id").value = organisation.id;
    row.querySelector("[data-partner-name]").append(
      `${organisation.name} `, make("span", { class: "small muted" }, `· ${organisation.about}`));
    departmentsAreOld();
    changed();
  };

  // They are found in a combobox after the pattern of the ARIA guide.
  const combobox = (sought) => {
    const told = form.querySelector("[data-sought-said]");
    const list = make("ul", { id: "sought-list", role: "listbox", class: "combo-list", hidden: "", "aria-label": sought.dataset.found });
    const state = { role: "combobox", "aria-autocomplete": "list", "aria-controls": "sought-list", "aria-expanded": "false" };
    let found = [], active = -1, pause, asking;
    const close = () => {
      list.hidden = true;
      active = -1;
      sought.setAttribute("aria-expanded", "false");
      sought.removeAttribute("aria-activedescendant");
    };
    const open = () => {
      list.hidden = !found.length;
      sought.setAttribute("aria-expanded", String(!list.hidden));
    };
    const choose = (organisation) => {
      close();
      if (isThere(organisation)) { told.textContent = sought.dataset.twice; return; }
      addPartner(organisation);
      told.textContent = sought.dataset.added.replace("{}", organisation.name);
      sought.value = "";
      found = [];
    };
    const option = (organisation, i) => {
      const line = make("li", { role: "option", id: `sought-${i}`, "aria-selected": "false" }, organisation.name);
      const about = [organisation.about, organisation.codes].filter(Boolean).join(" · ");
      line.append(make("span", { class: "small muted" }, ` · ${about}`));
      line.addEventListener("mousedown", (event) => { event.preventDefault(); choose(organisation); });
      return line;
    };
    const draw = (organisations) => {
      close();
      found = organisations;
      list.replaceChildren(...found.map(option));
      open();
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const q = sought.value.trim();
      if (q.length < 2) { draw([]); return; }
      try {
        const address = `${form.dataset.organisations}?q=${encodeURIComponent(q)}`;
        const answer = await fetch(address, { signal: asking.signal, headers: json });
        if (!answer.ok || answer.redirected) throw new Error();
        const data = await answer.json();
        told.textContent = data.words;
        draw(data.organisations);
      } catch (problem) { if (problem.name !== "AbortError") close(); }
    };
    const move = (step) => {
      if (list.hidden) open();
      if (list.hidden) return;
      active = active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length;
      [...list.children].forEach((line, i) => line.setAttribute("aria-selected", String(i === active)));
      list.children[active].scrollIntoView({ block: "nearest" });
      sought.setAttribute("aria-activedescendant", `sought-${active}`);
    };
    const enter = () => {
      if (active >= 0) { choose(found[active]); return; }
      clearTimeout(pause);
      ask();
    };
    const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: enter };
    sought.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
      if (event.key in keys) { event.preventDefault(); keys[event.key](); }
    });
    sought.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(ask, 250); });
    sought.addEventListener("blur", close);
    Object.entries(state).forEach(([name, value]) => sought.setAttribute(name, value));
    sought.after(list);
  };
  const sought = form.querySelector("#sought");
  if (sought) combobox(sought);

  // Drafts: a few seconds after typing stops, and when the page is left.
  const said = form.querySelector("[data-draft-said]");
  const KEEPALIVE_TAKES = 60000; // octets: browsers take no more from a page that is leaving
  let waiting, saving, unsaved = false, leaving = false, renewals = 0;
  // Who signed in again in another tab has a new proof of origin: it is fetched, and what was typed goes on.
  const renewed = async () => {
    if (renewals++ > 2) return false;
    const page = await (await fetch(location.href)).text();
    const token = new DOMParser().parseFromString(page, "text/html").querySelector("#project-form [name=csrfmiddlewaretoken]");
    if (token) form.csrfmiddlewaretoken.value = token.value;
    return Boolean(token);
  };
  const post = (last) => {
    saving?.abort();
    saving = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    const keepalive = last && body.toString().length < KEEPALIVE_TAKES;
    return fetch(form.dataset.draft, { method: "POST", body, keepalive, signal: saving.signal, headers: json });
  };
  const wordsOf = async (answer) => {
    const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return (isJson && (await answer.json()).words) || words.offline;
  };
  const keep = async (last = false) => {
    clearTimeout(waiting);
    if (!unsaved || leaving || "draftWaits" in form.dataset) return;
    unsaved = false;
    try {
      const answer = await post(last);
      if (answer.status === 403 && await renewed()) { unsaved = true; await keep(last); return; }
      said.textContent = await wordsOf(answer);
      unsaved ||= !answer.ok && ![409, 410, 413].includes(answer.status);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      unsaved = true;
      said.textContent = words.offline;
    }
  };
  form.addEventListener("input", (event) => {
    if (event.target === sought) return;
    unsaved = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 3000);
  });
  addEventListener("pagehide", () => keep(true));
  addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
  if ("draftWaits" in form.dataset) form.addEventListener("input", () => { said.textContent = words.waits; }, { once: true });

  // A preview opens beside the form: nothing is sent away, so nothing is settled.
  const stay = (button) => {
    const wasUnsaved = unsaved;
    setTimeout(() => {
      delete form.dataset.sent;
      button.removeAttribute("aria-disabled");
      changed();
      unsaved = wasUnsaved || unsaved;
    }, 50);
  };
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") { stay(event.submitter); return; }
    leaving = true;
    saving?.abort();
    clearTimeout(waiting);
  });

  // What came back with errors, or with one more row, is not saved yet.
  if ("unsaved" in form.dataset) changed();
})();
