// The video of a pad: z moves along the path on its maps or, where there is none, the film plays.

import { pointOnPath } from "../../core/path.js";
import { createVideoButton } from "../../view/save_video.js";
import { drawSides } from "./layout.js";
import { pathZs, walkEnds } from "./walk_strip.js";

const PATH_SECONDS = 5;
const FILM_SECONDS = 8;

/** Return a button that saves the video; null where the browser records none. */
export function createPadVideo(pad) {
  return createVideoButton("Save the movement along the path or, without a path, over the KL weight, as a video", () => ({
    ...(findPaths(pad) ? pathMovement(pad, findPaths(pad)) : filmMovement(pad)),
    drawPicture: () => drawSides(pad.sides, pad.filmControls),
    onEnd: () => pad.commit(),
  }));
}

/** Return whether there is something that a video can show. */
export function canMove(pad) {
  return Boolean(pad.filmControls || findPaths(pad));
}

/** Return the path of each side, [zs]: between two test images, or the one that a tool shows; null if there is none. */
function findPaths({ sides, walk, path, toolOverlay }) {
  if (path) return walk.rows.includes(null) ? null : sides.map((side) => pathZs(walkEnds(side, walk), 2));
  const shown = toolOverlay.paths?.find(({ faint }) => !faint);
  return shown ? [shown.zs] : null;
}

function pathMovement(pad, paths) {
  return { name: "path", seconds: PATH_SECONDS, show: (share) => pad.moveSides(paths.map((path) => pointOnPath(path, share))) };
}

function filmMovement(pad) {
  const { first, last } = pad.filmControls;
  return { name: "kl-weight", seconds: FILM_SECONDS, show: (share) => pad.seek(first + share * (last - first)) };
}
