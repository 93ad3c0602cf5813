// Sliders for parameters, each with a text field. One message is on its way at a time: until it is answered (`echo`), only the
// newest value of each parameter waits; older ones are dropped.
export function render({ model, el }) {
  const waiting = new Map()
  let flying = false
  let serial = 0

  function send() {
    if (flying || waiting.size === 0) return
    flying = true
    const message = { serial: ++serial, moved: {}, typed: {} }
    for (const [key, { kind, name, value }] of waiting) message[kind][name] = value
    waiting.clear()
    model.send_msg(message)
  }
  function ask(kind, name, value) {
    waiting.set(kind + name, { kind, name, value })
    send()
  }

  const rows = new Map()
  function toPlace(field, value) {
    return field.log ? Math.log(value / field.low) / Math.log(field.high / field.low) : value
  }
  function toValue(field, place) {
    if (!field.log) return Number(place)
    return Number((field.low * Math.pow(field.high / field.low, place)).toPrecision(4))
  }
  function shown(field, value) {
    return `${Number(value.toPrecision(6))} ${field.unit}`.trim()
  }

  function build() {
    el.replaceChildren()
    rows.clear()
    for (const field of model.fields) {
      const row = document.createElement("div")
      row.className = "row"
      const id = `${model.side}-${field.name}`
      const label = document.createElement("label")
      label.htmlFor = id
      const name = document.createElement("b")
      name.textContent = field.symbol
      label.append(name, field.meaning ? ` ${field.meaning}` : "")
      const range = document.createElement("input")
      range.type = "range"
      range.id = id
      range.dataset.name = field.name
      range.min = field.log ? 0 : field.low
      range.max = field.log ? 1 : field.high
      range.step = field.step
      const text = document.createElement("input")
      text.type = "text"
      text.dataset.name = field.name
      text.maxLength = 200
      text.setAttribute("aria-label", `${field.symbol} ${field.meaning}, as text with a unit`)
      const error = document.createElement("div")
      error.className = "error"
      error.id = `${id}-error`
      error.setAttribute("role", "alert")
      range.addEventListener("input", () => {
        const value = toValue(field, range.value)
        text.value = shown(field, value)
        range.setAttribute("aria-valuetext", text.value)
        ask("moved", field.name, value)
      })
      text.addEventListener("change", () => ask("typed", field.name, text.value))
      row.append(label, range, text, error)
      el.append(row)
      rows.set(field.name, { field, range, text, error })
    }
    show(true)
  }

  // What the server says, but for what is being changed here: a value that waits or is on its way is newer.
  function show(all) {
    for (const [name, { field, range, text, error }] of rows) {
      const said = model.errors[name] ?? ""
      error.textContent = said
      text.setAttribute("aria-invalid", said ? "true" : "false")
      if (said) text.setAttribute("aria-describedby", error.id)
      else text.removeAttribute("aria-describedby")
      const value = model.values[name]
      if (said || value === undefined || (!all && flying)) continue
      if (toValue(field, range.value) !== value) range.value = toPlace(field, value)
      if (el.getRootNode().activeElement !== text || all) text.value = shown(field, value)
      range.setAttribute("aria-valuetext", shown(field, value))
    }
  }

  model.on("fields", build)
  model.on("values", () => show(false))
  model.on("errors", () => show(false))
  model.on("echo", () => {
    flying = false
    if (waiting.size > 0) send()
    else show(false)
  })
  build()
}
