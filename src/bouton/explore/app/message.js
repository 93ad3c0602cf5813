// Why something was refused.
export function render({ model, el }) {
  const body = document.createElement("pre")
  body.tabIndex = 0
  body.setAttribute("role", "alert")
  el.append(body)
  function show() {
    body.textContent = model.text
    body.setAttribute("aria-label", model.label)
    el.style.display = model.text ? "block" : "none"
  }
  model.on("text", show)
  show()
}
