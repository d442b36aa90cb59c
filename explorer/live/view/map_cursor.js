// The cursor of a map: elements above the canvas, so that moving it repaints nothing.

import { markAtBorder } from "../core/map_view.js";
import { createElement } from "./dom.js";

const PARTS = ["across", "up", "path", "ghost", "ring", "beyond"]; // classes in figures/pad/pad.css

export class MapCursor {
  constructor() {
    [this.horizontalLine, this.verticalLine, this.pathLine, this.ghost, this.ring, this.borderMark] = PARTS.map((name) => createElement(`i.${name}`));
    this.element = createElement("div.cursor", { "aria-hidden": "true" }, this.horizontalLine, this.verticalLine, this.pathLine, this.ghost, this.ring, this.borderMark);
  }

  /** Show positions (px): of z, at the border if it lies beyond; of the committed z during a preview, or null; of the start of the path
   * to z, or null. Without the first nothing is shown. */
  show(plotArea, position, ghostPosition, startPosition) {
    this.element.hidden = !position;
    if (!position) return;
    const { box } = plotArea, [x, y] = [position[0] - box.x, position[1] - box.y], mark = markAtBorder(plotArea, position);
    Object.assign(this.element.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` });
    this.horizontalLine.style.transform = `translateY(${y}px)`;
    this.verticalLine.style.transform = `translateX(${x}px)`;
    this.ring.style.transform = `translate(${x}px, ${y}px)`;
    this.borderMark.hidden = !mark;
    if (mark) this.borderMark.style.transform = `translate(${mark.position[0] - box.x}px, ${mark.position[1] - box.y}px) rotate(${mark.angle}rad)`;
    this.pathLine.hidden = !startPosition;
    if (startPosition) {
      const [x0, y0] = [startPosition[0] - box.x, startPosition[1] - box.y];
      this.pathLine.style.transform = `translate(${x0}px, ${y0}px) rotate(${Math.atan2(y - y0, x - x0)}rad) scaleX(${Math.hypot(x - x0, y - y0)})`;
    }
    this.ghost.hidden = !ghostPosition;
    if (ghostPosition) this.ghost.style.transform = `translate(${ghostPosition[0] - box.x}px, ${ghostPosition[1] - box.y}px)`;
  }
}
