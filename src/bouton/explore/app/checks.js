// A group of boxes to tick, each with its label.
export function render({ model, el }) {
  const group = document.createElement("fieldset")
  const legend = document.createElement("legend")
  legend.textContent = model.label
  group.append(legend)
  const boxes = new Map()
  for (const [name, title] of Object.entries(model.options)) {
    const label = document.createElement("label")
    const box = document.createElement("input")
    box.type = "checkbox"
    box.dataset.name = name
    box.addEventListener("change", () => {
      model.value = [...boxes].filter(([, each]) => each.checked).map(([each]) => each)
    })
    label.append(box, ` ${title}`)
    group.append(label)
    boxes.set(name, box)
  }
  function show() {
    for (const [name, box] of boxes) box.checked = model.value.includes(name)
  }
  model.on("value", show)
  el.append(group)
  show()
}
