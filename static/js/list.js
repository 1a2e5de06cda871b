// The list of projects, as it is typed and chosen: htmx fetches, this keeps the groups open and says the new number.
(() => {
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
