"""A page that shows widgets as a notebook does, with the protocol of anywidget: a model for each widget, whose messages
go to its real comm, and are recorded.
"""

import base64
import json
from typing import Any

from playwright.sync_api import Page

from explorer.notebook.widget import LiveWidget

MODEL = """
class Model {
  constructor(state) { Object.assign(this, { state, listeners: [], changes: {} }); }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (JSON.stringify(value) === JSON.stringify(this.state[name])) return;
    this.state[name] = this.changes[name] = value;
    this.tell(`change:${name}`);
  }
  save_changes() {
    if (Object.keys(this.changes).length) sentToPython.push({ method: "update", state: this.changes, buffer_paths: [] });
    this.changes = {};
  }
  send(content) { sentToPython.push({ method: "custom", content }); }
  on(type, listener) { this.listeners.push([type, listener]); }
  off(type, listener) { this.listeners = this.listeners.filter(([other, known]) => other !== type || known !== listener); }
  tell(type, ...words) { for (const [other, listener] of [...this.listeners]) if (other === type) listener(...words); }
  receive({ method, state, content }) {
    if (method === "custom") this.tell("msg:custom", content, []);
    if (method !== "update") return;
    for (const [name, value] of Object.entries(state)) this.set(name, value);
    this.changes = {};
  }
}
globalThis.sentToPython = [];
globalThis.keys = [];
document.addEventListener("keydown", ({ key }) => keys.push(key));
globalThis.openModel = (state, buffers) => {
  for (const [[trait, name], data] of buffers) (state[trait] ??= {})[name] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
  globalThis.model = new Model(state);
};
globalThis.showView = async () => {
  const view = document.createElement("div"), address = URL.createObjectURL(new Blob([model.get("_esm")], { type: "text/javascript" }));
  document.body.append(view);
  globalThis.closeView = (await import(address)).default.render({ model, el: view });
};
"""


class NotebookPage:
    """A page with a widget, whose comm is a RecordedComm that still holds the message that opened it."""

    def __init__(self, page: Page, widget: LiveWidget):
        self.page, self.widget = page, widget
        self.received: list[dict[str, Any]] = []  # by Python
        page.set_content(f"<!DOCTYPE html><html lang='en'><title>A notebook</title><script>{MODEL}</script>")
        [(_, data, buffers)] = widget.comm.take()
        packed = [base64.b64encode(buffer).decode() for buffer in buffers]
        page.evaluate(
            "([state, buffers]) => openModel(state, buffers)",
            [data["state"], list(zip(data["buffer_paths"], packed))],
        )

    def show(self) -> None:
        """Display the widget, once more."""
        self.page.evaluate("showView()")

    def exchange(self) -> None:
        """Carry messages to Python and back until there are none."""
        while messages := self.page.evaluate("sentToPython.splice(0)"):
            for message in messages:
                self.received.append(message)
                self.widget.comm.receive(message)
            self.deliver()
        self.deliver()

    def deliver(self) -> None:
        """Carry what Python has sent to the page."""
        for _, data, buffers in self.widget.comm.take():
            assert not buffers
            self.page.evaluate("(message) => model.receive(message)", json.loads(json.dumps(data)))
