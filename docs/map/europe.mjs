// Draws static/img/europe.svg: the land of Europe as one path without borders.
//
//   cd docs/map && npm install && node europe.mjs
//
// Land without borders on purpose: it takes no side where states dispute one. The projection is the one that
// ground/cartography.py places the pins with; change both together.
import fs from "fs";
import { geoAzimuthalEqualArea, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const [WIDTH, HEIGHT, MARGIN] = [640, 600, 4];
const atlas = JSON.parse(fs.readFileSync("node_modules/world-atlas/land-50m.json"));
const world = simplify(presimplify(atlas), 0.012);
const projection = geoAzimuthalEqualArea()
  .rotate([-12, -53])
  .scale(920)
  .translate([WIDTH / 2, HEIGHT / 2 + 8])
  .clipExtent([[-MARGIN, -MARGIN], [WIDTH + MARGIN, HEIGHT + MARGIN]])
  .precision(0.4);

const rings = geoPath(projection)(feature(world, world.objects.land))
  .split("M")
  .filter(Boolean)
  .map((ring) => ring.replace("Z", "").split("L").map((point) => point.split(",").map(Number)));

const area = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
  const [u, v] = ring[(i + 1) % ring.length];
  return sum + x * v - u * y;
}, 0)) / 2;

// Tenths of a unit, relative moves, no islet too small to be seen.
let path = "";
for (const ring of rings.filter((one) => area(one) > 9)) {
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
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path id="land" d="${path}"/></svg>\n`;
fs.writeFileSync("../../static/img/europe.svg", svg);
