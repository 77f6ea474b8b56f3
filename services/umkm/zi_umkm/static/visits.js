// Visits without connection. What is filled in is sealed at once on this device, and wiped only after the office has acknowledged it.
// Every answer, photo and signature has an id that is made here, so that whatever is sent twice is taken once.

const HERE = "/umkm/visits/"
const API = "/umkm/api/visits"
const BATCH = 50
const SIDE = 1600 // pixels, of a photo's longer side
const QUALITY = 0.8
const PATIENCE = 90_000
const AGAIN = 5_000 // after which it is looked whether the connection is back
const SOON = 700 // after the last key of a note
const LAST_DAY = Date.UTC(9998, 11, 31)
const CLOCK = 5 * 60_000 // a clock that is wrong by less is not worth a word
const language = document.documentElement.lang

// -- words and parts of the page

const find = (selector, within = document) => within.querySelector(selector)
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const slot = (name, within) => find(`[data-slot="${name}"]`, within)
const texts = Object.fromEntries(all("#words [data-word]").map((each) => [each.dataset.word, each.textContent]))
const say = (word, values = {}) => texts[word].replace(/\{(\w+)\}/g, (_, name) => values[name])
const copy = (id) => find(`#${id}`).content.cloneNode(true)
const tell = (sentence) => { find("#state").textContent = sentence }
const place = (district) => district.split("_").map((word) => word[0].toUpperCase() + word.slice(1)).join(" ")
const written = (day) => new Date(`${day}T00:00`).toLocaleDateString(document.documentElement.lang === "id" ? "id" : "en-GB", { day: "numeric", month: "short", year: "numeric" })

function made(tag, text = "", more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...more })
}

function listed(...parts) {
  const line = made("li")
  line.append(...parts)
  return line
}

// -- what is kept: sealed under a key that can be used on this device but not taken out of it

const promised = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result)
  request.onerror = () => failed(request.error)
})

function openStore() {
  const request = indexedDB.open("zi-visits", 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys")
    request.result.createObjectStore("records", { keyPath: "id" })
    request.result.createObjectStore("files", { keyPath: "id" })
  }
  return promised(request)
}

class Store {
  constructor(db, key) {
    this.db = db
    this.key = key
  }

  static async open() {
    const db = await openStore()
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    const keys = db.transaction("keys", "readwrite", { durability: "strict" }).objectStore("keys")
    const known = await promised(keys.get("key"))
    if (!known) await promised(keys.put(fresh, "key"))
    return new Store(db, known || fresh)
  }

  // What a record is about is bound to what it says: none can be put in another's place.
  _bound({ id, visit, kind }) {
    return new TextEncoder().encode(`zi-visits\n${kind}\n${visit}\n${id}`)
  }

  async seal(record, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const how = { name: "AES-GCM", iv, additionalData: this._bound(record) }
    return { iv, sealed: await crypto.subtle.encrypt(how, this.key, bytes) }
  }

  async unseal(record, { iv, sealed }) {
    const how = { name: "AES-GCM", iv, additionalData: this._bound(record) }
    return crypto.subtle.decrypt(how, this.key, sealed)
  }

  // All of it or nothing; returns once it is on the disk. `replacing` is removed unless it was sent meanwhile.
  async change({ keep = [], file = null, wipe = [], replacing = [] }) {
    const rows = await Promise.all(keep.map((record) => this._row(record)))
    const content = file && { id: file.record.id, ...(await this.seal({ ...file.record, kind: "file" }, file.bytes)) }
    const tx = this.db.transaction(["records", "files"], "readwrite", { durability: "strict" })
    const records = tx.objectStore("records")
    const files = tx.objectStore("files")
    rows.forEach((row) => records.put(row))
    if (content) files.put(content)
    wipe.forEach((id) => { records.delete(id); files.delete(id) })
    replacing.forEach((id) => {
      records.get(id).onsuccess = ({ target }) => { if (target.result?.state === "new") records.delete(id) }
    })
    await new Promise((done, failed) => {
      tx.oncomplete = done
      tx.onabort = () => failed(tx.error)
    })
  }

  async _row(record) {
    const { id, visit, kind, state } = record
    return { id, visit, kind, state, ...(await this.seal(record, new TextEncoder().encode(JSON.stringify(record.content)))) }
  }

  async records() {
    const rows = await promised(this.db.transaction("records").objectStore("records").getAll())
    const read = await Promise.allSettled(rows.map((row) => this._read(row)))
    return { records: read.flatMap((each) => each.value || []), unreadable: read.filter((each) => !each.value).length }
  }

  async _read(row) {
    const { id, visit, kind, state } = row
    const content = JSON.parse(new TextDecoder().decode(await this.unseal(row, row)))
    return { id, visit, kind, state, content }
  }

  async file(record) {
    const row = await promised(this.db.transaction("files").objectStore("files").get(record.id))
    return new Blob([await this.unseal({ ...record, kind: "file" }, row)], { type: record.content.type })
  }
}

// -- the visits on this device. A record is {id, visit, kind, state: new | tried | refused, said}

const SENT_ALONE = ["photo", "signature"]
let store
let records = new Map()
let unreadable = 0
let reachable = null // what the office said when it was last asked

const of = (visit, kind) => [...records.values()].filter((each) => each.visit === visit && each.kind === kind)
const visits = () => [...records.values()].filter((each) => each.kind === "visit")
const answersTo = (visit, item) => of(visit, "answer").filter((each) => each.content.item === item)
const filesOf = (visit) => SENT_ALONE.flatMap((kind) => of(visit, kind))
const checklistId = ({ id, version }) => `checklist ${id} ${version}`
const checklistOf = (visit) => records.get(checklistId(visit.content.checklist))?.content
const waitingOf = (visit) => [...of(visit, "answer"), ...filesOf(visit)]

let turn = Promise.resolve()

// One after the other: who answers twice in a moment replaces the own answer.
function inTurn(work) {
  const done = turn.then(work)
  turn = done.catch(() => null)
  return done
}

const change = (changes) => inTurn(() => changed(changes))

async function changed(changes) {
  await store.change(changes)
  for (const record of changes.keep || []) records.set(record.id, record)
  for (const id of changes.wipe || []) records.delete(id)
  for (const id of changes.replacing || []) if (records.get(id)?.state === "new") records.delete(id)
}

const load = () => inTurn(async () => {
  const read = await store.records()
  records = new Map(read.records.map((each) => [each.id, each]))
  unreadable = read.unreadable
})

// Answers that count as far as this device knows: what waits here, and what the office has said.
function standing(visit, item) {
  const waiting = answersTo(visit.id, item)
  const replaced = new Set(waiting.flatMap((each) => each.content.replaces))
  const here = waiting.filter((each) => !replaced.has(each.id)).map((each) => ({ ...each.content, id: each.id, here: each, own: true }))
  const there = visit.content.standing.filter((each) => each.item === item && !(each.own && replaced.has(each.id)))
  return [...there.filter((each) => !here.some(({ id }) => id === each.id)), ...here]
}

// The one that is changed when somebody answers here.
function current(visit, item) {
  const mine = standing(visit, item).filter((each) => each.own)
  return mine[mine.length - 1] || null
}

// What this device takes for the time, within what every calendar has.
const claimed = () => new Date(Math.min(Date.now(), LAST_DAY)).toISOString()

const answerText = (answer) => `${answer.outcome} ${answer.grade || ""}`
const inDispute = (answers) => new Set(answers.map(answerText)).size > 1
const isFinding = (checklist, outcome) => Boolean(outcome) && ![checklist.fulfilled, "not_applicable"].includes(outcome)
const needsGrade = (checklist, item, answer) => isFinding(checklist, answer.outcome) && item.grades.length > 1 && !answer.grade

function isComplete(visit, answer) {
  const checklist = checklistOf(visit)
  const item = checklist.items.find((each) => each.code === answer.item)
  return !item || !needsGrade(checklist, item, answer)
}

const isAnswered = (visit, item) => standing(visit, item.code).some((each) => isComplete(visit, each))

const queueAnswer = (id, item, content) => inTurn(() => storeAnswer(records.get(id), item, content))

async function storeAnswer(visit, item, { outcome, grade, note }) {
  const before = answersTo(visit.id, item.code)
  const there = visit.content.standing.filter((each) => each.item === item.code && each.own)
  const content = {
    item: item.code, outcome, grade, note,
    replaces: [...new Set([...there, ...before].map((each) => each.id))],
    device_time: claimed(),
  }
  const record = { id: crypto.randomUUID(), visit: visit.id, kind: "answer", state: "new", content }
  const refused = before.filter((each) => each.state === "refused").map((each) => each.id)
  await changed({ keep: [record], replacing: before.map((each) => each.id), wipe: refused })
}

async function keepFile(visit, kind, content, blob) {
  const record = {
    id: crypto.randomUUID(), visit: visit.id, kind, state: "new",
    content: { ...content, type: blob.type, device_time: claimed() },
  }
  await change({ keep: [record], file: { record, bytes: await blob.arrayBuffer() } })
  return record
}

// Drawn anew and smaller, which leaves behind where and with what it was taken.
async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" })
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  const canvas = made("canvas")
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  const pen = canvas.getContext("2d")
  pen.fillStyle = "#fff"
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return drawn(canvas, "image/jpeg")
}

const drawn = (canvas, type) => new Promise((done, failed) => {
  canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), type, QUALITY)
})

// -- asking the office

class StoppedError extends Error {} // nothing more can be sent now; the message is a word: offline, busy, signed_out
class RefusedError extends Error {} // this was not taken; the message is the office's sentence

async function ask(path, more = {}) {
  let answer, received
  try {
    answer = await fetch(`${API}${path}${path.includes("?") ? "&" : "?"}lang=${language}`, {
      headers: { Accept: "application/json", ...more.headers },
      method: more.method, body: more.body,
      cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
    })
    received = await answer.json()
  } catch {
    throw new StoppedError(answer && !answer.ok ? "busy" : "offline")
  }
  compareClock(answer.headers.get("Date"))
  if (answer.status === 401) throw new StoppedError("signed_out")
  if (answer.ok) return received
  const isOurs = (answer.headers.get("Content-Type") || "").startsWith("application/problem+json")
  if (answer.status === 429 || answer.status >= 500 || !isOurs) throw new StoppedError("busy")
  throw new RefusedError(received.detail)
}

const post = (path, content) => ask(path, { method: "POST", body: JSON.stringify(content), headers: { "Content-Type": "application/json" } })

let clockIsOff = 0

function compareClock(date) {
  const off = date ? Math.abs(Date.now() - Date.parse(date)) : 0
  clockIsOff = off > CLOCK ? Math.round(off / 60_000) : 0
}

// -- sending

let lines = [] // what became of what was sent: {fate, case, what, why}

async function synchronise() {
  const button = find("#send")
  if (button.disabled) return
  button.disabled = true
  clearTimeout(looking)
  try {
    await navigator.locks.request("zi-visits-sync", { ifAvailable: true }, (lock) => (lock ? sendAll() : tell(say("elsewhere"))))
  } catch (error) {
    stopped(error)
  } finally {
    button.disabled = false
    show()
  }
}

async function sendAll() {
  tell(say("sending"))
  trouble("")
  lines = []
  await load()
  find("#signed-out").hidden = true
  reachable = await ask("")
  await renameAll()
  const mine = visits().filter((each) => each.content.actor === reachable.actor)
  const others = visits().filter((each) => each.content.actor !== reachable.actor && waitingOf(each.id).length)
  const hadSome = visits().some((each) => waitingOf(each.id).length)
  for (const visit of mine) await sendVisit(visit)
  const notices = []
  if (unreadable) notices.push(say("unreadable", { count: unreadable }))
  if (others.length) notices.push(say("other_account", { count: others.length }))
  if (lines.some((each) => each.fate === "refused")) notices.push(say("kept_back"))
  if (clockIsOff) notices.push(say("clock", { minutes: clockIsOff }))
  trouble(notices.join(" "))
  const hasSome = visits().some((each) => waitingOf(each.id).length)
  tell(say(hasSome ? "rest_waits" : hadSome ? "sent" : "nothing"))
}

// Takes over what the businesses call themselves now: a name that was taken back or erased leaves the device.
async function renameAll() {
  const names = new Map([...reachable.cases, ...reachable.visits].map((each) => [each.case, each.nickname || null]))
  const now = (visit) => names.get(visit.content.case) || null
  const renamed = visits().filter((each) => (each.content.nickname || null) !== now(each))
  if (renamed.length) await change({ keep: renamed.map((each) => ({ ...each, content: { ...each.content, nickname: now(each) } })) })
}

function stopped(error) {
  if (error instanceof StoppedError) {
    if (error.message === "offline") reachable = null
    if (error.message === "signed_out") find("#signed-out").hidden = false
    else {
      trouble(say(`stopped_${error.message}`))
      lookAgain()
    }
    tell("")
  } else if (error instanceof RefusedError) trouble(`${error.message} ${say("stopped_refused")}`)
  else {
    trouble(say("stopped_busy"))
    console.error(error)
  }
}

let looking = 0

// A device may take itself for connected while nothing comes through; then no event says that the connection is back.
function lookAgain() {
  looking = setTimeout(async () => {
    const isBack = !document.hidden && (await ask("").then(() => true, ({ message }) => !["offline", "busy"].includes(message)))
    if (isBack) synchronise()
    else lookAgain()
  }, AGAIN)
}

async function sendVisit(visit) {
  try {
    await sendAnswers(visit)
    for (const record of filesOf(visit.id)) await sendFile(visit, record)
    await leave(visit)
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    // Its case is gone, or it is another's now: nothing of it is lost here.
    const waiting = waitingOf(visit.id)
    for (const each of waiting) note("refused", visit, each, error.message)
    if (!waiting.length) noteVisit("refused", visit, error.message)
    const now = records.get(visit.id)
    await change({ keep: [{ ...now, content: { ...now.content, refused: error.message } }] })
  }
}

async function sendAnswers(visit) {
  const complete = of(visit.id, "answer").filter((each) => isComplete(visit, each.content))
  const { case: ticket, checklist } = visit.content
  for (let first = 0; first < complete.length; first += BATCH) {
    const batch = complete.slice(first, first + BATCH)
    await change({ keep: batch.map((each) => ({ ...each, state: each.state === "refused" ? "refused" : "tried" })) })
    const answers = batch.map(({ id, content: { why, ...content } }) => ({ id, ...content }))
    const received = await post(`/${visit.id}/sync`, { case: ticket, checklist, answers })
    await acknowledged(visit, received)
  }
}

// `told.answers` says of each what became of it; only what the office has is wiped here.
async function acknowledged(visit, received) {
  const keep = [withState(visit, received)]
  const wipe = []
  for (const { id, fate, detail } of received.answers) {
    const record = records.get(id)
    if (!record) continue
    const disputed = fate !== "refused" && received.in_dispute.includes(record.content.item)
    note(disputed ? "dispute" : fate, visit, record, detail)
    if (fate === "refused") keep.push({ ...record, state: "refused", content: { ...record.content, why: detail } })
    else wipe.push(id)
  }
  await change({ keep, wipe })
}

// The name that the business gave itself, where it has one.
const called = ({ case: ticket, nickname }) => (nickname ? `${nickname} (${ticket})` : ticket)

function withState(visit, { standing, in_dispute, unanswered, unsigned, signed, photos, finished }) {
  const { case: ticket, nickname, district, checklist, actor } = visit.content
  const content = { case: ticket, nickname, district, checklist, actor, standing, in_dispute, unanswered, unsigned, signed, photos, finished }
  return { ...visit, content }
}

async function sendFile(visit, record) {
  const { item, side, answers, device_time } = record.content
  const form = new FormData()
  const fields = { id: record.id, case: visit.content.case, kind: record.kind, item, side, device_time }
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value)
  for (const answer of answers || []) form.append("answers", answer)
  form.append("file", await store.file(record), record.content.type === "image/png" ? "file.png" : "file.jpg")
  try {
    const received = await ask(`/${visit.id}/files`, { method: "POST", body: form })
    const known = records.get(visit.id)
    note(received.fate, visit, record)
    await change({ keep: [{ ...known, content: { ...known.content, signed: received.signed, photos: received.photos } }], wipe: [record.id] })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    note("refused", visit, record, error.message)
    await change({ keep: [{ ...record, state: "refused", content: { ...record.content, why: error.message } }] })
  }
}

// Each thing once, however often it was refused.
function note(fate, visit, record, why = null) {
  if (lines.some((each) => each.id === record.id)) return
  lines.push({ fate, id: record.id, case: visit.content.case, what: described(visit, record), why })
}

function noteVisit(fate, visit, why = null) {
  lines.push({ fate, id: visit.id, case: visit.content.case, what: say("whole_visit"), why })
}

function described(visit, { kind, content }) {
  const text = checklistOf(visit)?.items.find((each) => each.code === content.item)?.text[language] || content.item || ""
  if (kind === "signature") return `${say("signature")}: ${say(content.side)}`
  if (kind === "photo") return text ? `${say("photo")}: ${text}` : say("photo")
  return `${text} ${say(content.outcome)}`
}

// A visit that is complete at the office has nothing left to do on this device.
async function leave(visit) {
  const received = await ask(`/${visit.id}?case=${encodeURIComponent(visit.content.case)}`)
  const now = withState(visit, received)
  await change({ keep: [now] })
  const { in_dispute, unanswered, unsigned, signed, finished } = now.content
  const complete = finished || (!unanswered.length && !unsigned.length && signed.length === 2)
  if (waitingOf(visit.id).length || in_dispute.length || !complete) return
  noteVisit("wiped", visit)
  await wipeVisit(visit)
}

async function wipeVisit(visit) {
  const rest = visits().filter((each) => each.id !== visit.id)
  const unused = [...records.values()].filter(
    ({ id, kind }) => kind === "checklist" && !rest.some((each) => checklistId(each.content.checklist) === id),
  )
  await change({ wipe: [visit.id, ...waitingOf(visit.id).map((each) => each.id), ...unused.map((each) => each.id)] })
}

// -- taking a visit along

async function takeAlong({ visit = null, case: ticket, nickname, district, checklist }) {
  const id = visit || crypto.randomUUID()
  const received = visit
    ? await ask(`/${id}?case=${encodeURIComponent(ticket)}`)
    : await post(`/${id}/sync`, { case: ticket, checklist, answers: [] })
  const fresh = { id, visit: id, kind: "visit", state: "new", content: { case: ticket, nickname, district, checklist, actor: reachable.actor } }
  const form = reachable.checklists.find((each) => checklistId(each) === checklistId(checklist))
  const stored = { id: checklistId(checklist), visit: "", kind: "checklist", state: "new", content: form }
  await change({ keep: [withState(fresh, received), stored] })
  await navigator.storage?.persist?.()
  location.hash = id
  tell(say(isKept ? "taken_along" : "taken_along_unkept"))
}

// -- showing

function trouble(sentence) {
  slot("text", find("#trouble")).textContent = sentence
  find("#trouble").hidden = !sentence
}

function show() {
  showDevice()
  showReport()
  const chosen = records.get(location.hash.slice(1))
  if (built && !records.has(built.id)) leaveNothing()
  find("#list").hidden = Boolean(chosen)
  find("#visit").hidden = !chosen
  if (chosen) showVisit(chosen)
  else showList()
}

function showDevice() {
  const count = (kind) => visits().reduce((sum, each) => sum + of(each.id, kind).length, 0)
  const [answers, photos, signatures] = ["answer", "photo", "signature"].map(count)
  find("#waiting").textContent = answers + photos + signatures ? say("waiting", { answers, photos, signatures }) : say("nothing")
  const online = navigator.onLine
  find("#connection").textContent = say(online ? "online" : "offline")
  find("#connection").className = `badge ${online ? "done" : "citizen"}`
}

function showReport() {
  const fates = ["taken", "known", "dispute", "refused", "wiped"].filter((fate) => lines.some((each) => each.fate === fate))
  find("#report").hidden = !lines.length
  slot("lines", find("#report")).replaceChildren(...fates.map(reported))
}

function reported(fate) {
  const mine = lines.filter((each) => each.fate === fate)
  const part = made("details", "", { open: fate === "refused" || fate === "dispute" })
  part.dataset.fate = fate
  const points = made("ul")
  points.append(...mine.map((each) => made("li", `${each.case}: ${each.what}${each.why ? ` (${each.why})` : ""}`)))
  part.append(made("summary", say(fate, { count: mine.length })), points)
  return part
}

function showList() {
  const mine = visits()
  slot("none", find("#list")).hidden = mine.length > 0
  slot("own", find("#list")).replaceChildren(...mine.map(ownLine))
  const more = reachable ? [...waitingThere(), ...reachable.cases.map((each) => [each, "begin"])] : []
  slot("offline", find("#list")).hidden = Boolean(reachable)
  const trips = reachable ? (reachable.trips || []).filter((each) => left(each).length) : []
  slot("more", find("#list")).replaceChildren(...trips.map((each) => listed(takingTrip(each))), ...more.map(([each, word]) => listed(taking(each, word))))
}

// The cases of a trip that are not on this device yet: each with the visit that waits there, or as it is begun.
function left(trip) {
  const here = new Set(visits().map((each) => each.content.case))
  const waiting = new Map(reachable.visits.filter((each) => !each.finished).map((each) => [each.case, each]))
  const known = new Map(reachable.cases.map((each) => [each.case, each]))
  return trip.cases.filter((ticket) => !here.has(ticket)).map((ticket) => waiting.get(ticket) || known.get(ticket)).filter(Boolean)
}

function takingTrip(trip) {
  const cases = left(trip)
  const button = made("button", say("trip", { district: place(trip.district), day: written(trip.begins), count: cases.length }), { type: "button", className: "button" })
  button.onclick = () => doing(async () => {
    for (const each of cases) await takeAlong(each)
    location.hash = ""
    reachable = await ask("")
  }, button)
  return button
}

const waitingThere = () => reachable.visits.filter((each) => !each.finished && !records.has(each.visit)).map((each) => [each, "take_along"])

function ownLine(visit) {
  const line = listed(made("a", say("open_visit", { case: called(visit.content) }), { href: `#${visit.id}` }), ` · ${place(visit.content.district)} · ${progress(visit)}`)
  if (visit.content.refused) line.append(made("p", say("not_taken", { why: visit.content.refused }), { className: "error" }))
  return line
}

function taking(what, word) {
  const button = made("button", say(word, { case: called(what), district: place(what.district) }), { type: "button", className: "button quiet" })
  button.onclick = () => doing(async () => {
    await takeAlong(what)
    reachable = await ask("")
  }, button)
  return button
}

function progress(visit) {
  const items = checklistOf(visit)?.items || []
  return say("progress", { done: items.filter((each) => isAnswered(visit, each)).length, all: items.length })
}

// What a person asked for: said when it can't be done, and never half done.
async function doing(work, button = null) {
  if (button) button.disabled = true
  try {
    await work()
  } catch (error) {
    if (error instanceof StoppedError || error instanceof RefusedError) stopped(error)
    else {
      tell(say(error.name === "QuotaExceededError" ? "full" : "not_kept"))
      console.error(error)
    }
    showDevice()
  } finally {
    if (button) button.disabled = false
  }
}

// -- one visit: built once, refreshed in place, so that nobody loses the place where they are

let built = null // {id, refresh}

function showVisit(visit) {
  if (built?.id !== visit.id) {
    const refreshers = []
    find("#visit").replaceChildren(visitPage(visit, refreshers))
    built = { id: visit.id, refresh: () => refreshers.forEach((each) => each(records.get(visit.id))) }
  }
  built.refresh()
}

// Of a visit that was wiped, nothing stays on the page either.
function leaveNothing() {
  find("#visit").replaceChildren()
  built = null
}

function refresh() {
  showDevice()
  if (built && records.has(built.id)) built.refresh()
}

function visitPage(visit, refreshers) {
  const page = copy("visit-page")
  const checklist = checklistOf(visit)
  slot("case", page).textContent = called(visit.content)
  slot("title", page).textContent = checklist.title[language]
  const done = slot("progress", page)
  refreshers.push((now) => {
    const there = now.content.photos ? ` · ${say("photos_at_office", { count: now.content.photos })}` : ""
    done.textContent = progress(now) + there
  })
  const parts = checklist.aspects.map((each) => aspect(visit, checklist, each, refreshers))
  const next = checklist.items.find((each) => !isAnswered(visit, each))
  if (next) parts[checklist.aspects.findIndex((each) => each.code === next.aspect)].open = true
  slot("aspects", page).append(...parts)
  slot("loose", page).append(photos(visit, null, refreshers))
  all(".signing", page).forEach((each) => signing(visit, each, refreshers))
  find('[data-act="remove"]', page).onclick = ({ target }) => doing(() => removeVisit(records.get(visit.id)), target)
  return page
}

function aspect(visit, checklist, { code, name }, refreshers) {
  const part = copy("aspect").firstElementChild
  const items = checklist.items.filter((each) => each.aspect === code)
  slot("name", part).textContent = name[language]
  const count = slot("count", part)
  part.append(...items.map((each) => itemForm(visit, checklist, each, refreshers)))
  refreshers.push((now) => {
    const done = items.filter((each) => isAnswered(now, each)).length
    count.textContent = say("progress", { done, all: items.length })
  })
  return part
}

function itemForm(visit, checklist, item, refreshers) {
  const form = copy("item").firstElementChild
  form.dataset.item = item.code
  slot("text", form).textContent = item.text[language]
  if (!item.may_not_apply) slot("may-not-apply", form).remove()
  const radios = all("input[type=radio]", form)
  const grade = find("select", form)
  const text = find("textarea", form)
  radios.forEach((each) => { each.name = `outcome ${item.code}` })
  grade.append(...checklist.grades.filter((each) => item.grades.includes(each.code)).map((each) => made("option", each.name[language], { value: each.code })))
  slot("photos", form).append(photos(visit, item, refreshers))
  let soon
  const chosen = () => radios.find((each) => each.checked)?.value
  const keep = () => doing(async () => {
    clearTimeout(soon)
    const outcome = chosen()
    if (!outcome) return tell(say("choose_outcome"))
    const content = { outcome, grade: isFinding(checklist, outcome) ? grade.value || null : null, note: text.value.trim() || null }
    await queueAnswer(visit.id, item, content)
    refresh()
    tell(say(needsGrade(checklist, item, content) ? "choose_grade" : "saved"))
  })
  for (const each of [...radios, grade, text]) each.onchange = keep
  text.oninput = () => {
    clearTimeout(soon)
    soon = setTimeout(keep, SOON)
  }
  refreshers.push((now) => refreshItem(now, checklist, item, form))
  return form
}

function refreshItem(visit, checklist, item, form) {
  const answers = standing(visit, item.code)
  const mine = current(visit, item.code)
  const outcome = mine?.outcome
  all("input[type=radio]", form).forEach((each) => { each.checked = each.value === outcome })
  slot("grades", form).hidden = !(isFinding(checklist, outcome) && item.grades.length > 1)
  find("select", form).value = mine?.grade || ""
  const text = find("textarea", form)
  if (mine && document.activeElement !== text) text.value = mine.note || ""
  slot("state", form).textContent = stateOf(visit, mine, answers)
  showDispute(visit, item, answers, slot("dispute", form))
}

function stateOf(visit, mine, answers) {
  if (!answers.length) return say("unanswered")
  if (mine?.here?.content.why) return say("not_taken", { why: mine.here.content.why })
  if (mine && !isComplete(visit, mine)) return `${say("incomplete")}: ${say("choose_grade")}`
  return say(mine?.here ? "waits" : "arrived")
}

function showDispute(visit, item, answers, part) {
  part.hidden = !inDispute(answers)
  const lines = part.hidden ? [] : answers.map((each) => disputed(visit, item, each))
  find("ul", part).replaceChildren(...lines)
}

function disputed(visit, item, answer) {
  const grade = checklistOf(visit).grades.find((each) => each.code === answer.grade)?.name[language]
  const who = say(answer.here ? "from_here" : answer.own ? "own_answer" : "other_answer")
  const sentence = `${who}: ${say(answer.outcome)}${grade ? `, ${grade}` : ""}`
  const line = listed(`${sentence} `)
  if (answer.here) return line
  const button = made("button", say("counts"), { type: "button", className: "button quiet", ariaLabel: `${say("counts")}: ${sentence}` })
  button.onclick = () => doing(async () => {
    const received = await post(`/${visit.id}/settle`, { case: visit.content.case, item: item.code, answer: answer.id })
    await change({ keep: [withState(visit, received)] })
    refresh()
    tell(say("decided"))
  }, button)
  line.append(button)
  return line
}

// -- photos

function photos(visit, item, refreshers) {
  const part = copy("photos")
  const input = find("input", part)
  const list = find("ul", part)
  const visible = new Map()
  input.onchange = () => doing(async () => {
    tell(say("shrinking"))
    let isRead = true
    for (const file of [...input.files]) isRead = (await addPhoto(visit, item, file)) && isRead
    input.value = ""
    refresh()
    tell(say(isRead ? "saved" : "unreadable_photo"))
  }, input)
  refreshers.push(() => {
    const mine = of(visit.id, "photo").filter((each) => each.content.item === (item?.code || null))
    for (const [id, line] of visible) if (!mine.some((each) => each.id === id)) forget(visible, id, line)
    mine.forEach((each, place) => {
      if (!visible.has(each.id)) visible.set(each.id, photoLine(each))
      const line = visible.get(each.id)
      if (!line.isConnected) list.append(line)
      find("img", line).alt = `${say("photo")} ${place + 1}`
      slot("state", line).textContent = each.content.why ? say("not_taken", { why: each.content.why }) : ""
    })
  })
  return part
}

function forget(visible, id, line) {
  URL.revokeObjectURL(find("img", line).src)
  line.remove()
  visible.delete(id)
}

async function addPhoto(visit, item, file) {
  const picture = await shrunk(file).catch(() => null)
  if (picture) await keepFile(visit, "photo", { item: item?.code || null }, picture)
  return Boolean(picture)
}

// The picture leads to itself, so that what the office refuses can still be saved elsewhere.
function photoLine(record) {
  const line = copy("photo").firstElementChild
  const button = find("button", line)
  store.file(record).then((blob) => {
    const address = URL.createObjectURL(blob)
    find("img", line).src = address
    Object.assign(find("a", line), { href: address, download: `${record.id}.jpg` })
  }, console.error)
  button.onclick = () => doing(async () => {
    if (!confirm(say("remove_photo"))) return
    await change({ wipe: [record.id] })
    refresh()
    tell(say("removed"))
  }, button)
  return line
}

// -- signatures

function signing(visit, part, refreshers) {
  const { side } = part.dataset
  const canvas = find("canvas", part)
  const name = find("input", part)
  const pen = canvas.getContext("2d")
  let isEmpty = true
  const clear = () => {
    pen.fillStyle = "#fff"
    pen.fillRect(0, 0, canvas.width, canvas.height)
    isEmpty = true
  }
  const at = (event) => {
    const box = canvas.getBoundingClientRect()
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height]
  }
  clear()
  Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: "#1c2628" })
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    pen.beginPath()
    pen.moveTo(...at(event))
  }
  canvas.onpointermove = (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    pen.lineTo(...at(event))
    pen.stroke()
    isEmpty = false
  }
  name.oninput = () => {
    clear()
    Object.assign(pen, { font: "italic 96px serif", fillStyle: "#1c2628", textBaseline: "middle" })
    pen.fillText(name.value, 40, canvas.height / 2, canvas.width - 80)
    isEmpty = !name.value.trim()
  }
  const again = () => {
    name.value = ""
    clear()
  }
  find('[data-act="clear"]', part).onclick = again
  find('[data-act="sign"]', part).onclick = ({ target }) => doing(async () => {
    if (isEmpty) return tell(say("empty_signature"))
    const before = of(visit.id, "signature").filter((each) => each.content.side === side && each.state !== "tried")
    await keepFile(visit, "signature", { item: null, side, answers: shownAnswers(records.get(visit.id)) }, await drawn(canvas, "image/png"))
    await change({ wipe: before.map((each) => each.id) })
    again()
    refresh()
    tell(say("saved"))
  }, target)
  refreshers.push((now) => { slot("signed", part).textContent = signedState(now, side) })
}

const shownAnswers = (visit) => checklistOf(visit).items.flatMap((item) => standing(visit, item.code).map((each) => each.id))

function signedState(visit, side) {
  const waiting = of(visit.id, "signature").filter((each) => each.content.side === side)
  const refused = waiting.find((each) => each.content.why)
  if (refused) return say("not_taken", { why: refused.content.why })
  const visible = shownAnswers(visit)
  const covers = ({ content }) => visible.every((id) => content.answers.includes(id))
  if (waiting.length) return say(waiting.some(covers) ? "signed_waits" : "signed_before")
  if (!visit.content.signed.includes(side)) return say("unsigned")
  const changed = visit.content.unsigned.length || of(visit.id, "answer").length
  return say(changed ? "signed_before" : "signed_arrived")
}

async function removeVisit(visit) {
  const unsent = waitingOf(visit.id).length
  if (!confirm(unsent ? say("remove_unsent", { count: unsent }) : say("remove_visit"))) return
  await wipeVisit(visit)
  location.hash = ""
  tell(say("removed"))
}

// -- the beginning

function lacking() {
  const lacks = {
    secure: !isSecureContext,
    crypto: isSecureContext && !crypto.subtle,
    worker: isSecureContext && !(navigator.serviceWorker && navigator.locks),
    store: !window.indexedDB,
  }
  return Object.keys(lacks).filter((name) => lacks[name])
}

function unable(names) {
  find("#unable").hidden = false
  for (const name of names) find(`[data-lack="${name}"]`).hidden = false
}

let isKept = false

async function keepPage() {
  const badge = find("#kept")
  badge.textContent = say("unready")
  try {
    await (await caches.open("zi-visits-language")).put(HERE, new Response(language))
    const registered = await navigator.serviceWorker.register(`${HERE}worker.js`, { scope: HERE })
    await navigator.serviceWorker.ready
    registered.update().catch(() => null) // a newer page, for the next time; there may be no connection
    isKept = true
    badge.textContent = say("ready")
    badge.classList.add("done")
  } catch (error) {
    console.error(error)
  }
}

function goTo() {
  show()
  find(find("#visit").hidden ? "#list h1" : "#visit h1").focus()
  scrollTo(0, find(find("#visit").hidden ? "#sync" : "#visit").offsetTop)
}

async function begin() {
  const lacks = lacking()
  if (lacks.length) return unable(lacks)
  try {
    store = await Store.open()
    await load()
  } catch (error) {
    console.error(error)
    return unable(["store"])
  }
  find("#able").hidden = false
  find("#send").onclick = synchronise
  window.onhashchange = goTo
  window.ononline = synchronise
  window.onoffline = showDevice
  document.onvisibilitychange = async () => {
    if (document.hidden) return
    await load()
    if (built && records.has(built.id)) refresh()
    else show()
  }
  show()
  keepPage()
  if (navigator.onLine) await synchronise()
}

begin()
