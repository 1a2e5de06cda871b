// Draws static/img/europe.svg: the land of Europe as one path without borders.
//
//   cd docs/map && npm ci && node europe.mjs
//
// Land without borders on purpose: it takes no side where states dispute one. The projection is the one that
// ground/cartography.py places the pins with; change both together.
import fs from "fs";
import { geoAzimuthalEqualArea, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import { asPath, rings } from "./path.mjs";

const [WIDTH, HEIGHT, MARGIN] = [640, 600, 4];
const atlas = JSON.parse(fs.readFileSync("node_modules/world-atlas/land-50m.json"));
const world = simplify(presimplify(atlas), 0.03);
const projection = geoAzimuthalEqualArea()
  .rotate([-12, -53])
  .scale(920)
  .translate([WIDTH / 2, HEIGHT / 2 + 8])
  .clipExtent([[-MARGIN, -MARGIN], [WIDTH + MARGIN, HEIGHT + MARGIN]])
  .precision(0.4);

const land = rings(geoPath(projection)(feature(world, world.objects.land)));
fs.writeFileSync(
  "../../static/img/europe.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path id="land" d="${asPath(land, 9)}"/></svg>\n`,
);
