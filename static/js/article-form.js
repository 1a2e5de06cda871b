// What makes the form of an article or an event quicker: Markdown, pasted text, pictures in place, projects found, drafts.
// All of it works without.
(() => {
  const form = document.querySelector("form[data-writing]");
  if (!form) return;
  const words = JSON.parse(document.getElementById("writing-words").textContent);
  const { all, changed, make, json, said, post, insert, gap, addToolbar, drafts } = window.formTools(form, words);

  // Markdown, and what is pasted from elsewhere.
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

  if (form.dataset.draft) drafts();
})();
