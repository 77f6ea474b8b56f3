"use strict"
// Keeps the words of a form that is not sent yet on this device, so that a broken line, a closed window or an empty battery loses nothing.
// A form that can't be sent without a line says so and stays. Name and contact are never kept. With protection asked for, or with a topic for appointed officials, the draft ends with the window.
// Forms of cases and desks keep theirs in the window (drafts.js of the chassis).
// Without this script the form works the same and keeps no draft. Storage may be full or forbidden: then there is no draft.

;(() => {
  const PREFIX = "zona-draft:"
  const DAY = 24 * 3600 * 1000
  const stores = ["sessionStorage", "localStorage"].flatMap((name) => {
    try {
      return [window[name]]
    } catch {
      return []
    }
  })

  const quietly = (act, otherwise) => {
    try {
      return act()
    } catch {
      return otherwise
    }
  }
  const forget = (name) => stores.forEach((store) => quietly(() => store.removeItem(PREFIX + name)))

  function recall(name) {
    for (const store of stores) {
      const draft = quietly(() => JSON.parse(store.getItem(PREFIX + name)), null)
      if (draft && Date.now() - draft.at < DAY) return draft.fields
    }
    forget(name)
    return null
  }

  const isChoice = (field) => field.type === "radio" || field.type === "checkbox"
  const pairOf = (field) => [field.name, isChoice(field) ? [field.value, field.checked] : field.value]

  const over = document.querySelector("[data-draft-over]")
  if (over) forget(over.dataset.draftOver)

  const offline = document.getElementById("offline")
  document.querySelector("form[data-draft], form[data-online]")?.addEventListener("submit", (event) => {
    if (navigator.onLine) return
    event.preventDefault()
    if (event.submitter?.name === "to" && event.submitter.value) {
      location.hash = `step-${event.submitter.value}` // the page has all steps: what is wrong is said at the check
      return
    }
    offline.hidden = false
    offline.scrollIntoView({ block: "center" })
  })
  addEventListener("online", () => offline && (offline.hidden = true))

  const form = document.querySelector("form[data-draft]")
  if (!form) return
  const name = form.dataset.draft
  const notice = document.getElementById("draft")
  const fresh = form.elements.key.value
  const isKept = ({ name, type }) => name && !name.startsWith("reporter.") && !["file", "password", "submit", "button"].includes(type)
  const kept = () => [...form.elements].filter(isKept)
  const isWritten = () => [...form.elements].some((field) => isKept(field) && !isChoice(field) && field.type !== "hidden" && field.value)
  const isProtected = () => form.querySelector('[name^="protection."]:checked, [name="kind"][value^="topic:"]:checked') !== null

  function save() {
    if (!isWritten()) return
    const fields = kept().map(pairOf)
    const [window_, device] = [stores[0], stores[1]]
    const place = isProtected() ? window_ : (device ?? window_)
    forget(name)
    notice.hidden = !quietly(() => (place.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), fields })), true), false)
  }

  /** Fill in what is empty; what the page brought, or the browser, stays. A form with something in it takes the draft of this filing alone. */
  function fill() {
    const fields = recall(name)
    if (!fields) return
    const written = isWritten()
    if (written && !fields.some(([fieldName, value]) => fieldName === "key" && value === form.elements.key.value)) return
    for (const [fieldName, value] of fields) {
      for (const field of kept().filter((each) => each.name === fieldName)) {
        if (!Array.isArray(value)) field.value = (written && field.value) || value
        else if (field.value === value[0]) field.checked = value[1]
      }
    }
    notice.hidden = false
  }

  function discard() {
    forget(name)
    form.reset()
    form.elements.key.value = fresh
    notice.hidden = true
    const text = form.querySelector("textarea")
    const step = text.closest(".step")
    if (step) location.hash = step.id
    text.focus()
  }

  let waiting
  const later = () => {
    clearTimeout(waiting)
    waiting = setTimeout(save, 300)
  }
  form.addEventListener("input", later)
  form.addEventListener("change", later)
  addEventListener("pagehide", save)
  addEventListener("pageshow", fill)
  notice.querySelector("button").addEventListener("click", discard)
  form.addEventListener("submit", save)
})()
