// Saving a movement of a figure as a video, which the browser records while the figure moves.

import { createElement } from "./dom.js";
import { CANVAS_PROTECTED_MESSAGE, canvasReadsBack, saveBlob } from "./save_image.js";

const FRAMES_PER_SECOND = 30;
const BITS_PER_SECOND = 6e6;
const MAX_WIDTH = 1920; // px
const LAST_FRAME_MS = 400; // for which the end is shown
const TYPES = ["video/mp4;codecs=avc1.42E01F", "video/webm;codecs=vp9", "video/webm"];

/** Return the first of TYPES that this browser records; undefined if it records none. */
export function findVideoType() {
  if (!globalThis.MediaRecorder || !HTMLCanvasElement.prototype.captureStream) return undefined;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type));
}

/** Return a button that records a movement, and whose second click ends the recording early; null where the browser records no video.
 * createMovement(): returns { name: of the file, seconds, show(share): moves the figure, from 0 to 1, drawPicture(): returns a canvas,
 * onEnd() }. */
export function createVideoButton(title, createMovement) {
  const type = findVideoType();
  if (!type) return null;
  const warning = createElement("span", { role: "alert" });
  let recording = null;
  const record = async () => {
    button.textContent = "Stop and save";
    recording = { isStopped: false };
    try {
      const movement = createMovement();
      saveBlob(await recordMovement(movement, type, recording), `${movement.name}.${type.slice(6, 10).replace(";", "")}`);
    } catch (error) {
      console.error(error);
      warning.textContent = "This browser could not record the video. Reload the page, or download an animation instead.";
      button.after(warning);
    }
    recording = null;
    button.textContent = "Save video";
  };
  const button = createElement("button.save", { title, "data-testid": "save-video", onclick: () => {
    if (recording) return (recording.isStopped = true);
    warning.textContent = canvasReadsBack() ? "" : CANVAS_PROTECTED_MESSAGE;
    if (warning.textContent) return button.after(warning);
    warning.remove();
    return record();
  } }, "Save video");
  return button;
}

/** Return the video of a movement as a Blob. recording: { isStopped }, which ends it early. */
async function recordMovement({ seconds, show, drawPicture, onEnd }, type, recording) {
  const nextFrame = () => new Promise(requestAnimationFrame), chunks = [];
  show(0);
  await nextFrame();
  await nextFrame(); // the figure has painted
  const first = drawPicture(), scale = Math.min(1, MAX_WIDTH / first.width), even = (length) => 2 * Math.round((length * scale) / 2);
  const canvas = createElement("canvas", { width: even(first.width), height: even(first.height) }), ctx = canvas.getContext("2d");
  const draw = (picture) => ctx.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
  draw(first);
  const recorder = new MediaRecorder(canvas.captureStream(FRAMES_PER_SECOND), { mimeType: type, videoBitsPerSecond: BITS_PER_SECOND });
  const stopped = new Promise((resolve, reject) => Object.assign(recorder, { onstop: resolve, onerror: ({ error }) => reject(error) }));
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.start();
  const start = performance.now();
  for (let share = 0; share < 1 && !recording.isStopped; ) {
    share = Math.min((performance.now() - start) / 1000 / seconds, 1);
    show(share);
    await nextFrame();
    draw(drawPicture());
  }
  await nextFrame(); // the last position is painted now
  draw(drawPicture());
  await new Promise((resolve) => setTimeout(resolve, LAST_FRAME_MS));
  recorder.stop();
  await stopped;
  onEnd();
  return new Blob(chunks, { type });
}
