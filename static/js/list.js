// The list of projects, as it is typed and chosen: htmx fetches, this keeps the groups open and says the new number.
(() => {
  // htmx weighs more than the page. It comes with the first sign that somebody is about to narrow the list: the pointer over
  // the filters, or the focus in them. Until then, and without it, they are a form like any other.
  const source = document.currentScript.dataset.htmx;
  let begun = false, missed = false;
  const ofFilters = (event) => event.target.form?.id === "filters" || event.target.closest?.("#filters");
  const begin = () => {
    if (begun) return;
    begun = true;
    const script = Object.assign(document.createElement("script"), { src: source });
    script.addEventListener("load", () => { if (missed) window.htmx.trigger("#filters", "change"); });
    script.addEventListener("error", () => { if (missed) document.getElementById("filters").submit(); });
    document.head.append(script);
  };
  // It looks for its attributes at once only where the page is there as a whole.
  const soon = () => {
    if (document.readyState === "complete") begin();
    else addEventListener("load", begin, { once: true });
  };
  for (const sign of ["pointerover", "pointerdown", "focusin", "keydown"]) {
    document.addEventListener(sign, (event) => { if (!begun && ofFilters(event)) soon(); }, { passive: true });
  }
  for (const done of ["change", "input"]) {
    document.addEventListener(done, (event) => {
      if (window.htmx || !ofFilters(event)) return;
      missed = true;
      soon();
    });
  }
  // Back to a list that was narrowed before this page was loaded anew.
  addEventListener("popstate", (event) => { if (!window.htmx && event.state?.htmx) location.reload(); });

  const groups = () => [...document.querySelectorAll("[data-facet]")];
  let open = {}, typing = null;

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["HX-Trigger-Name"] = event.detail.triggeringEvent?.target?.name ?? "";
  });
  document.addEventListener("htmx:beforeSwap", () => {
    open = Object.fromEntries(groups().map((group) => [group.dataset.facet, group.open]));
    const at = document.activeElement;
    typing = at?.name?.startsWith("find-") ? { id: at.id, value: at.value } : null;
  });
  document.addEventListener("htmx:oobAfterSwap", () => groups().forEach((group) => {
    if (group.dataset.facet in open) group.open = open[group.dataset.facet];
  }));
  // Who types on while an answer comes keeps every letter; htmx gives the field its focus back.
  document.addEventListener("htmx:oobAfterSwap", () => {
    const field = typing && document.getElementById(typing.id);
    if (field) field.value = typing.value;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const number = document.querySelector("#results [data-announce]");
    const place = document.getElementById("announcement");
    if (number && place) place.textContent = number.textContent;
  });
  // What can't be fetched in part is asked for whole.
  const whole = (event) => { if (event.target.id === "filters") event.target.submit(); };
  document.addEventListener("htmx:responseError", whole);
})();
