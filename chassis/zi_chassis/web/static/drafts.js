"use strict"
// Keeps the text of an unsent form in the sessionStorage of this window, so that a reload, a broken line or a sign-in that ended loses nothing.
// frame.html loads it for whoever is signed in, and on the pages of a case that was opened (without an author: the address of a form has the ticket). Nobody else finds a draft.
// Kept is what was changed: texts and choices; never a file, a password, a hidden field, what is marked secret, or what the browser fills in by itself (name, contact).
// A draft ends when it was taken (drafts.py says how that is known), on signing out, when the case is closed on the device, with the window, and after a day.
// Without this script the form works the same and keeps no draft. Storage may be full or forbidden: then nothing is promised.

;(() => {
  const PREFIX = "zona-form:"
  const DAY = 24 * 3600
  const LONG = 200
  const TYPED = ["textarea", "text", "date", "time", "datetime-local", "number"]
  const CHOSEN = ["radio", "checkbox", "select-one"]
  const UNKEPT = '[data-secret], [readonly], [autocomplete]:not([autocomplete="off"])'

  const quietly = (act, otherwise) => {
    try {
      return act()
    } catch {
      return otherwise
    }
  }
  const template = document.querySelector("template[data-author]")
  const store = quietly(() => window.sessionStorage, null)
  if (!template || !store) return
  const { author, answer } = template.dataset // `answer` is "taken" or "refused" where the page answers a form
  const changed = new Set()
  let waiting

  const isChoice = ({ type }) => type === "radio" || type === "checkbox"
  const keyOf = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name)
  const valueOf = (field) => (isChoice(field) ? field.checked : field.value)
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && [...TYPED, ...CHOSEN].includes(field.type) && !field.matches(UNKEPT))
  const longOf = (form) => fieldsOf(form).find(({ type, maxLength }) => type === "textarea" || (type === "text" && maxLength >= LONG))
  const forms = [...document.querySelectorAll('main form[method="post"]:not([data-draft])')].filter(longOf) // [data-draft]: draft.js of intake

  const nameOf = (form) => `${PREFIX}${form.getAttribute("action")} ${longOf(form).name}` // two forms may be sent to one address
  const draftOf = (name) => quietly(() => JSON.parse(store.getItem(name)), null)
  const names = () => Object.keys(store).filter((name) => name.startsWith(PREFIX))
  const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)

  function isChanged(field) {
    if (isChoice(field)) return field.checked !== field.defaultChecked
    if (field.options) return field.value !== ([...field.options].find((each) => each.defaultSelected) ?? field.options[0])?.value
    return field.value !== field.defaultValue
  }

  const noticeOf = (form) => form.querySelector(":scope > .draft")

  function say(form) {
    if (noticeOf(form)) return
    const notice = template.content.firstElementChild.cloneNode(true)
    notice.querySelector("button").addEventListener("click", () => discard(form))
    form.append(notice) // below the button that sends, which stays where a finger is about to press
  }

  function discard(form) {
    changed.delete(form)
    store.removeItem(nameOf(form))
    form.reset()
    noticeOf(form).remove()
    longOf(form).focus()
  }

  /** Keep the fields that differ from the page, or did before: the rest may be newer on the page. `isAll` where the page shows again what was sent. */
  function save(form, { sent, isAll = false } = {}) {
    const name = nameOf(form)
    const before = isAll ? {} : (draftOf(name)?.fields ?? {})
    const kept = fieldsOf(form).filter((field) => isAll || isChanged(field) || keyOf(field) in before)
    const fields = { ...before, ...Object.fromEntries(kept.map((field) => [keyOf(field), valueOf(field)])) }
    const isWritten = Object.values(fields).some((value) => value === true || (value && value.trim()))
    const draft = JSON.stringify({ at: Date.now(), author, sent, fields })
    const isKept = isWritten && quietly(() => (store.setItem(name, draft), true), false)
    if (!isWritten) store.removeItem(name)
    if (isKept) say(form)
    else noticeOf(form)?.remove()
  }

  function saveChanged() {
    changed.forEach((form) => save(form))
    changed.clear()
  }

  function isOver(draft) {
    if (!draft) return true
    const isOfAnother = author && draft.author && draft.author !== author
    return isOfAnother || Date.now() - draft.at > DAY * 1000 || (draft.sent && draft.sent === cookie("zi_taken"))
  }

  const forget = (isForgotten) => names().filter(isForgotten).forEach((name) => store.removeItem(name))

  function put(field, value) {
    if (isChoice(field)) field.checked = value
    else field.value = value
    if (field.selectedIndex === -1) field.selectedIndex = 0 // what was chosen is no longer offered
  }

  function fill(form) {
    const draft = draftOf(nameOf(form))
    if (!draft || draft.author !== author) return
    const fields = fieldsOf(form)
    if (answer && draft.sent && draft.sent === cookie("zi_sent")) {
      const isShown = fields.some((field) => TYPED.includes(field.type) && field.defaultValue.trim() && draft.fields[keyOf(field)]?.trim())
      if (isShown) return save(form, { isAll: true })
      if (answer === "taken") return store.removeItem(nameOf(form))
    }
    fields.filter((field) => keyOf(field) in draft.fields).forEach((field) => put(field, draft.fields[keyOf(field)]))
    form.closest("details")?.setAttribute("open", "")
    say(form)
  }

  /** Send the draft under an id of its own, which goes to this address alone. */
  function send(form, address) {
    const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 12)
    const secure = location.protocol === "https:" ? "; secure" : ""
    document.cookie = `zi_sent=${id}; path=${new URL(address).pathname}; max-age=${DAY}; samesite=strict${secure}`
    changed.delete(form)
    save(form, { sent: id })
  }

  addEventListener("pageshow", () => {
    forget((name) => isOver(draftOf(name)))
    forms.forEach(fill)
  })
  addEventListener("pagehide", saveChanged)
  document.addEventListener("input", ({ target }) => {
    if (!forms.includes(target.form)) return
    changed.add(target.form)
    clearTimeout(waiting)
    waiting = setTimeout(saveChanged, 300)
  })
  document.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
    if (defaultPrevented) return
    if (target.matches("[data-forget]")) {
      changed.clear()
      forget(() => true)
    } else if (forms.includes(target)) {
      send(target, submitter?.hasAttribute("formaction") ? submitter.formAction : target.action)
    }
  })
})()
