// The form works without this. It adds: drop a picture anywhere, paste one, and say that work goes on.
const form = document.querySelector("form.check");
const file = document.querySelector("#file");
const zone = document.querySelector(".drop");
const status = document.querySelector("#status");
if (form && file && zone && status) {
  const take = (files) => {
    const picture = [...files].find((each) => each.type.startsWith("image/"));
    if (!picture) return;
    const only = new DataTransfer();
    only.items.add(picture);
    file.files = only.files;
    form.requestSubmit();
  };
  addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  addEventListener("dragleave", () => zone.classList.remove("over"));
  addEventListener("drop", (event) => { event.preventDefault(); zone.classList.remove("over"); take(event.dataTransfer.files); });
  addEventListener("paste", (event) => take(event.clipboardData.files));
  form.addEventListener("submit", () => { status.textContent = status.dataset.busy; });
}
document.querySelector("#result")?.focus();
