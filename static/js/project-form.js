// What makes the form of a project quicker: rows, both languages, Markdown, partners, drafts. All of it works without.
(() => {
  const form = document.getElementById("project-form");
  if (!form) return;
  const words = JSON.parse(document.getElementById("project-form-words").textContent);
  const { all, changed, make, json, addToolbar, drafts } = window.formTools(form, words);
  const field = (row, name) => row.querySelector(`[name$='-${name}']`);

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

  // Markdown above each long text.
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

  drafts({ ignored: sought });
})();
