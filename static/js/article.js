// The address of an article is copied by a button. Without scripts it stands there to be copied by hand.
(() => {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(field.value);
        document.querySelector("[data-copy-said]").textContent = button.dataset.done;
      } catch { field.select(); }
    });
  });
})();
