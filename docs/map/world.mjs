// Draws static/img/world.svg: the land of the world as one path without borders, for the inset of the map.
//
//   cd docs/map && npm ci && node world.mjs
//
// The projection (Equal Earth, turned so that the cut lies in the Bering Strait) is the one that
// ground/cartography.py places pins beyond Europe with; change both together.
import fs from "fs";
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import { asPath, rings } from "./path.mjs";

const [WIDTH, HEIGHT] = [160, 70];
const atlas = JSON.parse(fs.readFileSync("node_modules/world-atlas/land-110m.json"));
const world = simplify(presimplify(atlas), 4);
const projection = geoEqualEarth()
  .rotate([-11, 0])
  .scale(29.5)
  .translate([WIDTH / 2, 39])
  .clipExtent([[0, 0], [WIDTH, HEIGHT]])
  .precision(0.4);

const land = rings(geoPath(projection)(feature(world, world.objects.land)));
fs.writeFileSync(
  "../../static/img/world.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path id="land" d="${asPath(land, 0.6)}"/></svg>\n`,
);
