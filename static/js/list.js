// The list of projects, as it is typed and chosen: htmx fetches, this keeps the groups open and says the new number.
(() => {
  const groups = () => [...document.querySelectorAll("[data-facet]")];
  let open = {};

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["HX-Trigger-Name"] = event.detail.triggeringEvent?.target?.name ?? "";
  });
  document.addEventListener("htmx:beforeSwap", () => {
    open = Object.fromEntries(groups().map((group) => [group.dataset.facet, group.open]));
  });
  document.addEventListener("htmx:oobAfterSwap", () => groups().forEach((group) => {
    if (group.dataset.facet in open) group.open = open[group.dataset.facet];
  }));
  document.addEventListener("htmx:afterSwap", () => {
    const number = document.querySelector("#results [data-announce]");
    const place = document.getElementById("announcement");
    if (number && place) place.textContent = number.textContent;
  });
  // What can't be fetched in part is asked for whole.
  const whole = (event) => { if (event.target.id === "filters") event.target.submit(); };
  document.addEventListener("htmx:responseError", whole);
})();
