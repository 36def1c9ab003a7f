// Browsers give no worker to pages opened from a folder. A hidden frame does the same work there.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.appendChild(this.frame);
      const inner = this.frame.contentWindow;
      inner.answer = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.ready = new Promise((resolve) => (inner.ready = resolve));
      inner.document.open();
      inner.document.write(
        "<script>postMessage = answer</script>" +
          `<script src="${url}" onload="ready()"></script>`,
      );
      inner.document.close();
    }
    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {
      this.frame.remove();
    }
    set onmessage(listener) {
      this.addEventListener("message", listener);
    }
  };
}
