// Pointer and keys on the map.

const A_CLICK = 4; // px that a pointer may stray between press and release

/**
 * to.hover(place): a look; to.leave(): back; to.stay(place, clicked): let go there; to.step([across, up]): an arrow key's
 * steps, null for Home; to.done(): the key is up. Esc gives the focus back to the page. Places are clamped to the map. A second finger is not heard.
 */
export function listen(canvas, map, to) {
  let pressed = null; // { id, at }
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [clientX - box.x, clientY - box.y];
  };
  const other = (event) => pressed && pressed.id !== event.pointerId;

  canvas.onpointerdown = (event) => {
    const at = place(event);
    if (pressed || event.button !== 0 || !map.view?.inside(at)) return;
    canvas.setPointerCapture(event.pointerId);
    pressed = { id: event.pointerId, at };
    to.hover(at);
  };
  canvas.onpointermove = (event) => {
    if (other(event) || !map.view) return;
    const at = place(event);
    if (pressed) to.hover(map.view.clamp(at));
    else if (event.pointerType === "mouse") map.view.inside(at) ? to.hover(at) : to.leave();
  };
  canvas.onpointerup = (event) => {
    if (!pressed || other(event)) return;
    const at = map.view.clamp(place(event)), clicked = Math.hypot(at[0] - pressed.at[0], at[1] - pressed.at[1]) < A_CLICK;
    pressed = null;
    to.stay(at, clicked);
    if (event.pointerType !== "mouse") to.leave();
  };
  canvas.onpointercancel = canvas.onlostpointercapture = canvas.onpointerleave = (event) => {
    if (other(event)) return;
    pressed = null;
    to.leave();
  };

  let keyed = false;
  canvas.onkeydown = (event) => {
    if (event.key === "Escape") return canvas.blur(); // keys belong to the page again
    const step = arrow(event);
    if (event.ctrlKey || event.metaKey || event.altKey || !(step || event.key === "Home")) return;
    event.preventDefault();
    keyed = true;
    to.step(step);
  };
  canvas.onkeyup = canvas.onblur = () => {
    if (keyed) to.done();
    keyed = false;
  };
}
