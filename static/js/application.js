// What makes the pages of an application quicker: kept while typing, wishes moved by hand, uploads that tell how far they are.
(() => {
  const json = { Accept: "application/json" };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Kept a few seconds after typing stops, and when the page is left.
  const keepTyped = (form) => {
    const said = form.querySelector("[data-draft-said]"), concerns = form.querySelector("[data-concerns]");
    let waiting, saving = null, unsaved = false, leaving = false, stopped = false;
    const tell = (words) => {
      if (!concerns || !words) return;
      const notice = document.querySelector("template[data-concern]").content.cloneNode(true);
      notice.querySelector("ul").replaceChildren(...words.map((one) => Object.assign(document.createElement("li"), { textContent: one })));
      concerns.replaceChildren(...(words.length ? [notice] : []));
    };
    const post = (last) => {
      const body = new URLSearchParams(new FormData(form));
      return fetch(form.dataset.draft, { method: "POST", body, keepalive: last && body.toString().length < 60000, headers: json });
    };
    const heard = async (answer) => {
      const told = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : {};
      said.textContent = told.words || form.dataset.offline;
      if (answer.ok) { form.elements.draft.value = told.version; tell(told.concerns); }
      else if (answer.status === 409) stopped = true;
      else if (answer.status !== 413) unsaved = true;
    };
    const keep = async (last = false) => {
      clearTimeout(waiting);
      if (!unsaved || leaving || stopped) return;
      if (saving) { waiting = setTimeout(keep, 500); return; }
      unsaved = false;
      saving = post(last);
      try { await heard(await saving); } catch { unsaved = true; said.textContent = form.dataset.offline; }
      saving = null;
    };
    form.addEventListener("input", (event) => {
      unsaved = true;
      if (event.target === form) leaving = false; // a step was taken without leaving the page
      clearTimeout(waiting);
      waiting = setTimeout(keep, 1500);
    });
    addEventListener("pagehide", () => keep(true));
    addEventListener("pageshow", () => { leaving = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
    // What is under way ends first: its number goes along with the form, or the form would look like another device's.
    form.addEventListener("submit", (event) => {
      clearTimeout(waiting);
      leaving = true;
      if (!saving) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      const go = () => setTimeout(() => form.requestSubmit(button));
      saving.then(go, go);
    }, true);
  };
  all("form[data-draft]").forEach(keepTyped);

  // Wishes: a step up or down by buttons and keys, or dragged; what is chosen moves, the places of the list stay.
  const rank = (list) => {
    const said = document.querySelector("[data-wishes-said]");
    const selects = () => all("select", list);
    const move = (from, to) => {
      const fields = selects();
      if (to < 0 || to >= fields.length || from === to) return;
      const values = fields.map((one) => one.value);
      values.splice(to, 0, ...values.splice(from, 1));
      fields.forEach((one, i) => { one.value = values[i]; });
      said.textContent = list.dataset.moved.replace("{}", to + 1);
      fields[to].dispatchEvent(new Event("input", { bubbles: true }));
    };
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=move]");
      if (!button) return;
      event.preventDefault();
      const [way, place] = button.value.split("-");
      const from = Number(place) - 1, to = from + (way === "up" ? -1 : 1);
      move(from, to);
      const row = list.children[to];
      (row.querySelector(`button[value^=${way}]`) || row.querySelector("button")).focus();
    });
    all("li", list).forEach((row) => {
      const grip = row.querySelector(".wish-grip");
      if (!grip) return;
      grip.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        grip.setPointerCapture(event.pointerId);
        row.classList.add("dragged");
        const from = [...list.children].indexOf(row);
        const over = (y) => [...list.children].findIndex((one) => { const box = one.getBoundingClientRect(); return y >= box.top && y < box.bottom; });
        const mark = (at) => [...list.children].forEach((one, i) => one.classList.toggle("drop-here", i === at && at !== from));
        const follow = (moved) => mark(over(moved.clientY));
        const end = (ended) => {
          grip.removeEventListener("pointermove", follow);
          row.classList.remove("dragged");
          mark(-1);
          const to = over(ended.clientY);
          if (ended.type === "pointerup" && to >= 0) move(from, to);
        };
        grip.addEventListener("pointermove", follow);
        grip.addEventListener("pointerup", end, { once: true });
        grip.addEventListener("pointercancel", end, { once: true });
      });
    });
  };
  all("[data-wishes]").forEach(rank);

  // Uploads tell how far they are; what is refused is said beside the field, and the page stays.
  const upload = (form) => {
    const box = form.querySelector("[data-upload-state]"), bar = box.querySelector("progress"), said = form.querySelector("[data-upload-said]");
    const stop = box.querySelector("[data-upload-stop]");
    const fail = (words) => {
      box.hidden = true;
      said.textContent = words || form.dataset.offline;
      said.classList.add("error");
      delete form.dataset.sent;
      all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
      form.querySelector("[type=file]").focus();
    };
    form.addEventListener("submit", (event) => {
      const [file] = form.querySelector("[type=file]").files;
      if (!file) return;
      event.preventDefault();
      if (!box.hidden) return;
      if (file.size > Number(form.dataset.most)) { fail(form.dataset.tooLarge); return; }
      const request = new XMLHttpRequest();
      request.open("POST", location.href);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      bar.value = 0;
      box.hidden = stop.hidden = false;
      stop.onclick = () => request.abort();
      said.classList.remove("error");
      request.upload.addEventListener("progress", (state) => {
        if (!state.lengthComputable) return;
        bar.value = Math.round(100 * state.loaded / state.total);
        stop.hidden = bar.value === 100; // all is sent: the portal looks at it and keeps it
        said.textContent = bar.value < 100 ? form.dataset.uploading.replace("{}", bar.value) : form.dataset.checking;
      });
      request.addEventListener("load", () => {
        if (request.status !== 200 || !request.response) { fail(request.response?.words); return; }
        location.hash = `asked-${form.elements.asked.value}`;
        location.reload();
      });
      request.addEventListener("error", () => fail());
      request.addEventListener("abort", () => fail(form.dataset.stopped));
      request.send(new FormData(form));
    });
  };
  all("form[data-upload]").forEach(upload);

  // A file is fetched once somebody wants to look at it; the one that was just uploaded is shown at once.
  const look = (box) => box.addEventListener("toggle", () => {
    const kept = box.querySelector("template");
    if (box.open && kept) kept.replaceWith(kept.content.cloneNode(true));
  });
  all("details[data-look]").forEach(look);
  const sent = /^#asked-[0-9a-f-]+$/.test(location.hash) && document.querySelector(`${location.hash} details[data-look]`);
  if (sent) sent.open = true;
})();
