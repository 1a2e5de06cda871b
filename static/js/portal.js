// What makes the portal quicker to use. Every page works without it.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  // The theme: what the switch shows is decided by the style sheet.
  all("[data-theme-switch]").forEach((button) => button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* holds for this page only */ }
  }));

  // "/" goes to the search field, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details.person[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = all("[data-search]").find((input) => input.offsetParent);
    const link = document.querySelector("a[data-search-link]");
    if (!field && !link) return;
    event.preventDefault();
    if (field) { field.focus(); field.select(); } else location.assign(link.href);
  });
  document.addEventListener("click", (event) => {
    all("details.person[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // What went wrong is read first.
  document.querySelector("[data-focus]")?.focus();

  // Filters apply as they are chosen; the place on the page and the open groups are kept.
  const groups = () => all("details.facet").map((group) => group.open);
  all("form[data-auto]").forEach((form) => {
    all("[data-auto-button]", form).forEach((button) => { button.hidden = true; });
    form.addEventListener("change", () => {
      try { sessionStorage.setItem("facets", JSON.stringify([location.pathname, scrollY, groups(), document.activeElement?.id])); } catch { /* only comfort */ }
      form.requestSubmit();
    });
  });
  if (document.querySelector("form[data-auto]")) {
    try {
      const [path, y, open, focused] = JSON.parse(sessionStorage.getItem("facets"));
      sessionStorage.removeItem("facets");
      if (path === location.pathname) {
        all("details.facet").forEach((group, i) => { if (i in open) group.open = open[i]; });
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
        scrollTo(0, y);
      }
    } catch { /* nothing was kept */ }
  }

  // On narrow screens the box of filters starts closed; until this has run, facet.css hides what is in it.
  const wide = matchMedia("(min-width: 60rem)");
  all("details.facets-box").forEach((box) => { if (!wide.matches && !("keep" in box.dataset)) box.open = false; });

  // A form is sent once, and leaving it half-written asks first.
  let dirty = false;
  all("form[data-guard]").forEach((form) => {
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
  });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    setTimeout(() => { if (button) button.setAttribute("aria-disabled", "true"); });
    setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-disabled"); }, 8000);
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  // Characters left, said once typing pauses.
  all("[data-counter]").forEach((line) => {
    const field = document.getElementById(line.dataset.counter);
    if (!field) return;
    let pause;
    const show = () => {
      const left = Number(field.dataset.max) - field.value.replace(/\r?\n/g, "\r\n").length;
      line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace("{}", Math.abs(left).toLocaleString(root.lang));
      line.classList.toggle("over", left < 0);
    };
    show();
    line.setAttribute("role", "status");
    field.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(show, 300); });
  });

  // Countdowns: hidden from screen readers, who have the sentence beside them.
  const clocks = all("[data-countdown]");
  const tick = () => [...clocks].forEach((clock) => {
    const minutes = Math.max(0, Math.floor((Date.parse(clock.dataset.countdown) - Date.now()) / 60000));
    const put = (name, value) => { const place = clock.querySelector(`[data-${name}]`); if (place) place.textContent = value; };
    put("days", Math.floor(minutes / 1440));
    put("hours", Math.floor(minutes / 60) % 24);
    put("minutes", String(minutes % 60).padStart(2, "0"));
    if (minutes === 0 && Date.parse(clock.dataset.countdown) <= Date.now()) {
      const said = document.createElement("p");
      said.className = "clock-said";
      said.textContent = clock.dataset.begun;
      clock.replaceChildren(said);
      clocks.splice(clocks.indexOf(clock), 1);
    }
  });
  if (clocks.length) { tick(); setInterval(tick, 20000); }

  // A step that can't be undone asks once; without scripts the page behind it does.
  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-confirm]")?.dataset.confirm;
    if (words && !confirm(words)) event.preventDefault();
  });

  // Rows of a formset are added in place; the empty form stands in a template element.
  all("[data-add-row]").forEach((button) => {
    const prefix = button.dataset.addRow;
    const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
    const blank = document.querySelector(`template[data-row="${prefix}"]`);
    const rows = document.querySelector(`[data-rows="${prefix}"]`);
    if (!total || !blank || !rows) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      rows.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__prefix__", total.value));
      total.value = Number(total.value) + 1;
      rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
  });

  // One box chooses all of a list, or none; without scripts each is chosen by itself.
  all("[data-choose-all]").forEach((label) => {
    const box = label.querySelector("input"), boxes = all(`input[type=checkbox][name="${label.dataset.chooseAll}"]`);
    label.hidden = false;
    box.addEventListener("change", () => boxes.forEach((one) => { one.checked = box.checked; }));
  });

  // Work in the background: how far it is, until it stands elsewhere and the page is loaded anew.
  all("[data-poll]").forEach((box) => {
    const look = async () => {
      try {
        const state = await (await fetch(box.dataset.poll, { headers: { Accept: "application/json" } })).json();
        if (state.status !== box.dataset.status) { location.reload(); return; }
        const bar = box.querySelector("[data-poll-bar]"), words = box.querySelector("[data-poll-words]");
        if (state.total) { bar.max = state.total; bar.value = state.done; }
        if (words.textContent !== state.words) words.textContent = state.words;
      } catch { /* the next look may reach it */ }
      setTimeout(look, 2000);
    };
    setTimeout(look, 1000);
  });

  all("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
})();
