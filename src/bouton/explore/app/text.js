// Text that is to be read and copied: a program, generated source, an explanation.
export function render({ model, el }) {
  const head = document.createElement("div")
  const copy = document.createElement("button")
  const done = document.createElement("span")
  const body = document.createElement("pre")
  copy.type = "button"
  done.setAttribute("role", "status")
  body.tabIndex = 0
  body.setAttribute("role", "region")
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(model.text)
      done.textContent = " copied"
    } catch {
      const range = document.createRange()
      range.selectNodeContents(body)
      getSelection().removeAllRanges()
      getSelection().addRange(range)
      done.textContent = " selected: press Ctrl+C"
    }
  })
  head.append(copy, done)
  el.append(head, body)
  function show() {
    body.textContent = model.text
    done.textContent = ""
    copy.textContent = `Copy ${model.label}`
    body.setAttribute("aria-label", model.label)
    el.style.display = model.text ? "block" : "none"
  }
  model.on("text", show)
  model.on("label", show)
  show()
}
