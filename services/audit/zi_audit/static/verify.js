// -- the page

const SHOWN = 500 // entries and findings; more would make a phone slow
const VERDICTS = {
  INCLUDED: sentence("Included", "Tercantum"),
  MATCHING: sentence("Included and matching", "Tercantum dan cocok"),
  ERASED: sentence("Included, payload erased", "Tercantum, isi telah dihapus"),
  FAIL: sentence("FAIL", "GAGAL"),
}
const SIGNS = {
  PASSED: ["good", sentence("Everything that was checked holds", "Semua yang diperiksa sesuai")],
  NOT_COMPARED: ["warning", sentence("It fits together, but the keys were compared with nothing", "Semuanya saling sesuai, tetapi kuncinya tidak dibandingkan dengan apa pun")],
  NOT_WITNESSED_YET: ["warning", sentence("Not everything is in the public record yet", "Belum semuanya ada dalam catatan publik")],
  PROMISE_BROKEN: ["bad", sentence("A promise of the office is broken", "Sebuah janji kantor dilanggar")],
  FAIL: ["bad", sentence("FAIL: something does not hold", "GAGAL: ada yang tidak sesuai")],
  NOTHING_CHECKED: ["", sentence("Nothing was checked", "Tidak ada yang diperiksa")],
}
const PINNED = sentence("Compared with: the keys that you gave.", "Dibandingkan dengan: kunci yang Anda berikan.")
const UNPINNED = sentence(
  "Not compared with anything: the keys come from the office itself. Compare them with the printed service charter (maklumat) and paste them above.",
  "Tidak dibandingkan dengan apa pun: kuncinya berasal dari kantor itu sendiri. Bandingkan dengan maklumat pelayanan yang tercetak, lalu tempelkan di atas."
)
const MORE = sentence("and more", "dan lainnya")
const WORKING = sentence("Checking…", "Memeriksa…")
const BROKE_OFF = sentence("The check broke off: the file could not be read to its end.", "Pemeriksaan terhenti: berkas tidak dapat dibaca sampai selesai.")
const IN_LOG = sentence("entry", "entri")
const PENDING = sentence("not in the public record yet", "belum ada dalam catatan publik")
const LETTER = sentence("The code is signed by the office's key", "Kode ditandatangani kunci kantor")
const LETTER_LINES = {
  number: sentence("Number", "Nomor"),
  kind: sentence("Kind", "Jenis"),
  issued: sentence("Issued", "Diterbitkan"),
  validUntil: sentence("Valid until", "Berlaku sampai"),
  holder: sentence("Holder", "Pemegang"),
  place: sentence("The code leads to", "Kode mengarah ke"),
}

const ACTS = JSON.parse(document.getElementById("acts").textContent) // what each type of message says, in the reader's language
const spoken = (text) => text[document.documentElement.lang === "id" ? "id" : "en"]
const find = (id) => document.getElementById(id)

function made(tag, text, more = {}) {
  return Object.assign(document.createElement(tag), { textContent: text }, more)
}

function list(tag, lines) {
  const shown = made(tag, "")
  shown.append(...lines.slice(0, SHOWN).map((line) => made("li", line)))
  if (lines.length > SHOWN) shown.append(made("li", `${spoken(MORE)}: ${lines.length - SHOWN}`))
  return lines.length ? [shown] : []
}

const findingLine = ({ file, why, index }) => `${file}${index === null ? "" : ` (${spoken(IN_LOG)} ${index})`}: ${spoken(why)}`

function entryLine({ index, time, type, verdict }) {
  const when = moment(time) === null ? time : told(moment(time))
  const where = index === null ? spoken(PENDING) : `${spoken(IN_LOG)} ${index}`
  return `${when}, ${where}: ${Object.hasOwn(ACTS, type) ? ACTS[type] : type} ${verdict ? `(${spoken(VERDICTS[verdict])})` : ""}`
}

function headline({ status, verdict, by, letter }) {
  const [, sign] = SIGNS[status]
  if (["FAIL", "NOTHING_CHECKED"].includes(status)) return spoken(sign)
  const what = letter ? spoken(LETTER) : `${spoken(VERDICTS[verdict])}${by === undefined ? "" : ` (${spoken(IN_LOG)} ${by})`}`
  return `${what}. ${spoken(sign)}.`
}

/** Sign and what it was compared with always stand together. */
function show(result) {
  const [kind] = SIGNS[result.status]
  const sign = made("div", "", { className: `notice ${kind}` })
  sign.append(made("h2", headline(result), { id: "verdict", tabIndex: -1 }))
  if (result.status !== "NOTHING_CHECKED") sign.append(made("p", spoken(result.isPinned ? PINNED : UNPINNED)))
  sign.append(...list("ul", result.findings.map(findingLine)))
  const letter = made("dl", "", { className: "facts" })
  for (const [line, name] of Object.entries(result.letter ? LETTER_LINES : {})) {
    const row = made("div", "")
    row.append(made("dt", spoken(name)), made("dd", result.letter[line]))
    letter.append(row)
  }
  find("result").replaceChildren(sign, ...(result.letter ? [letter] : []), ...list("ol", result.entries.map(entryLine)), ...list("ul", result.remarks.map(spoken)))
  find("verdict").focus()
}

async function submitted(event) {
  event.preventDefault()
  const [progress, button] = [find("progress"), find("go")]
  button.disabled = true
  find("result").replaceChildren()
  progress.textContent = spoken(WORKING)
  const pinFile = find("pin-file").files[0]
  try {
    show(
      await check({
        files: [...find("files").files],
        letter: find("letter").value,
        pinned: `${find("pins").value}\n${pinFile ? await pinFile.text() : ""}`,
        policy: find("office-policy").textContent,
        letterKey: find("office-letter-key").textContent.trim(),
        now: Math.floor(Date.now() / 1000),
        progress: (share) => { progress.textContent = `${spoken(WORKING)} ${Math.floor(share * 100)} %` },
      })
    )
  } catch {
    show(nothing(BROKE_OFF.en, BROKE_OFF.id))
  }
  progress.textContent = ""
  button.disabled = false
}

async function begin() {
  const able = await canCheck().catch(() => false)
  find(able ? "check" : "cannot").hidden = false
  find("check").addEventListener("submit", submitted)
  const code = location.hash.slice(1) // the code of a letter may come in the address
  find("letter").value = code.includes("#") ? code : ""
}

begin()
