// The table of applications by keyboard: j and k move, x chooses, Enter opens. It works without.
(() => {
  const form = document.querySelector("[data-review-table]");
  if (!form) return;
  const links = [...form.querySelectorAll("tbody a[data-open]")];
  let at = -1;

  const go = (to) => {
    if (!links.length) return;
    at = Math.max(0, Math.min(links.length - 1, to));
    links[at].focus();
    links[at].scrollIntoView({ block: "nearest" });
  };
  links.forEach((link, n) => link.addEventListener("focus", () => { at = n; }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x" && at >= 0) {
      const box = links[at].closest("tr").querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
    } else return;
    event.preventDefault();
  });
})();
