// What makes the form of an article quicker: Markdown, pasted text, pictures in place, projects found, drafts. All of it
// works without.
(() => {
  const form = document.getElementById("article-form");
  if (!form) return;
  const words = JSON.parse(document.getElementById("article-form-words").textContent);
  const json = { Accept: "application/json" };
  const all = (selector, within = form) => [...within.querySelectorAll(selector)];
  const said = form.querySelector("[data-draft-said]");
  const changed = (of = form) => of.dispatchEvent(new Event("input", { bubbles: true }));
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const post = async (address, fields) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    Object.entries(fields).forEach(([name, value]) => body.set(name, value));
    const answer = await fetch(address, { method: "POST", body, headers: json });
    if (!answer.ok || answer.redirected) throw new Error();
    return answer.json();
  };

  // What is missing in one language.
  form.addEventListener("input", (event) => {
    const pair = event.target.closest?.("[data-pair]");
    if (!pair) return;
    const filled = (code) => all(`[name$='_${code}']`, pair).some((one) => one.value.trim());
    const has = { en: filled("en"), lt: filled("lt") };
    pair.querySelector("[data-missing=en]").hidden = has.en || !has.lt;
    pair.querySelector("[data-missing=lt]").hidden = has.lt || !has.en;
  });

  // Markdown: buttons above the text, and how it will look.
  const insert = (area, text, select = 0) => {
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    if (select) area.setSelectionRange(area.selectionEnd - select, area.selectionEnd);
    changed(area);
  };
  const chosenIn = (area) => area.value.slice(area.selectionStart, area.selectionEnd);
  const wrap = (area, before, after) => {
    const start = area.selectionStart, inner = chosenIn(area) || words.sample;
    area.focus();
    area.setRangeText(before + inner + after, start, area.selectionEnd, "select");
    area.setSelectionRange(start + before.length, start + before.length + inner.length);
    changed(area);
  };
  const gap = (area) => {
    const before = area.value.slice(0, area.selectionStart);
    return !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  };
  const prefixed = (area, prefix, sample) => {
    const lines = (chosenIn(area) || sample).split("\n").map((one) => `${prefix}${one}`).join("\n");
    insert(area, `${gap(area)}${lines}`);
  };
  const lookAt = async (area, pane, button) => {
    const showing = pane.hidden;
    if (showing) {
      try {
        const { html, problem } = await post(form.dataset.text, { text: area.value });
        pane.innerHTML = html || words.empty; // sanitised by the server
        if (problem) pane.prepend(make("p", { class: "missing" }, problem));
      } catch { pane.textContent = words.offline; }
    }
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
    add("H", words.heading, () => prefixed(area, "## ", words.sample));
    add("[…]", words.link, () => wrap(area, "[", "](https://)"));
    add("•", words.list, () => prefixed(area, "- ", words.item));
    add(words.look, words.look, (button) => lookAt(area, pane, button), { "aria-pressed": "false" });
    area.before(bar);
    area.after(pane);
  };
  all("textarea[data-markdown]").forEach((area) => {
    addToolbar(area);
    // From a word processor comes HTML: the server makes Markdown of it.
    area.addEventListener("paste", async (event) => {
      const html = event.clipboardData?.getData("text/html");
      const plain = event.clipboardData?.getData("text/plain") || "";
      if (!html || !form.dataset.pasted) return;
      event.preventDefault();
      try {
        insert(area, (await post(form.dataset.pasted, { html })).text || plain);
        said.textContent = words.pasted;
      } catch { insert(area, plain); }
    });
  });

  // A picture is put where the text is being written.
  all("[data-place]").forEach((button) => button.addEventListener("click", () => {
    const area = document.getElementById(button.dataset.into);
    insert(area, `${gap(area)}${button.dataset.place}\n\n`);
    said.textContent = words.placed;
  }));

  // Projects are found in a combobox after the pattern of the ARIA guide; what is chosen becomes a line of the field.
  const box = form.querySelector("[data-find-projects]");
  const combobox = () => {
    const area = box.querySelector("textarea");
    const sought = make("input", { id: "find-project", autocomplete: "off", role: "combobox", "aria-autocomplete": "list", "aria-controls": "found-projects", "aria-expanded": "false" });
    const list = make("ul", { id: "found-projects", role: "listbox", class: "combo-list", hidden: "", "aria-label": box.dataset.found });
    const line = make("div", { class: "field combo-field" });
    line.append(make("label", { for: "find-project" }, box.dataset.label), sought, list);
    box.append(line);
    let found = [], active = -1, pause;
    const close = () => {
      list.hidden = true;
      active = -1;
      sought.setAttribute("aria-expanded", "false");
      sought.removeAttribute("aria-activedescendant");
    };
    const choose = (one) => {
      const lines = area.value.split("\n").map((code) => code.trim()).filter(Boolean);
      if (!lines.includes(one.code)) lines.push(one.code);
      area.value = lines.join("\n");
      sought.value = "";
      close();
      changed(area);
    };
    const ask = async () => {
      const q = sought.value.trim();
      if (q.length < 2) { close(); return; }
      try {
        const answer = await fetch(`${form.dataset.links}?q=${encodeURIComponent(q)}`, { headers: json });
        ({ found } = await answer.json());
      } catch { found = []; }
      close();
      list.replaceChildren(...found.map((one, i) => {
        const option = make("li", { role: "option", id: `found-project-${i}`, "aria-selected": "false" }, `${one.code} · ${one.title}`);
        option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
        return option;
      }));
      list.hidden = !found.length;
      sought.setAttribute("aria-expanded", String(!list.hidden));
    };
    const move = (step) => {
      if (list.hidden || !found.length) return;
      active = active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length;
      [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
      sought.setAttribute("aria-activedescendant", `found-project-${active}`);
    };
    sought.addEventListener("keydown", (event) => {
      const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Escape: close, Enter: () => (active >= 0 ? choose(found[active]) : ask()) };
      if (event.key in keys) { event.preventDefault(); keys[event.key](); }
    });
    sought.addEventListener("input", (event) => { event.stopPropagation(); clearTimeout(pause); pause = setTimeout(ask, 250); });
    sought.addEventListener("blur", close);
  };
  if (box) combobox();

  // Drafts: a few seconds after typing stops, and when the page is left. Files are not kept.
  let waiting, unsaved = false, leaving = false;
  const keep = async (last = false) => {
    clearTimeout(waiting);
    if (!unsaved || leaving || "draftWaits" in form.dataset) return;
    unsaved = false;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    try {
      const keepalive = last && body.toString().length < 60000;
      const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive, headers: json });
      const kept = answer.ok && !answer.redirected;
      said.textContent = answer.redirected ? words.signed_out : kept || answer.status === 413 ? (await answer.json()).words : words.offline;
      unsaved ||= !kept && answer.status !== 413;
    } catch { unsaved = true; said.textContent = words.offline; }
  };
  form.addEventListener("input", () => { unsaved = true; clearTimeout(waiting); waiting = setTimeout(keep, 3000); });
  addEventListener("pagehide", () => keep(true));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(waiting); });
  addEventListener("pageshow", () => { leaving = false; });
  if ("unsaved" in form.dataset) changed();
})();
