// The drawing of projects in time opens at today where it is wider than the screen. Without scripts it opens at its left.
document.querySelectorAll("[data-left]").forEach((box) => {
  box.scrollLeft = Number(box.dataset.left) / Number(box.dataset.width) * box.scrollWidth;
});
