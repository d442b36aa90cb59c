// What pointer, keys and buttons on a map do to a pad.

import { nounOf } from "../../core/vector_picture.js";
import { createView } from "../../core/map_view.js";
import { addMapListeners } from "../../view/map_input.js";
import { MapZoom } from "../../view/map_zoom.js";

const views = new Map(); // ids of a pad's maps -> their view, which outlives the pad

/** Return the view of the pad with these maps: the one it last had on this page, or else a new one. */
export function findView(mapIds) {
  if (!views.has(mapIds)) views.set(mapIds, createView());
  return views.get(mapIds);
}

/** Let input on the map of a side move the pad's z and the view that its maps share. */
export function connectMap(pad, side) {
  const { map, metadata, origin } = side;
  map.thumbnails.setImages(pad.originals);
  map.onUnfinished = () => pad.repaintMaps();
  const zoom = new MapZoom(side.mapContainer, map, {
    noun: nounOf(metadata.image_shape),
    onStart: () => interruptInput(),
    onChange: () => {
      if (side.preview) pad.previewAt(side, map.plotArea.clamp(side.pointerPosition)); // what is under the pointer may have moved
      pad.repaintMaps();
    },
  });
  const interruptInput = addMapListeners(side.canvas, map, {
    onHover: (position) => pad.previewAt(side, position),
    onLeave: () => pad.endPreview(),
    onRelease: (position, isClick) => pad.commitHover(side, isClick ? map.pointAt(position, pad.originals.imageCount) : -1),
    onStep: (step) => {
      const point = step ? map.plane.project(side.z).map((v, i) => v + (step[i] * metadata.step) / map.view.zoom) : map.plane.project(origin);
      const z = step ? map.plane.moveTo(side.z, point) : [...origin];
      if (step && !(map.plotArea.holds(point) && z.some((v, i) => v !== side.z[i]))) return;
      pad.moveSide(side, z);
      map.reveal(point);
      pad.repaintMaps();
    },
    onZoom: (direction) => zoom.step(direction),
    onFit: () => zoom.fit(),
    onCommit: () => pad.commit(),
  });
}
