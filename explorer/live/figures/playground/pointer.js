// One pointer for the maps of a playground: z moves on both, to the same place in standard deviations.

import { addMapListeners } from "../../view/map_input.js";
import { MapZoom } from "../../view/map_zoom.js";

/** Let pointer and keys on the map of a learner move the z of all learners of a playground. */
export function connectLearner(playground, learner) {
  const { map, canvas, mapContainer, codes } = learner, repaint = () => playground.painter.request();
  /** Set z, or its preview, of all to where it is on this map. */
  const place = (name, z) => {
    const standardPoint = map.plane.toStandardUnits(z);
    for (const other of playground.learners) {
      const { plane } = other.map;
      other.preview = null;
      other[name] = other === learner ? z : plane.moveTo(other.z, plane.fromStandardUnits(standardPoint));
      other.isZChosen ||= name === "z";
    }
    repaint();
  };
  const clear = () => {
    for (const other of playground.learners) other.preview = null;
    repaint();
  };
  const zoom = new MapZoom(mapContainer, map, { onStart: () => endDrag(), onChange: () => {
    for (const other of playground.learners) other.map.stale = true; // they share the view
    repaint();
  } });
  const endDrag = addMapListeners(canvas, map, {
    onHover: (position) => place("preview", map.plane.moveTo(learner.z, map.plotArea.toData(position))),
    onLeave: clear,
    onRelease: () => {
      if (!learner.preview) return;
      place("z", learner.preview);
      playground.announceCodes();
    },
    onStep: (step) => {
      const origin = Array.from(codes.tensors.origin.data), point = step ? map.plane.project(learner.z).map((v, i) => v + (step[i] * map.metadata.step) / map.view.zoom) : map.plane.project(origin);
      if (step && !map.plotArea.holds(point)) return;
      place("z", step ? map.plane.moveTo(learner.z, point) : origin);
      map.reveal(point);
    },
    onZoom: (direction) => zoom.step(direction),
    onFit: () => zoom.fit(),
    onCommit: () => playground.announceCodes(),
  });
}
