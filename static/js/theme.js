// Runs before the first paint: the chosen theme, and a sign that scripts run.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  document.addEventListener("DOMContentLoaded", () => { root.dataset.ready = ""; });  // after all other scripts
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch { /* storage is off: the system's theme holds */ }
})();
