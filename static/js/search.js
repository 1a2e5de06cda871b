// Suggestions below a search field, after the combobox pattern of the ARIA guide. Without it the form leads to the page.
(() => {
  const PAUSE = 200; // milliseconds after the last letter
  document.querySelectorAll("input[data-suggest]").forEach((field, number) => {
    const place = document.createElement("div"), told = document.createElement("span");
    place.className = "suggestions";
    told.className = "hidden";
    told.setAttribute("role", "status");
    let list = null, active = -1, pause, asking;
    const options = () => (list ? [...list.children] : []);
    const close = () => {
      clearTimeout(pause);
      asking?.abort();
      if (list) list.hidden = true;
      active = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const open = () => {
      if (!options().length) return;
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
    };
    const choose = (option) => location.assign(option.dataset.href);
    const draw = (html) => {
      close();
      list = new DOMParser().parseFromString(html, "text/html").querySelector("[role=listbox]");
      if (!list) return;
      list.id = `suggestions-${number}`;
      list.hidden = true;
      options().forEach((option, i) => {
        option.id = `${list.id}-${i}`;
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => choose(option));
      });
      place.replaceChildren(list);
      told.textContent = list.dataset.said;
      open();
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const typed = field.value.trim();
      if (typed.length < 2) { place.replaceChildren(); list = null; close(); told.textContent = ""; return; }
      try {
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal: asking.signal });
        if (!answer.ok) throw new Error();
        const html = await answer.text();
        if (document.activeElement === field) draw(html);
      } catch (problem) { if (problem.name !== "AbortError") close(); }
    };
    const move = (step) => {
      if (list?.hidden) open();
      const all = options();
      if (!all.length) return;
      active = active < 0 && step < 0 ? all.length - 1 : (active + step + all.length) % all.length;
      all.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
      all[active].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", all[active].id);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
      if (event.key === "Enter" && active >= 0) { event.preventDefault(); choose(options()[active]); }
      if (event.key === "Escape" && list && !list.hidden) { event.preventDefault(); close(); }
    });
    field.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(ask, PAUSE); });
    field.addEventListener("blur", close);
    const state = { role: "combobox", "aria-autocomplete": "list", "aria-controls": `suggestions-${number}`, "aria-expanded": "false", autocomplete: "off" };
    Object.entries(state).forEach(([name, value]) => field.setAttribute(name, value));
    field.parentElement.append(place, told);
  });
})();
