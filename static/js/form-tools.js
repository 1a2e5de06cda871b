// What the long forms share: Markdown above a text, what is missing in one language, drafts kept while somebody types.
(() => {
  const json = { Accept: "application/json" };
  const KEEPALIVE_TAKES = 60000; // octets: browsers take no more from a page that is leaving
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const tools = (form, words) => {
    const all = (selector, within = form) => [...within.querySelectorAll(selector)];
    const changed = (of = form) => of.dispatchEvent(new Event("input", { bubbles: true }));
    const said = form.querySelector("[data-draft-said]");
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

    // Markdown: buttons above the text, and how it will look where the server draws it.
    const insert = (area, text) => {
      area.focus();
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
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
      if (words.heading) add("H", words.heading, () => prefixed(area, "## ", words.sample));
      add("[…]", words.link, () => wrap(area, "[", "](https://)"));
      add("•", words.list, () => prefixed(area, "- ", words.item));
      if (form.dataset.text) add(words.look, words.look, (button) => lookAt(area, pane, button), { "aria-pressed": "false" });
      area.before(bar);
      area.after(pane);
    };

    // Drafts: a few seconds after typing stops, and when the page is left. Files are not kept. `ignored` is a field
    // that is no part of what is typed.
    const drafts = ({ ignored = null } = {}) => {
      let waiting, saving, unsaved = false, leaving = false, renewals = 0;
      // Who signed in again in another tab has a new proof of origin: it is fetched, and what was typed goes on.
      const renewed = async () => {
        if (renewals++ > 2) return false;
        const page = await (await fetch(location.href)).text();
        const token = new DOMParser().parseFromString(page, "text/html").querySelector(`#${form.id} [name=csrfmiddlewaretoken]`);
        if (token) form.csrfmiddlewaretoken.value = token.value;
        return Boolean(token);
      };
      const send = (last) => {
        saving?.abort();
        saving = new AbortController();
        const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
        const keepalive = last && body.toString().length < KEEPALIVE_TAKES;
        return fetch(form.dataset.draft, { method: "POST", body, keepalive, signal: saving.signal, headers: json });
      };
      const wordsOf = async (answer) => {
        if (answer.redirected) return words.signed_out || words.offline;
        const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
        return (isJson && (await answer.json()).words) || words.offline;
      };
      const keep = async (last = false) => {
        clearTimeout(waiting);
        if (!unsaved || leaving || "draftWaits" in form.dataset) return;
        unsaved = false;
        try {
          const answer = await send(last);
          if (answer.status === 403 && await renewed()) { unsaved = true; await keep(last); return; }
          said.textContent = await wordsOf(answer);
          unsaved ||= answer.redirected || (!answer.ok && ![409, 410, 413].includes(answer.status));
        } catch (problem) {
          if (problem.name === "AbortError") return;
          unsaved = true;
          said.textContent = words.offline;
        }
      };
      form.addEventListener("input", (event) => {
        if (ignored && event.target === ignored) return;
        unsaved = true;
        clearTimeout(waiting);
        waiting = setTimeout(keep, 3000);
      });
      addEventListener("pagehide", () => keep(true));
      addEventListener("pageshow", () => { leaving = false; });
      document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(true); });
      if ("draftWaits" in form.dataset && words.waits) {
        form.addEventListener("input", () => { said.textContent = words.waits; }, { once: true });
      }

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
    };
    return { all, changed, make, json, said, post, insert, gap, addToolbar, drafts };
  };
  window.formTools = tools;
})();
