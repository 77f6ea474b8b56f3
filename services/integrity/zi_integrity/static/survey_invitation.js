"use strict"
// Takes the invitation to a survey so that the office can't know whose it is: RSABSSA-SHA384-PSS-Randomized of RFC 9474.
// The token is made and blinded here; the office signs without seeing it. Before that it is checked that the key stands in the
// public ledger, so that nobody gets a key of their own.

const page = document.getElementById("invitation").dataset
const E = 65537n, PREFIX_AND_NONCE = 64, SALT = 48, HASH = 48
const place = `zona-invitation ${page.quarter} ${page.service} ${page.ticket}`
const find = (name) => document.querySelector(`[data-slot="${name}"]`)
const say = (name) => find("texts").querySelector(`[data-word="${name}"]`).textContent

// -- bytes and numbers

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const number = (bytes) => BigInt(`0x${hex(bytes)}`)
const bytesOf = (value, size) => unhex(value.toString(16).padStart(size * 2, "0"))
const random = (size) => crypto.getRandomValues(new Uint8Array(size))
const hash = async (name, ...parts) => new Uint8Array(await crypto.subtle.digest(name, join(...parts)))
const sha384 = (...parts) => hash("SHA-384", ...parts)
const sha256 = (...parts) => hash("SHA-256", ...parts)
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
const same = (left, right) => hex(left) === hex(right)

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) { whole.set(part, at); at += part.length }
  return whole
}

function power(base, exponent, modulus) {
  let result = 1n
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n, square = square * square % modulus) {
    if (rest & 1n) result = result * square % modulus
  }
  return result
}

function inverse(value, modulus) {
  let [r, next, t, following] = [modulus, value % modulus, 0n, 1n]
  while (next > 0n) {
    const times = r / next
    ;[r, next, t, following] = [next, r - times * next, following, t - times * following]
  }
  if (r !== 1n) throw new Error("no inverse")
  return (t + modulus) % modulus
}

// -- EMSA-PSS (RFC 8017, 9.1.1) and blinding (RFC 9474, 4.2 and 4.4)

async function mask(seed, size) {
  const blocks = []
  for (let at = 0; at * HASH < size; at++) blocks.push(await sha384(seed, Uint8Array.of(at >>> 24, at >>> 16, at >>> 8, at)))
  return join(...blocks).slice(0, size)
}

async function encodePss(message, salt, bits) {
  const size = Math.ceil(bits / 8)
  const hashed = await sha384(new Uint8Array(8), await sha384(message), salt)
  const block = join(new Uint8Array(size - SALT - HASH - 2), Uint8Array.of(1), salt)
  const over = await mask(hashed, block.length)
  const masked = block.map((byte, at) => byte ^ over[at])
  masked[0] &= 0xff >> (8 * size - bits)
  return number(join(masked, hashed, Uint8Array.of(0xbc)))
}

async function blind(n) {
  const bits = n.toString(2).length, size = Math.ceil(bits / 8)
  const message = random(PREFIX_AND_NONCE), salt = random(SALT)
  const encoded = await encodePss(message, salt, bits - 1)
  const factor = number(random(size + 16)) % (n - 1n) + 1n
  const blinded = encoded * power(factor, E, n) % n
  return { message: hex(message), encoded: encoded.toString(16), unblind: inverse(factor, n).toString(16), blinded: hex(bytesOf(blinded, size)) }
}

// -- the key in the ledger (tlog-proof over RFC 6962)

async function rootOf(entry, index, size, proof) {
  let computed = await sha256(Uint8Array.of(0), entry), node = index, last = size - 1
  for (const sibling of proof) {
    if (last === 0) throw new Error("proof")
    const right = node % 2 === 1 || node === last
    computed = right ? await sha256(Uint8Array.of(1), sibling, computed) : await sha256(Uint8Array.of(1), computed, sibling)
    if (right) while (node % 2 === 0 && node !== 0) { node = Math.floor(node / 2); last = Math.floor(last / 2) }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0) throw new Error("proof")
  return computed
}

async function checkKey() {
  const answers = await Promise.all([fetch(`/integrity/api/surveys/keys/${page.key}`), fetch(`/audit/api/receipts/${page.event}`)])
  if (!answers.every((answer) => answer.ok)) throw new Error("away")
  const entry = new Uint8Array(await answers[0].arrayBuffer())
  const [proof, ...checkpoint] = (await answers[1].text()).split("\n\n")
  const lines = proof.split("\n").filter((line) => !line.startsWith("extra "))
  if (!/^c2sp\.org\/tlog-proof@v1$/.test(lines[0]) || !/^index \d+$/.test(lines[1])) throw new Error("proof")
  const [, size, root] = checkpoint[0].split("\n")
  const computed = await rootOf(entry, Number(lines[1].slice(6)), Number(size), lines.slice(2).map(unbase64))
  const message = JSON.parse(new TextDecoder().decode(entry))
  const { service, quarter, modulus } = message.data
  const fits = message.type === "zi.integrity.survey_key_published" && message.aggregate === page.key
  const agrees = service === page.service && quarter === page.quarter && modulus === page.modulus
  if (!same(computed, unbase64(root)) || !fits || !agrees) throw new Error("key")
}

// -- the page

const stored = () => JSON.parse(localStorage.getItem(place) ?? "null")
const store = (value) => localStorage.setItem(place, JSON.stringify(value))

function show(token) {
  find("take").hidden = true
  find("token").hidden = false
  for (const input of document.querySelectorAll("[name=token]")) input.value = token
  find("state").textContent = say("done")
}

async function take() {
  const n = BigInt(`0x${page.modulus}`)
  find("state").textContent = say("checking")
  await checkKey()
  const secret = stored() ?? await blind(n)
  store(secret) // before anything is sent: a lost answer can be asked for again
  find("state").textContent = say("signing")
  const headers = { "Content-Type": "application/json" }
  const body = JSON.stringify({ blinded: secret.blinded })
  const answer = await fetch(`/integrity/api/surveys/invitations/${page.ticket}`, { method: "POST", headers, body })
  const content = await answer.json()
  if (!answer.ok) throw Object.assign(new Error("refused"), { sentence: content.detail })
  const signature = BigInt(`0x${content.blind_signature}`) * BigInt(`0x${secret.unblind}`) % n
  if (power(signature, E, n) !== BigInt(`0x${secret.encoded}`)) throw new Error("signature")
  const size = page.modulus.length / 2
  const token = `${page.quarter}.${page.service}.${base64url(unhex(secret.message))}.${base64url(bytesOf(signature, size))}`
  store({ token })
  show(token)
}

async function begin() {
  const button = find("button")
  button.disabled = true
  find("trouble").hidden = true
  try {
    await take()
  } catch (error) {
    find("state").textContent = ""
    find("trouble").hidden = false
    find("trouble").textContent = error.sentence ?? say({ key: "key", proof: "key", signature: "signature" }[error.message] ?? "away")
    button.disabled = false
  }
}

const before = stored()
if (before?.token) {
  show(before.token)
} else if (page.state === "open" || before) {
  if (globalThis.crypto?.subtle) {
    find("take").hidden = false
    find("without")?.setAttribute("hidden", "") // there is none once it was taken: only its answer was lost
    find("button").addEventListener("click", begin)
  }
}
