// Writes rings of points as a short SVG path: tenths of a unit, relative moves.

// The rings of a path that d3 drew.
export const rings = (drawn) => drawn
  .split("M")
  .filter(Boolean)
  .map((ring) => ring.replace("Z", "").split("L").map((point) => point.split(",").map(Number)));

const area = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
  const [u, v] = ring[(i + 1) % ring.length];
  return sum + x * v - u * y;
}, 0)) / 2;

// The rings as one path, without those that cover less than `least`: islets too small to be seen.
export const asPath = (all, least) => {
  let path = "";
  for (const ring of all.filter((one) => area(one) > least)) {
    let [x, y] = ring[0].map((value) => Math.round(value * 10));
    path += `M${x / 10} ${y / 10}l`;
    const moves = [];
    for (const point of ring.slice(1)) {
      const [u, v] = point.map((value) => Math.round(value * 10));
      if (u === x && v === y) continue;
      moves.push(`${(u - x) / 10} ${(v - y) / 10}`);
      [x, y] = [u, v];
    }
    path += moves.join(" ").replace(/(^|[ -])0\./g, "$1.").replaceAll(" -", "-") + "z";
  }
  return path;
};
