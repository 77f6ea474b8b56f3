"use strict"
// Keeps the words of a form that is not sent yet on this device, so that a broken line, a closed window or an empty battery loses nothing.
// A form that can't be sent without a line says so and stays. Name and contact are never kept. With protection asked for, or with a topic for appointed officials, the draft ends with the window.
// On the page of a case each form keeps its own in this window alone, until what was sent has arrived; never a file, a password or a hidden field, and the code is in no form of such a page.
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

  const windowDrafts = document.querySelector("template[data-author]")
  if (windowDrafts) keepInWindow(windowDrafts)

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

  /** Keep each form of a case under the address that it is sent to, which has the ticket. `template` is the sentence for a form with a draft, and has its author: nobody else who signs in in this window sees it. */
  function keepInWindow(template) {
    const CASE = "zona-case-draft:"
    const TYPED = ["textarea", "text", "date", "number"]
    const CHOSEN = ["radio", "checkbox", "select-one"]
    const author = template.dataset.author
    const session = quietly(() => window.sessionStorage, null)
    if (!session) return
    const nameOf = (form) => CASE + form.getAttribute("action")
    const fieldsOf = (form) => [...form.elements].filter(({ name, type }) => name && [...TYPED, ...CHOSEN].includes(type))
    const typedOf = (form) => fieldsOf(form).filter(({ type }) => TYPED.includes(type))
    const forms = [...document.querySelectorAll('main form[method="post"]')].filter((form) => typedOf(form).length)
    const draftOf = (name) => quietly(() => JSON.parse(session.getItem(name)), null)
    const names = () => Object.keys(session).filter((name) => name.startsWith(CASE))
    const changed = new Set()
    let waiting

    function say(form) {
      if (form.querySelector(".draft")) return
      const notice = template.content.firstElementChild.cloneNode(true)
      notice.querySelector("button").addEventListener("click", () => discard(form, notice))
      form.append(notice) // below the button that sends, which stays where a finger is about to press
    }

    function discard(form, notice) {
      changed.delete(form)
      session.removeItem(nameOf(form))
      form.reset()
      notice.remove()
      typedOf(form)[0].focus()
    }

    function save(form, isSent) {
      const draft = { at: Date.now(), author, isSent, fields: fieldsOf(form).map(pairOf) }
      const isWritten = typedOf(form).some((field) => field.value.trim())
      if (!isWritten) session.removeItem(nameOf(form))
      else if (quietly(() => (session.setItem(nameOf(form), JSON.stringify(draft)), true), false)) say(form)
    }

    const saveChanged = () => changed.forEach((form) => save(form, false))

    /** What was sent is over once the answer says that it was taken; after a broken line or a refusal it is a draft again. */
    function settle() {
      const isTaken = location.hash === "#sent"
      if (isTaken) history.replaceState(null, "", location.pathname + location.search)
      for (const name of names()) {
        const draft = draftOf(name)
        if (!draft || draft.author !== author || Date.now() - draft.at > DAY || (isTaken && draft.isSent)) session.removeItem(name)
        else session.setItem(name, JSON.stringify({ ...draft, isSent: false }))
      }
    }

    function put(field, value) {
      if (!Array.isArray(value)) field.value = value
      else if (field.value === value[0]) field.checked = value[1]
      if (field.selectedIndex === -1) field.selectedIndex = 0 // what was chosen is no longer offered
    }

    function fill(form) {
      const draft = draftOf(nameOf(form))
      if (!draft) return
      for (const [fieldName, value] of draft.fields) fieldsOf(form).filter(({ name }) => name === fieldName).forEach((field) => put(field, value))
      form.closest("details")?.setAttribute("open", "")
      say(form)
    }

    addEventListener("pageshow", () => {
      settle()
      forms.forEach(fill)
    })
    addEventListener("pagehide", saveChanged)
    document.addEventListener("input", ({ target }) => {
      if (!forms.includes(target.form)) return
      changed.add(target.form)
      clearTimeout(waiting)
      waiting = setTimeout(saveChanged, 300)
    })
    document.addEventListener("submit", ({ target }) => {
      if (target.matches('[action$="/leave"], [action="/sign-out"]')) {
        changed.clear()
        names().forEach((name) => session.removeItem(name))
      } else if (forms.includes(target)) {
        changed.delete(target)
        save(target, true)
      }
    })
  }
})()
