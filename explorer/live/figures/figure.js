// What a live figure has in common with others: controls of its fields, its values, and painting once a frame.

import { createControls } from "../view/controls.js";
import { createElement, observeSize, onAppearanceChange } from "../view/dom.js";
import { FramePainter } from "../view/frame_painter.js";

/** A new figure extends this class. build() returns its elements, and paint(values) shows the values of its fields; it is called
 * once a frame, when they, the size or the theme have changed. */
export class Figure {
  /** blocks: by name; host: { table, options, palette, send(type, message), broadcast(values), showError(error) } (hosts/README.md). */
  constructor(root, blocks, host) {
    Object.assign(this, { blocks, broadcast: () => {}, ...host, isHeld: false });
    this.values = Object.fromEntries(host.table.fields.map((field) => [field.name, field.default]));
    this.painter = new FramePainter(() => this.paint(this.values), host.showError);
    this.controls = createControls(host.table.fields, { onMove: (name, value) => this.move({ [name]: value }), onCommit: () => this.commit() });
    this.element = createElement("div.live-figure", {}, ...this.arrange(...this.build()));
    root.replaceChildren(this.element);
    this.stopSizeObserver = observeSize([this.element], () => this.painter.request());
    this.stopAppearanceListener = onAppearanceChange(this.element, () => this.painter.request());
  }

  /** Return the children of the figure's element. parts: of build(). */
  arrange(...parts) {
    return [...parts, this.controls.element];
  }

  /** Show other values while a hand moves them. */
  move(values) {
    this.isHeld = true;
    this.show(values);
  }

  /** Tell the host where the hand has let go. */
  commit() {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.send("commit", { values: this.values });
  }

  /** Show a state, unless it is older than what the hand has moved. */
  applyState({ values }, isNewest) {
    if (isNewest && !this.isHeld) this.show(values);
  }

  show(values) {
    this.values = { ...this.values, ...values };
    this.controls.show(this.values);
    this.painter.request();
  }

  close() {
    this.painter.close();
    this.stopSizeObserver();
    this.stopAppearanceListener();
  }
}
