// The class that the conditional models of a pad decode, with its buttons: one group for all of them.

import { ClassButtons } from "../../view/class_buttons.js";

export class ClassChoice {
  /** callbacks: { onChoose(): the hand or a key has chosen another class, onChange(): it is another one, onCommit() } */
  constructor(sides, { onChoose, onChange, onCommit }) {
    Object.assign(this, { sides, onChange });
    const side = sides.find(({ isConditional }) => isConditional);
    this.buttons = side ? new ClassButtons(side.metadata.decoded_classes, { onChoose: (number) => { this.set(number); onChoose(); }, onCommit }) : null;
  }

  get element() { return this.buttons?.element ?? null; }

  get number() { return this.sides[0].label; }

  set(number) {
    if (number === this.number) return;
    for (const side of this.sides) side.label = number;
    this.onChange();
  }

  show() { this.buttons?.show(this.number); }
}
