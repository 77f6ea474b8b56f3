"use strict"
// Checks evidence, receipts and the codes of letters in the reader's own browser: signed notes, tlog-policy, tlog-tiles, tlog-proof
// (C2SP) over RFC 6962 trees, by the platform's WebCrypto and DecompressionStream alone. It sends nothing and asks for nothing.
// Every value has exactly one spelling here, as in zi_tlog: whatever is malformed is refused, and nothing is believed before its
// signature held. Both programs are tried on the same files.

// -- sentences, statuses and verdicts

/** @typedef {{en: string, id: string}} Sentence */
/** @typedef {{file: string, why: Sentence, index?: number}} Finding */
/** @typedef {{status: string, verdict: string, by?: number, findings: Finding[], remarks: Sentence[], entries: object[]}} Report */

// As the exit statuses of zi-verify, the severest first.
const STATUS = { FAIL: 1, PROMISE_BROKEN: 8, NOT_WITNESSED_YET: 6, NOT_COMPARED: 5, NOTHING_CHECKED: 2, PASSED: 0 }

const sentence = (en, id) => ({ en, id })

class CheckError extends Error {
  /** @param {string} en @param {string} id */
  constructor(en, id) {
    super(en)
    this.sentence = sentence(en, id)
  }
}

const severest = (statuses) => Object.keys(STATUS).find((name) => statuses.includes(name)) ?? "PASSED"

// -- bytes and the small texts inside the formats

const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
const NAME = `[^${SPACE}+]+`
const HASH_BYTES = 32

const encode = (text) => new TextEncoder().encode(text)
const equal = (left, right) => left.length === right.length && left.every((byte, at) => byte === right[at])
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
const uint = (bytes) => bytes.reduce((value, byte) => value * 256 + byte, 0) // big-endian

function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function decodeUtf8(bytes, what) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new CheckError(`${what} is not UTF-8 text.`, `${what} bukan teks UTF-8.`)
  }
}

function encodeBase64(bytes) {
  let text = ""
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

function decodeBase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    if (encodeBase64(bytes) === text) return bytes
  } catch { /* the same answer */ }
  throw new CheckError("A base64 value is malformed.", "Sebuah nilai base64 tidak benar bentuknya.")
}

function decodeHash(text) {
  const bytes = decodeBase64(text)
  if (bytes.length !== HASH_BYTES) throw new CheckError("A hash has not 32 bytes.", "Sebuah hash tidak 32 byte.")
  return bytes
}

function decodeDecimal(text) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new CheckError("A number is not a plain decimal.", "Sebuah angka bukan desimal biasa.")
  }
  return Number(text)
}

// -- hashes of RFC 6962 and signatures of RFC 8032, by WebCrypto

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)))
const leafHash = (entry) => sha256(LEAF, entry)
const nodeHash = (left, right) => sha256(NODE, left, right)

async function ed25519Holds(publicKey, signature, message) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"])
    return await crypto.subtle.verify("Ed25519", key, signature, message)
  } catch {
    return false
  }
}

/** Whether this browser can check at all: a known signature holds, the same one over another text does not. */
async function canCheck() {
  if (!globalThis.crypto?.subtle || typeof DecompressionStream !== "function") return false
  const bytes = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16))
  // RFC 8032 section 7.1, TEST 2
  const key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
  const signature = bytes(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
  )
  const digest = await sha256(encode("abc")).catch(() => new Uint8Array())
  return (
    hex(digest) === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" &&
    (await ed25519Holds(key, signature, Uint8Array.of(0x72))) &&
    !(await ed25519Holds(key, signature, Uint8Array.of(0x73)))
  )
}

// -- signed notes and their keys (c2sp.org/signed-note)

const ED25519 = 1
const COSIGNATURE = 4
const MAX_NOTE_BYTES = 1_000_000
const MAX_SIGNATURES = 64
const CONTROL = /[\x00-\x09\x0b-\x1f]/
const SIGNATURE_LINE = new RegExp(`^— (${NAME}) ([A-Za-z0-9+/=]+)$`)
const VKEY = new RegExp(`^(${NAME})\\+([0-9a-f]{8})\\+([A-Za-z0-9+/=]+)$`)

const notSigned = () => new CheckError("This is not a signed note.", "Ini bukan catatan bertanda tangan.")

function noteText(text) {
  if (!text.endsWith("\n") || CONTROL.test(text)) throw notSigned()
  return text
}

function parseSignature(line) {
  const match = SIGNATURE_LINE.exec(line)
  const bytes = match && decodeBase64(match[2])
  if (!bytes || bytes.length <= 4) throw new CheckError("A signature line is malformed.", "Sebuah baris tanda tangan tidak benar bentuknya.")
  return { name: match[1], keyId: hex(bytes.subarray(0, 4)), value: bytes.subarray(4) }
}

/** Nothing is verified yet. */
function parseNote(bytes) {
  if (bytes.length > MAX_NOTE_BYTES) throw notSigned()
  const whole = decodeUtf8(bytes, "The note")
  const end = whole.lastIndexOf("\n\n")
  const lines = whole.slice(end + 2).split("\n")
  if (end < 0 || lines.pop() !== "" || !lines.length || lines.length > MAX_SIGNATURES) throw notSigned()
  return { text: noteText(whole.slice(0, end + 1)), signatures: lines.map(parseSignature) }
}

/** A key under a name; its id is SHA-256(name || 0x0A || type || key)[:4]. */
async function parseVkey(text) {
  const match = VKEY.exec(text)
  if (!match) throw new CheckError("This is not a verifier key (name+id+key).", "Ini bukan kunci pemeriksa (nama+id+kunci).")
  const [, name, id, encoded] = match
  const bytes = decodeBase64(encoded)
  const algorithm = bytes[0]
  if (![ED25519, COSIGNATURE].includes(algorithm) || bytes.length !== 33 || CONTROL.test(name)) {
    throw new CheckError(`The key of ${name} is of a kind that is not known here.`, `Jenis kunci ${name} tidak dikenal di sini.`)
  }
  if (hex((await sha256(encode(`${name}\n`), bytes)).subarray(0, 4)) !== id) {
    throw new CheckError(`The verifier key of ${name} does not fit its own id.`, `Kunci ${name} tidak sesuai dengan id-nya sendiri.`)
  }
  return { name, id, algorithm, bytes: bytes.subarray(1), vkey: text }
}

/** What a signature line of this key signs (signed-note; tlog-cosignature, Ed25519 signed message). */
async function signatureHolds(key, text, value) {
  if (key.algorithm === ED25519) return ed25519Holds(key.bytes, value, encode(text))
  const time = value.length > 8 ? new DataView(value.buffer, value.byteOffset).getBigUint64(0) : 1n << 63n
  return time >> 63n === 0n && ed25519Holds(key.bytes, value.subarray(8), encode(`cosignature/v1\ntime ${time}\n${text}`))
}

const cosignedAt = (value) => uint(value.subarray(0, 8)) // POSIX seconds

/** The signatures of known keys, one a key, all of which hold; a broken one of a known key spoils the note. */
async function openNote(note, keys) {
  const held = new Map()
  for (const signature of note.signatures) {
    const key = keys.find((known) => known.name === signature.name && known.id === signature.keyId)
    if (!key) continue
    if (!(await signatureHolds(key, note.text, signature.value))) {
      throw new CheckError(`The signature of ${key.name} does not fit the text.`, `Tanda tangan ${key.name} tidak sesuai dengan teksnya.`)
    }
    if (!held.has(key)) held.set(key, signature)
  }
  if (!held.size) {
    const names = [...new Set(note.signatures.map((each) => each.name))].sort().join(", ")
    throw new CheckError(`No known key signed this; it is signed by ${names}.`, `Tidak ada kunci yang dikenal menandatanganinya; penandatangannya ${names}.`)
  }
  return held
}

// -- checkpoints (c2sp.org/tlog-checkpoint)

function parseCheckpoint(text) {
  const [origin, size, root, ...extensions] = noteText(text).split("\n").slice(0, -1)
  if (root === undefined || !origin || extensions.includes("")) {
    throw new CheckError("A checkpoint has an origin, a size and a root.", "Checkpoint memuat nama, ukuran, dan akar.")
  }
  return { origin, size: decodeDecimal(size), root: decodeHash(root) }
}

// -- whose word counts (c2sp.org/tlog-policy)

const MAX_POLICY_BYTES = 1_000_000
const NO_QUORUM = "none"
const CLOCK_SKEW = 300 // seconds by which two honest clocks may differ
const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const badPolicy = (en, id) => new CheckError(`The policy: ${en}.`, `Kebijakan: ${id}.`)

/** Names are used only after their definition, listed as a member once, keys are listed once. */
async function parsePolicy(bytes) {
  const text = decodeUtf8(bytes, "The policy")
  if (bytes.length > MAX_POLICY_BYTES || /[\x00-\x08\x0b-\x1f\x7f]/.test(text)) throw badPolicy("it is no short text", "bukan teks pendek")
  const policy = { logs: [], witnesses: [], groups: [], quorum: null }
  const defined = new Set([NO_QUORUM])
  const free = new Set()
  const kinds = {
    log: async (words) => policy.logs.push({ key: await policyKey(words[0], ED25519, policy.logs) }),
    witness: async ([name, vkey, url]) => {
      const witness = { name, url: url?.replace(/\/+$/, "").toLowerCase(), key: await policyKey(vkey, COSIGNATURE, policy.witnesses) }
      const same = policy.witnesses.find((known) => known.key.name === witness.key.name || (url !== undefined && known.url === witness.url))
      if (same) throw badPolicy(`${same.name} and ${name} are one witness, by the name in their keys or by their address`, `${same.name} dan ${name} adalah satu saksi, menurut nama dalam kuncinya atau alamatnya`)
      policy.witnesses.push(witness)
      define(name, defined, free)
    },
    group: async ([name, count, ...members]) => {
      for (const member of members) {
        if (!free.delete(member)) throw badPolicy(`the group ${name} lists ${member} wrongly`, `kelompok ${name} salah menyebut ${member}`)
      }
      define(name, defined, free)
      policy.groups.push({ name, threshold: threshold(name, count, members.length), members })
    },
    quorum: async ([name]) => {
      if (policy.quorum !== null || !defined.has(name)) throw badPolicy("one quorum of defined names is needed", "perlu satu kuorum dengan nama yang telah ditentukan")
      policy.quorum = name
    },
  }
  const lengths = { log: [1, 2], witness: [2, 3], group: [3, Infinity], quorum: [1, 1] }
  for (const line of text.split("\n")) {
    const [kind, ...words] = line.split(/[ \t]+/).filter(Boolean)
    if (!kind || kind.startsWith("#")) continue
    const [least, most] = Object.hasOwn(lengths, kind) ? lengths[kind] : [1, 0]
    if (words.length < least || words.length > most) throw badPolicy(`a line is not understood: ${line}`, `sebuah baris tidak dipahami: ${line}`)
    await kinds[kind](words)
  }
  if (policy.quorum === null) throw badPolicy("it names no quorum", "kuorum tidak disebut")
  const logKeys = policy.logs.map((log) => log.key)
  const own = policy.witnesses.find((witness) => logKeys.some((key) => equal(key.bytes, witness.key.bytes)))
  if (own) throw badPolicy(`the witness ${own.name} has the key of a log`, `saksi ${own.name} memakai kunci sebuah log`)
  return policy
}

async function policyKey(text, algorithm, listed) {
  const key = await parseVkey(text)
  if (key.algorithm !== algorithm) throw badPolicy(`the key of ${key.name} is of another kind`, `kunci ${key.name} jenisnya lain`)
  if (listed.some((known) => equal(known.key.bytes, key.bytes))) throw badPolicy(`the key of ${key.name} stands twice`, `kunci ${key.name} tertulis dua kali`)
  return key
}

function define(name, defined, free) {
  if (defined.has(name)) throw badPolicy(`the name ${name} stands twice`, `nama ${name} tertulis dua kali`)
  defined.add(name)
  free.add(name)
}

function threshold(name, count, members) {
  const number = { any: 1, all: members }[count] ?? (/^[1-9][0-9]{0,5}$/.test(count) ? Number(count) : 0)
  if (number < 1 || number > members) throw badPolicy(`the group ${name} asks for no possible number`, `jumlah dalam kelompok ${name} tidak mungkin`)
  return number
}

/** The checkpoint that a listed log signed, and who of the known witnesses cosigned it when; the quorum is not asked for. */
async function endorsement(policy, bytes, now) {
  const note = parseNote(bytes)
  const held = await openNote(note, [...policy.logs, ...policy.witnesses].map((each) => each.key))
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint.size === 0 && hex(checkpoint.root) !== EMPTY_ROOT) {
    throw new CheckError("A checkpoint of an empty log has the root of the empty tree.", "Checkpoint log kosong memuat akar pohon kosong.")
  }
  if (!policy.logs.some(({ key }) => key.name === checkpoint.origin && held.has(key))) {
    throw new CheckError(
      `The checkpoint of ${checkpoint.origin} is not signed by that log's key.`,
      `Checkpoint ${checkpoint.origin} tidak ditandatangani kunci log itu.`
    )
  }
  const cosigned = new Map()
  for (const { name, key } of policy.witnesses) {
    const time = held.has(key) ? cosignedAt(held.get(key).value) : 0
    if (time > 0 && time <= now + CLOCK_SKEW) cosigned.set(name, time)
  }
  return { ...checkpoint, cosigned }
}

/** Whether these witnesses are a quorum. */
function witnessed(policy, names) {
  const met = new Set([...names, NO_QUORUM])
  for (const group of policy.groups) {
    if (group.members.filter((member) => met.has(member)).length >= group.threshold) met.add(group.name)
  }
  return met.has(policy.quorum)
}

async function checkedCheckpoint(policy, bytes, now) {
  const checkpoint = await endorsement(policy, bytes, now)
  if (!witnessed(policy, checkpoint.cosigned.keys())) {
    const names = [...checkpoint.cosigned.keys()].join(", ")
    throw new CheckError(
      `The checkpoint lacks the quorum ${policy.quorum} of witnesses: ${names || "nobody"} cosigned it.`,
      `Checkpoint kurang kuorum saksi ${policy.quorum}: ditandatangani ${names || "tidak seorang pun"}.`
    )
  }
  return checkpoint
}

// -- proofs of one entry (RFC 9162 section 2.1.3.2; c2sp.org/tlog-proof@v1)

const PROOF_HEADER = "c2sp.org/tlog-proof@v1"
const half = (number) => Math.floor(number / 2) // indexes can be larger than the bit operators of the language bear
const isOdd = (number) => number % 2 === 1

const notInTree = () => new CheckError("The leaf hash is not in the tree of the checkpoint.", "Hash daun tidak ada dalam pohon checkpoint.")

async function verifyInclusion(index, size, leaf, proof, root) {
  if (index >= size) throw new CheckError(`Entry ${index} is not in a tree of ${size} entries.`, `Entri ${index} tidak ada dalam pohon ${size} entri.`)
  let node = index
  let last = size - 1
  let seen = leaf
  for (const sibling of proof) {
    if (last === 0) throw notInTree()
    if (isOdd(node) || node === last) {
      seen = await nodeHash(sibling, seen)
      for (; node && !isOdd(node); node = half(node)) last = half(last)
    } else {
      seen = await nodeHash(seen, sibling)
    }
    node = half(node)
    last = half(last)
  }
  if (last !== 0 || !equal(seen, root)) throw notInTree()
}

/** A receipt; nothing of it is verified yet. */
function parseProof(bytes) {
  const noProof = new CheckError("This is not a tlog-proof file.", "Ini bukan berkas tlog-proof.")
  const end = bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10)
  if (end < 0) throw noProof
  const [header, ...lines] = decodeUtf8(bytes.subarray(0, end), "The proof").split("\n")
  if (lines[0]?.startsWith("extra ")) decodeBase64(lines.shift().slice(6))
  const [index, ...hashes] = lines
  if (header !== PROOF_HEADER || !index?.startsWith("index ") || hashes.length > 63) throw noProof
  return { index: decodeDecimal(index.slice(6)), hashes: hashes.map(decodeHash), checkpoint: bytes.subarray(end + 2) }
}

/** The checkpoint that vouches for an entry at the receipt's index. */
async function verifyProof(proof, entry, policy, now) {
  const checkpoint = await checkedCheckpoint(policy, proof.checkpoint, now)
  await verifyInclusion(proof.index, checkpoint.size, await leafHash(entry), proof.hashes, checkpoint.root)
  return checkpoint
}

// -- a log of which some tiles are at hand (c2sp.org/tlog-tiles; RFC 6962 section 2.1)

const FULL = 256

/** tile/<L>/<N>[.p/<W>]: groups of three digits, all but the last marked with x. */
function tilePath(level, index, width) {
  const groups = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0").match(/.../g)
  const number = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/")
  return `tile/${level}/${number}${width < FULL ? `.p/${width}` : ""}`
}

/** The tile as a tree of `size` entries has it: full, or the partial one at its right edge. */
function tileAt(level, index, size) {
  const width = Math.min(FULL, Math.floor(size / FULL ** level) - index * FULL)
  if (width < 1) throw new CheckError(`A tree of ${size} entries has no tile ${index} on level ${level}.`, `Pohon ${size} entri tidak memuat ubin ${index} di tingkat ${level}.`)
  return { level, index, width, path: tilePath(level, index, width) }
}

async function readTile(tile, read) {
  const whole = tile.width < FULL ? tilePath(tile.level, tile.index, FULL) : tile.path
  const exact = await read(tile.path)
  const bytes = exact ?? (await read(whole))
  if (!bytes) throw new CheckError(`${tile.path} is missing.`, `${tile.path} tidak ada.`)
  if (bytes.length !== (exact ? tile.width : FULL) * HASH_BYTES) {
    throw new CheckError(`${tile.path} has the wrong number of bytes.`, `${tile.path} jumlah byte-nya salah.`)
  }
  return bytes.subarray(0, tile.width * HASH_BYTES)
}

/** The root of the complete subtree whose hashes of one level lie side by side. */
async function fold(hashes) {
  while (hashes.length > HASH_BYTES) {
    const pairs = []
    for (let at = 0; at < hashes.length; at += 2 * HASH_BYTES) pairs.push(sha256(NODE, hashes.subarray(at, at + 2 * HASH_BYTES)))
    hashes = concat(...(await Promise.all(pairs)))
  }
  return hashes
}

/** Root of the first `size` entries from stored hashes: `read(level, index)` gives complete subtrees. */
async function treeRoot(size, read) {
  if (size === 0) return Uint8Array.from(EMPTY_ROOT.match(/../g), (pair) => parseInt(pair, 16))
  let root = null
  for (let level = 0, rest = size; rest; level += 1, rest = half(rest)) {
    if (!isOdd(rest)) continue
    const subtree = await read(level, rest - 1)
    root = root ? await nodeHash(subtree, root) : subtree
  }
  return root
}

/** Gives hashes of the tree of a checkpoint: each tile is believed because the tile above it names it, up to the signed root. */
async function sparseTree(checkpoint, readFile) {
  const { size, root } = checkpoint
  const known = new Map() // of level 0 the right edge and the tile that was read last, so that memory stays small
  let last = null
  const place = async (level, index, tileOf) => {
    const tileLevel = Math.floor(level / 8)
    const height = level % 8
    const first = index * 2 ** height
    const tile = await tileOf(tileLevel, Math.floor(first / FULL))
    const at = (first % FULL) * HASH_BYTES
    return fold(tile.subarray(at, at + HASH_BYTES * 2 ** height))
  }
  // The root is folded from the partial tiles of the right edge alone, so that it vouches for all of them.
  const edge = async (level, index) => {
    const key = `${level}/${index}`
    if (!known.has(key)) known.set(key, await readTile(tileAt(level, index, size), readFile))
    return known.get(key)
  }
  if (!equal(await treeRoot(size, (level, index) => place(level, index, edge)), root)) {
    throw new CheckError("The tiles do not give the root of the checkpoint.", "Ubin-ubin tidak menghasilkan akar checkpoint.")
  }
  const proven = async (level, index) => {
    const key = `${level}/${index}`
    if (known.has(key)) return known.get(key)
    const tile = tileAt(level, index, size)
    const bytes = await readTile(tile, readFile)
    if (!equal(await fold(bytes), await hash(8 * (level + 1), index))) {
      throw new CheckError(`${tile.path} is not in the tree of the checkpoint.`, `${tile.path} tidak ada dalam pohon checkpoint.`)
    }
    if (level === 0) {
      known.delete(last)
      last = key
    }
    known.set(key, bytes)
    return bytes
  }
  const hash = (level, index) => place(level, index, proven)
  return { leaf: (index) => hash(0, index), root: (older) => treeRoot(older, hash) }
}

// -- zips, read member by member out of a file (APPNOTE 4.3)

const MAX_MEMBERS = 300_000
const MAX_LIST_BYTES = 200 * MAX_MEMBERS
const MAX_ZIP_BYTES = 2 ** 31
const MAX_MEMBER_BYTES = 2 ** 25
const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR = 0x07064b50
const LISTED = 0x02014b50
const LOCAL = 0x04034b50

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1
  return byte
})

function crc32(bytes) {
  let crc = -1
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8)
  return ~crc >>> 0
}

const notAZip = () => new CheckError("The file is not a zip that can be read.", "Berkas ini bukan zip yang dapat dibaca.")
const damagedList = () => new CheckError("The list of files in the zip is damaged.", "Daftar berkas dalam zip rusak.")
const tooLarge = () => new CheckError("The zip is larger than any evidence.", "Zip ini lebih besar daripada bukti mana pun.")

const slice = async (file, start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer())
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Number of members, bytes and place of their list, and by how much every offset in it is moved. */
async function zipEnd(file) {
  const first = Math.max(0, file.size - 22 - 65_535)
  const tail = view(await slice(file, first, file.size))
  let at = tail.byteLength - 22
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1
  if (at < 0) throw notAZip()
  let [count, length, offset] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)]
  let place = first + at
  const end64 = view(await slice(file, Math.max(0, place - 76), place))
  if (end64.byteLength === 76 && end64.getUint32(56, true) === LOCATOR && end64.getUint32(0, true) === END64) {
    place -= 76
    ;[count, length, offset] = [32, 40, 48].map((field) => Number(end64.getBigUint64(field, true)))
  }
  if (length > place) throw damagedList()
  if (count > MAX_MEMBERS || length > MAX_LIST_BYTES) throw tooLarge()
  return { count, length, start: place - length, moved: place - length - offset }
}

/** One file of the list; sizes that do not fit stand in an extra field (APPNOTE 4.5.3). */
function listedMember(list, at) {
  const [name, extra, comment] = [28, 30, 32].map((field) => list.getUint16(at + field, true))
  const member = {
    flags: list.getUint16(at + 8, true),
    method: list.getUint16(at + 10, true),
    crc: list.getUint32(at + 16, true),
    packed: list.getUint32(at + 20, true),
    size: list.getUint32(at + 24, true),
    offset: list.getUint32(at + 42, true),
    name: new Uint8Array(list.buffer, list.byteOffset + at + 46, name),
    next: at + 46 + name + extra + comment,
  }
  let field = at + 46 + name
  for (const end = field + extra; field + 4 <= end; field += 4 + list.getUint16(field + 2, true)) {
    if (list.getUint16(field, true) !== 1) continue
    let value = field + 4
    for (const key of ["size", "packed", "offset"]) {
      if (member[key] !== 0xffffffff) continue
      member[key] = Number(list.getBigUint64(value, true))
      value += 8
    }
  }
  return member
}

/** The members of a zip by name; none is read before it is asked for. */
async function openZip(file) {
  const { count, length, start, moved } = await zipEnd(file)
  const list = view(await slice(file, start, start + length))
  const members = new Map()
  let at = 0
  let total = 0
  try {
    for (let found = 0; found < count; found += 1) {
      if (list.getUint32(at, true) !== LISTED) throw damagedList()
      const member = listedMember(list, at)
      const name = new TextDecoder().decode(member.name)
      at = member.next
      if (name.endsWith("/")) continue
      if (members.has(name)) throw new CheckError("The zip holds two files of the same name.", "Zip memuat dua berkas bernama sama.")
      if (![0, 8].includes(member.method)) throw new CheckError("The zip is compressed in an unusual way.", "Zip dimampatkan dengan cara yang tidak biasa.")
      total += member.size
      members.set(name, { ...member, offset: member.offset + moved })
    }
  } catch (error) {
    throw error instanceof CheckError ? error : damagedList()
  }
  if (at !== list.byteLength) throw damagedList()
  if (total > MAX_ZIP_BYTES) throw tooLarge()
  const read = async (name) => (members.has(name) ? unpack(file, name, members.get(name)) : null)
  return { names: [...members.keys()], read }
}

async function unpack(file, name, member) {
  try {
    if (member.size > MAX_MEMBER_BYTES || member.flags & 1) throw notAZip()
    const header = await slice(file, member.offset, member.offset + 30)
    const fields = view(header)
    const [named, extra] = [fields.getUint16(26, true), fields.getUint16(28, true)]
    const begin = member.offset + 30
    const same = equal(await slice(file, begin, begin + named), member.name)
    if (fields.getUint32(0, true) !== LOCAL || !same) throw notAZip()
    const packed = file.slice(begin + named + extra, begin + named + extra + member.packed)
    const bytes = member.method ? await inflate(packed, member.size) : new Uint8Array(await packed.arrayBuffer())
    if (bytes.length === member.size && crc32(bytes) === member.crc) return bytes
  } catch { /* the same answer */ }
  throw new CheckError(`${name}: the file in the zip is damaged.`, `${name}: berkas dalam zip rusak.`)
}

/** At most one byte more than `size`, so that a member which lies about it can't fill the memory. */
async function inflate(packed, size) {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader()
  const parts = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concat(...parts)
    parts.push(value)
    length += value.length
    if (length > size) {
      await reader.cancel()
      throw notAZip()
    }
  }
}

// -- the code of a letter (zi_tlog.letter)

const LETTER_HEADER = "zona/letter/v1\n"
const CODE_LINES = ["number", "kind", "issued", "validUntil", "holder", "content"]
const elsewhere = () => new CheckError("The address in the letter's code leads elsewhere.", "Alamat dalam kode surat mengarah ke tempat lain.")
const noCode = () => new CheckError("This is not the code of a letter.", "Ini bukan kode surat.")

/** What the text of a code says: `<address><number>#<base64url(key id || signature || lines)>`; nothing is verified yet. */
function parseCode(text) {
  const at = text.indexOf("#")
  const encoded = text.slice(at + 1)
  if (at < 0 || !/^[A-Za-z0-9_-]+$/.test(encoded)) throw noCode()
  const bytes = decodeBase64(encoded.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(encoded.length / 4) * 4, "="))
  const lines = decodeUtf8(bytes.subarray(68), "The code")
  const values = lines.split("\n")
  if (values.pop() !== "" || values.length !== CODE_LINES.length || values.includes("")) throw noCode()
  const code = Object.fromEntries(CODE_LINES.map((name, line) => [name, values[line]]))
  return { ...code, place: text.slice(0, at), keyId: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4, 68), signed: LETTER_HEADER + lines }
}

/** The code, if one of these keys signed it and its address leads to its number. */
async function openCode(text, keys) {
  const code = parseCode(text)
  const key = keys.find((each) => each.algorithm === ED25519 && each.id === code.keyId)
  if (!key) throw new CheckError(`The key ${code.keyId} that signed the code is not known here.`, `Kunci ${code.keyId} yang menandatangani kode tidak dikenal di sini.`)
  if (!(await ed25519Holds(key.bytes, code.signature, encode(code.signed)))) {
    throw new CheckError("The letter's code is not signed by the office's key.", "Kode surat tidak ditandatangani kunci kantor.")
  }
  if (!code.place.endsWith(`/${code.number}`)) throw elsewhere()
  return { ...code, key }
}

// -- one message of the house, and what must be true of all those of a case together

const ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
// one register numbers the letters of all cases: of its versions a case has its own
const REGISTERED = new Set(["zi.certificates.certificate_issued", "zi.umkm.mentoring_letter_issued"])
const notAMessage = () => new CheckError("The entry is not a message of the house.", "Entri ini bukan pesan rumah layanan.")

/** Every SHA-256 digest in a message's data, with the item and the field that name it. */
function vaultRefs(data) {
  const refs = []
  const waiting = [[data, null, null]]
  while (waiting.length) {
    const [value, item, field] = waiting.pop()
    if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) refs.push({ digest: value, item, field })
    else if (Array.isArray(value)) waiting.push(...value.map((inner) => [inner, null, null]))
    else if (value && typeof value === "object") {
      const [named, of] = [value.item, value.field].map((text) => (typeof text === "string" ? text : null))
      waiting.push(...Object.values(value).map((inner) => [inner, named, of]))
    }
  }
  return refs
}

/** What a stranger can check of a message; `index` is its place in the log, null while it is in no tree yet. */
async function readAct(file, index, bytes) {
  let fields
  try {
    fields = JSON.parse(decodeUtf8(bytes, "The entry"))
  } catch {
    throw notAMessage()
  }
  const texts = [fields?.id, fields?.source, fields?.type, fields?.aggregate, fields?.previous]
  const isMessage = texts.every((text) => typeof text === "string") && [fields.position, fields.version].every(Number.isSafeInteger)
  if (!isMessage || Array.isArray(fields)) throw notAMessage()
  const { id, source, type, aggregate, previous, position, version, data } = fields
  const end = source.lastIndexOf("/")
  return {
    file, index, id, source, type, aggregate, previous, position, version,
    office: source.slice(0, Math.max(end, 0)),
    service: source.slice(end + 1),
    leaf: await leafHash(bytes),
    digest: hex(await sha256(bytes)),
    subject: String(fields.subject ?? ""),
    actor: String(fields.actor ?? ""),
    role: String(fields.actorrole ?? ""),
    askedBy: String(data?.asked_by ?? ""),
    time: fields.time,
    recorded: "recordedtime" in fields ? fields.recordedtime : fields.time,
    refs: vaultRefs(data),
  }
}

const finding = (file, why, index = null) => ({ file, why, index })
const actFinding = (act, en, id) => finding(act.file, sentence(en, id), act.index)
const place = (act) => (act.index === null ? act.file : `entry ${act.index}`)

/** Acts of another case or office, of a service that the manifest does not name, or of a type that is another's to say. */
function strangers(acts, manifest) {
  const found = []
  for (const act of acts) {
    if (act.subject !== manifest.case) found.push(actFinding(act, `it is about another case (${act.subject})`, `pesan ini tentang kasus lain (${act.subject})`))
    if (act.office !== acts[0].office) found.push(actFinding(act, `it is of another office (${act.office})`, `pesan ini dari kantor lain (${act.office})`))
    else if (!manifest.services.includes(act.service)) {
      found.push(actFinding(act, `the manifest does not name its service (${act.service})`, `manifest tidak menyebut layanannya (${act.service})`))
    }
    if (!act.type.startsWith(`zi.${act.service}.`)) {
      found.push(actFinding(act, `its type is another service's to say (${act.type})`, `jenisnya adalah milik layanan lain (${act.type})`))
    }
  }
  return found
}

function missingVersions(file, aggregate, first, last) {
  const which = first === last ? first : `${first}-${last}`
  return finding(file, sentence(`version ${which} of ${aggregate} is missing`, `versi ${which} dari ${aggregate} tidak ada`))
}

/** What is missing of versions 1 to the last that is claimed, or there where nothing is claimed, or stands out of their order. */
function gaps(acts, claimed) {
  const found = []
  const last = new Map()
  for (const act of acts) {
    const { file, aggregate, version } = act
    if (REGISTERED.has(act.type)) {
      last.set(aggregate, Math.max(last.get(aggregate) ?? 0, version))
      continue
    }
    const expected = (last.get(aggregate) ?? 0) + 1
    if (version < expected) {
      found.push(actFinding(act, `version ${version} of ${aggregate} stands after version ${expected - 1}`, `versi ${version} dari ${aggregate} berada setelah versi ${expected - 1}`))
      continue
    }
    if (version > expected) found.push(missingVersions(file, aggregate, expected, version - 1))
    last.set(aggregate, version)
    if (claimed && version > (claimed.get(aggregate) ?? 0)) {
      found.push(actFinding(act, `the manifest does not claim version ${version} of ${aggregate}`, `manifest tidak menyatakan versi ${version} dari ${aggregate}`))
    }
  }
  for (const [aggregate, version] of claimed ?? []) {
    const known = last.get(aggregate) ?? 0
    if (version > known) found.push(missingVersions("manifest.json", aggregate, known + 1, version))
  }
  return found
}

/** Where a sender's messages do not follow each other; between two that are not neighbours there are those of other cases. */
function breaks(acts) {
  const found = []
  const before = new Map()
  const events = new Set()
  for (const act of acts) {
    if (events.has(act.id)) found.push(actFinding(act, `the event ${act.id} is in the zip twice`, `peristiwa ${act.id} ada dua kali dalam zip`))
    events.add(act.id)
    const earlier = before.get(act.source)
    if (earlier && act.position <= earlier.position) {
      found.push(actFinding(act, `message ${act.position} of ${act.source} stands after message ${earlier.position}`, `pesan ${act.position} dari ${act.source} berada setelah pesan ${earlier.position}`))
      continue
    }
    if (earlier && act.position === earlier.position + 1 && act.previous !== earlier.digest) {
      found.push(actFinding(act, "it does not name the hash of its sender's message before it", "pesan ini tidak menyebut hash pesan pengirimnya yang sebelumnya"))
    }
    before.set(act.source, act)
  }
  return found
}

// -- private contents: by their salted digest, or explained by an erasure that counts

const MEDIA_TYPES = ["text/plain", "application/json", "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"]
const PRIVATE_KEYS = ["digest", "event_id", "field", "media_type", "plaintext", "salt"]
const ERASURE = { requested: "zi.intake.erasure_requested", refused: "zi.intake.erasure_refused", erased: "zi.intake.data_subject_erased" }

async function parsePrivate(name, bytes) {
  const wrong = new CheckError(`${name}: the file is no private item.`, `${name}: berkas ini bukan isi pribadi.`)
  let fields
  try {
    fields = JSON.parse(decodeUtf8(bytes, name))
  } catch {
    throw wrong
  }
  const isItem = fields && !Array.isArray(fields) && Object.keys(fields).sort().join() === PRIVATE_KEYS.join()
  if (!isItem || !Object.values(fields).every((value) => typeof value === "string") || !MEDIA_TYPES.includes(fields.media_type)) throw wrong
  const [salt, plaintext] = [decodeBase64(fields.salt), decodeBase64(fields.plaintext)]
  const digest = hex(await sha256(encode("zona/vault/v1\0"), salt, plaintext))
  const id = name.slice("private/".length, -".json".length)
  return { name, id, event: fields.event_id, field: fields.field, digest: fields.digest, matches: salt.length === 32 && digest === fields.digest }
}

/** What is wrong with an item of this act, or null. */
function itemFinding(item, act) {
  if (!item.matches) return finding(item.name, sentence("the content does not match its digest", "isi tidak cocok dengan digest-nya"))
  const named = act.refs.filter((ref) => ref.digest === item.digest)
  if (!named.length) return finding(item.name, sentence(`the digest is not in ${place(act)}`, `digest tidak ada dalam ${place(act)}`))
  if (named.some((ref) => [null, item.id].includes(ref.item) && [null, item.field].includes(ref.field))) return null
  return finding(item.name, sentence("the event gives this content another name", "pesan itu menyebut isi ini dengan nama lain"))
}

/** By office and case, the index of the first erasure that one official asked for and another approved; `acts` are in the log. */
function countedErasures(acts) {
  const requests = new Map()
  const found = new Map()
  for (const act of acts) {
    if (!act.source.endsWith("/intake")) continue
    const key = `${act.source}\n${act.aggregate}`
    if (act.type === ERASURE.requested && act.role.startsWith("staff:")) requests.set(key, act)
    else if (act.type === ERASURE.refused) requests.delete(key)
    else if (act.type === ERASURE.erased && isApproved(act, requests.get(key))) {
      const of = `${act.office}\n${act.subject}`
      if (!found.has(of)) found.set(of, act.index)
    }
  }
  return found
}

function isApproved(act, request) {
  if (!request || act.role !== "staff:supervisor") return false
  const isOfRequest = request.subject === act.subject && request.actor === act.askedBy
  return isOfRequest && request.version < act.version && request.actor !== act.actor
}

/** The verdict on an act of the log, of whose contents the digests `shown` are in the zip and match. */
function contentVerdict(act, shown, erasures) {
  const isHidden = act.refs.some((ref) => ref.item !== null && !shown.has(ref.digest))
  const by = act.subject ? erasures.get(`${act.office}\n${act.subject}`) : undefined
  if (isHidden && by !== undefined && by >= act.index) return { verdict: "ERASED", by }
  return { verdict: shown.size ? "MATCHING" : "INCLUDED" }
}

// -- when an entry can have been born: after the cosigned tree that lacks it, before the first one that has it

const TOLERANCE = 300 // seconds
const MICROSECONDS = 1_000_000

/** Microseconds since 1970 of a moment with an offset from UTC, or null. */
function moment(value) {
  const match = /^(\d{4})(-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(value)
  if (!match || match[1] === "0000") return null
  const [, year, rest, fraction = "", offset] = match
  const local = Date.parse(`${year}${rest}Z`)
  const at = Date.parse(`${year}${rest}${offset}`)
  if (Number.isNaN(at) || !new Date(local).toISOString().startsWith(`${year}${rest}`)) return null // 31 February
  return at * 1000 + Number(fraction.padEnd(6, "0"))
}

const told = (microseconds) => new Date(Math.floor(microseconds / 1000)).toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC")

/** `trees` are {size, cosigned} of the same log; what none of them covers is younger than `now`. */
function eras(trees, now) {
  const made = []
  let [start, earliest, floor] = [0, -Infinity, 0]
  for (const { size, cosigned } of [...trees].sort((left, right) => left.size - right.size)) {
    const times = [...cosigned.values()]
    // Whoever signed a smaller tree had seen no larger one: a larger one with an earlier time was signed by a late clock.
    floor = Math.max(floor, Math.min(...times))
    if (size > start) made.push({ start, earliest, latest: (Math.max(floor, ...times) + TOLERANCE) * MICROSECONDS })
    start = Math.max(size, start)
    earliest = (Math.min(...times) - TOLERANCE) * MICROSECONDS
  }
  return [...made, { start, earliest, latest: (now + TOLERANCE) * MICROSECONDS }]
}

/** What is dated as it can't be, and a remark on what is late; `acts` are in the log, in its order. */
function judgeTimes(acts, spans) {
  const findings = []
  const dated = new Map()
  const late = []
  for (const act of acts) {
    const [happened, at] = [moment(act.time), moment(act.recorded)]
    if (happened === null || at === null) {
      findings.push(actFinding(act, `its time is no moment: ${act.recorded}`, `waktunya bukan suatu saat: ${act.recorded}`))
      continue
    }
    const before = dated.get(act.source) ?? -Infinity
    const era = spans.findLast((each) => each.start <= act.index)
    const slack = TOLERANCE * MICROSECONDS
    if (at > era.latest) {
      findings.push(actFinding(act, `it is dated ${told(at)}, but the log had it by ${told(era.latest)} (tolerance included): its sender's clock, or that of the witnesses who signed then, was wrong`, `bertanggal ${told(at)}, padahal log sudah memuatnya pada ${told(era.latest)} (toleransi termasuk): jam pengirimnya, atau jam saksi yang menandatangani saat itu, salah`))
    } else if (happened > at + slack) {
      findings.push(actFinding(act, `it tells of ${told(happened)} and says that it was recorded before, at ${told(at)}`, `menceritakan ${told(happened)} dan mengaku dicatat sebelumnya, pada ${told(at)}`))
    } else if (at < before - slack) {
      findings.push(actFinding(act, `it is dated ${told(at)}, long before an earlier message of its sender (${told(before)})`, `bertanggal ${told(at)}, jauh sebelum pesan pengirimnya yang lebih awal (${told(before)})`))
      dated.set(act.source, at)
    } else {
      if (at < era.earliest) late.push(act.index)
      dated.set(act.source, Math.max(at, before))
    }
  }
  return { findings, late }
}

// -- evidence of a case, format zona/evidence/v2 (zi_tlog.evidence)

const FORMAT = "zona/evidence/v2"
const CLAIMED_FOLDERS = ["entries/", "pending/", "promises/", "private/", "checkpoints/"]
const MANIFEST_FIELDS = "aggregates,case,checkpoints,format,indexes,left_out,origin,pending,private,promises,purpose,services,size"
const MAX_ENTRIES = 100_000

const isNumber = (value) => Number.isSafeInteger(value) && value >= 0
const isText = (value, pattern) => typeof value === "string" && new RegExp(`^(?:${pattern})$`).test(value)
const ascends = (values) => values.every((value, at) => at === 0 || values[at - 1] < value)
const areBelow = (values, size) => Array.isArray(values) && values.every((value) => isNumber(value) && value < size) && ascends(values)
const areNames = (values, pattern) => Array.isArray(values) && values.every((value) => isText(value, pattern)) && ascends(values)

/** Keys sorted, no spaces, ASCII, as Python's json writes it. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort().map((key) => `${canonical(key)}:${canonical(value[key])}`).join(",")}}`
  }
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

function parseManifest(bytes) {
  const wrong = (field) => new CheckError(`manifest.json: ${field} is not what a manifest says.`, `manifest.json: ${field} bukan isi manifest.`)
  const text = decodeUtf8(bytes, "manifest.json")
  let manifest
  try {
    manifest = JSON.parse(text)
  } catch {
    throw wrong("JSON")
  }
  if (!manifest || Object.keys(manifest).sort().join() !== MANIFEST_FIELDS || manifest.format !== FORMAT) throw wrong("format")
  const { size } = manifest
  const { aggregates } = manifest
  const versions = aggregates && typeof aggregates === "object" && !Array.isArray(aggregates) ? Object.entries(aggregates) : [["", 0]]
  const name = "[^\\x00-\\x20\\x7f]{1,200}"
  const holds = {
    case: isText(manifest.case, name),
    origin: isText(manifest.origin, name),
    size: isNumber(size),
    purpose: isText(manifest.purpose, "[a-z][a-z0-9_-]{0,62}"),
    services: areNames(manifest.services, "[a-z][a-z0-9-]{0,62}") && manifest.services.length > 0,
    indexes: areBelow(manifest.indexes, size) && manifest.indexes.length <= MAX_ENTRIES,
    left_out: areBelow(manifest.left_out, size) && !manifest.left_out.some((index) => manifest.indexes.includes(index)),
    checkpoints: areBelow(manifest.checkpoints, size) && manifest.checkpoints.length <= 4096,
    aggregates: versions.every(([id, version]) => isText(id, ID) && isNumber(version) && version > 0),
    pending: areNames(manifest.pending, `pending/${ID}\\.json`),
    promises: areNames(manifest.promises, `promises/${ID}`),
    private: areNames(manifest.private, `private/${ID}\\.json`),
  }
  const bad = Object.keys(holds).find((field) => !holds[field])
  if (bad) throw wrong(bad)
  if (canonical(manifest) !== text) throw wrong("its form")
  const bundles = Array.from({ length: Math.ceil(manifest.indexes.length / FULL) }, (_, at) => `entries/${String(at).padStart(3, "0")}`)
  return { ...manifest, aggregates: new Map(versions), bundles, bytes }
}

const eventOf = (name) => name.slice(name.indexOf("/") + 1).replace(/\.json$/, "")

/** Runs one check; what it refuses becomes a finding about a file. */
async function attempt(findings, file, check, index = null) {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    findings.push(finding(file, error.sentence, index))
    return null
  }
}

async function checkEvidence(archive, policy, now, progress) {
  const findings = []
  const manifest = await attempt(findings, "manifest.json", async () => parseManifest(await archive.require("manifest.json")))
  if (!manifest) return { findings, entries: [], remarks: [], statuses: [] }
  const log = await readLogPart(archive, manifest, policy, now, findings, progress)
  const pending = await readPending(archive, manifest, findings)
  const acts = [...log.acts, ...pending]
  await checkSeal(archive, manifest, findings)
  const promises = await checkPromises(archive, manifest, acts, findings)
  findings.push(...strangers(acts, manifest), ...gaps(acts, manifest.aggregates), ...breaks(acts))
  const remarks = [...completeness(manifest, await archive.read("manifest.vkey")), ...judgedTimes(manifest, log, policy, now, findings)]
  const shown = await readPrivate(archive, manifest.private, acts, findings)
  const claimed = new Set([...manifest.bundles, ...manifest.checkpoints.map((size) => `checkpoints/${size}`), ...manifest.pending, ...manifest.promises, ...manifest.private])
  for (const name of archive.names) {
    const isAdded = CLAIMED_FOLDERS.some((folder) => name.startsWith(folder)) && !claimed.has(name)
    if (isAdded) findings.push(finding(name, sentence("the manifest does not name it: it was added", "manifest tidak menyebutnya: ini ditambahkan")))
  }
  if (!log.acts.length) findings.push(finding("manifest.json", sentence("none of its acts is in the ledger yet: nothing is proven", "belum ada tindakan yang tercatat: belum ada yang terbukti")))
  const erasures = countedErasures(log.acts)
  const entries = acts.map((act) => ({ ...act, ...(act.index === null ? {} : contentVerdict(act, shown.get(act.id) ?? new Set(), erasures)) }))
  const broken = pending.filter((act) => isBroken(promises.get(act.id), log.head, policy))
  remarks.push(...broken.map((act) => promiseBroken(act, promises.get(act.id))))
  const statuses = [...(pending.length ? ["NOT_WITNESSED_YET"] : []), ...(broken.length ? ["PROMISE_BROKEN"] : [])]
  return { findings, entries, remarks, statuses, heads: log.head ? [log.head] : [] }
}

/** What of the log can be proven: its newest tree, the older ones, and the acts in its order. */
async function readLogPart(archive, manifest, policy, now, findings, progress) {
  const part = { head: null, older: [], acts: [] }
  if (!manifest.size) return part
  const otherTree = new CheckError("it is of another log or another size than the manifest says", "checkpoint ini dari log lain atau berukuran lain daripada yang disebut manifest")
  const head = await attempt(findings, "checkpoint", async () => {
    const checked = await checkedCheckpoint(policy, await archive.require("checkpoint"), now)
    if (checked.origin !== manifest.origin || checked.size !== manifest.size) throw otherTree
    return checked
  })
  const tree = head && (await attempt(findings, "tile", () => sparseTree(head, archive.read)))
  if (!tree) return part
  part.head = head
  for (const size of manifest.checkpoints) {
    const name = `checkpoints/${size}`
    const older = await attempt(findings, name, async () => {
      const checked = await endorsement(policy, await archive.require(name), now)
      if (checked.origin !== head.origin || checked.size !== size) throw otherTree
      if (!equal(checked.root, await tree.root(size))) throw twoHistories()
      return checked
    })
    if (older) part.older.push(older)
  }
  for (const [number, name] of manifest.bundles.entries()) {
    const indexes = manifest.indexes.slice(number * FULL, (number + 1) * FULL)
    part.acts.push(...((await attempt(findings, name, () => readBundle(archive, tree, name, indexes, findings), indexes[0])) ?? []))
    progress?.((number + 1) / manifest.bundles.length)
  }
  return part
}

const twoHistories = () => new CheckError("this receipt and another one show two different histories of the log", "tanda terima ini dan yang lain menunjukkan dua riwayat log yang berbeda")

/** The acts of one bundle, each by the leaf that the tiles prove at its index; a difference is a finding. */
async function readBundle(archive, tree, name, indexes, findings) {
  const entries = []
  const bytes = await archive.require(name)
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + uint(bytes.subarray(at, at + 2))
    entries.push(bytes.subarray(at + 2, end)) // as far as the lengths go: whatever damage cuts off is missed by its leaf
    at = end
  }
  const hashes = []
  for (const entry of entries) hashes.push(hex(await leafHash(entry)))
  const leaves = []
  for (const index of indexes) leaves.push(hex(await tree.leaf(index)))
  findings.push(...differences(name, indexes, leaves, hashes))
  const proven = new Map(hashes.map((hash, at) => [hash, entries[at]]))
  const acts = []
  for (const [at, index] of indexes.entries()) {
    if (!proven.has(leaves[at])) continue
    const act = await attempt(findings, name, () => readAct(name, index, proven.get(leaves[at])), index)
    if (act) acts.push(act)
  }
  return acts
}

function differences(name, indexes, leaves, hashes) {
  if (hashes.length === leaves.length && hashes.every((hash, at) => hash === leaves[at])) return []
  const [there, expected] = [new Set(hashes), new Set(leaves)]
  const missing = indexes.filter((_, at) => !there.has(leaves[at]))
  const notThere = sentence("what the log holds at this index is not here: it was changed or removed", "yang tercatat di log pada indeks ini tidak ada di sini: telah diubah atau dihilangkan")
  const found = missing.map((index) => finding(name, notThere, index))
  const added = hashes.filter((hash) => !expected.has(hash)).length - missing.length
  if (added > 0) found.push(finding(name, sentence(`${added} entries in it are not of this log at these indexes: they were added`, `${added} entri di dalamnya bukan dari log ini pada indeks tersebut: entri itu ditambahkan`)))
  if (!found.length) found.push(finding(name, sentence("the entries are not in the order of the log, or one is here twice", "entri tidak dalam urutan log, atau ada yang dua kali"), indexes.find((_, at) => leaves[at] !== hashes[at]) ?? indexes.at(-1)))
  return found
}

async function readPending(archive, manifest, findings) {
  const acts = []
  for (const name of manifest.pending) {
    const act = await attempt(findings, name, async () => readAct(name, null, await archive.require(name)))
    if (!act) continue
    if (act.id !== eventOf(name)) findings.push(finding(name, sentence("the message has another event id than the file's name", "pesan memuat id lain daripada nama berkas")))
    if (!manifest.promises.includes(`promises/${act.id}`)) findings.push(finding(name, sentence("not yet in the ledger: no promise", "belum ada di catatan publik: tanpa janji")))
    acts.push(act)
  }
  return acts.sort((left, right) => (left.source < right.source ? -1 : left.source > right.source ? 1 : left.position - right.position))
}

const keyIn = async (archive, name) => parseVkey(decodeUtf8(await archive.require(name), name).replace(/\n$/, ""))

/** The service's signature over exactly this manifest. */
async function checkSeal(archive, manifest, findings) {
  const key = await attempt(findings, "manifest.vkey", () => noteKey(archive, "manifest.vkey"))
  if (!key) return
  await attempt(findings, "manifest.note", async () => {
    const note = parseNote(await archive.require("manifest.note"))
    await openNote(note, [key])
    const digest = encodeBase64(await sha256(manifest.bytes))
    if (note.text !== `${key.name}\nevidence ${FORMAT}\ncase ${manifest.case}\nsize ${manifest.size}\nmanifest ${digest}\n`) {
      throw new CheckError("the note is about another manifest", "catatan ini tentang manifest lain")
    }
  })
}

async function noteKey(archive, name) {
  const key = await keyIn(archive, name)
  if (key.algorithm !== ED25519) throw new CheckError(`The key of ${key.name} is no Ed25519 note key.`, `Kunci ${key.name} bukan kunci catatan Ed25519.`)
  return key
}

/** A service's promise that an event will be in the ledger, by when if a fifth line says so (zi_tlog.promise). */
async function openPromise(bytes, key) {
  const note = parseNote(bytes)
  await openNote(note, [key])
  const time = "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z)"
  const match = new RegExp(`^(.*)\nevent (${ID})\nleaf (.*)\ntime ${time}\n(?:by ${time}\n)?$`).exec(note.text)
  const [, name, event, leaf, made, by] = match ?? []
  const isOrdered = match && moment(made) !== null && (!by || (moment(by) !== null && moment(by) > moment(made)))
  if (!isOrdered || name !== key.name) throw new CheckError("This is not a promise of that service.", "Ini bukan janji layanan itu.")
  return { name, event, leaf: decodeHash(leaf), by: by ? moment(by) : null }
}

/** By event, the promises that hold. */
async function checkPromises(archive, manifest, acts, findings) {
  const promises = new Map()
  if (!manifest.promises.length) return promises
  const key = await attempt(findings, "promise.vkey", () => noteKey(archive, "promise.vkey"))
  if (!key) return promises
  const leaves = new Map(acts.map((act) => [act.id, act.leaf]))
  for (const name of manifest.promises) {
    await attempt(findings, name, async () => {
      const promise = await openPromise(await archive.require(name), key)
      const leaf = leaves.get(promise.event)
      if (promise.event !== eventOf(name) || !leaf || !equal(leaf, promise.leaf)) {
        throw new CheckError("the promise is about another message", "janji ini tentang pesan lain")
      }
      promises.set(promise.event, promise)
    })
  }
  return promises
}

/** Whether the witnesses signed, after the promised time, a tree that the office itself says this act is not in. */
function isBroken(promise, head, policy) {
  if (!promise?.by || !head || promise.name.replace(/\/[^/]*$/, "") !== head.origin || policy.quorum === NO_QUORUM) return false
  const later = [...head.cosigned].filter(([, time]) => time * MICROSECONDS > promise.by)
  return witnessed(policy, later.map(([name]) => name))
}

const promiseBroken = (act, { by }) =>
  sentence(
    `${act.file}: promised to be in the log by ${told(by)}. The witnesses signed the tree after that, and the office itself says under its seal that the act is not in it: the promise is broken.`,
    `${act.file}: dijanjikan ada dalam log paling lambat ${told(by)}. Para saksi menandatangani pohon sesudahnya, dan kantor sendiri menyatakan dengan segelnya bahwa tindakan itu tidak ada di dalamnya: janji dilanggar.`
  )

/** By event, the digests of the items that match it; of `others`, events in the zip that failed themselves, nothing is said. */
async function readPrivate(archive, names, acts, findings, others = []) {
  const byEvent = new Map(acts.map((act) => [act.id, act]))
  const shown = new Map()
  for (const name of names) {
    const item = await attempt(findings, name, async () => parsePrivate(name, await archive.require(name)))
    if (!item) continue
    const act = byEvent.get(item.event)
    if (!act && others.includes(item.event)) continue
    const wrong = act ? itemFinding(item, act) : finding(name, sentence("its event is not in the zip", "pesannya tidak ada dalam zip"))
    if (wrong) findings.push(wrong)
    else shown.set(act.id, (shown.get(act.id) ?? new Set()).add(item.digest))
  }
  return shown
}

function judgedTimes(manifest, log, policy, now, findings) {
  if (manifest.origin.endsWith("/demo")) {
    return [sentence("The name of this log ends in /demo: its clocks are set by hand, and times are not judged.", "Nama log ini berakhir dengan /demo: jamnya disetel dengan tangan, dan waktu tidak dinilai.")]
  }
  const trees = [...log.older, ...(log.head ? [log.head] : [])].filter(({ cosigned }) => cosigned.size && witnessed(policy, cosigned.keys()))
  const judged = judgeTimes(log.acts, eras(trees, now))
  findings.push(...judged.findings)
  const late = judged.late.length
    ? [sentence(`Late: ${judged.late.length} entries are dated well before a cosigned tree that does not have them yet, entry ${judged.late[0]} first.`, `Terlambat: ${judged.late.length} entri bertanggal jauh sebelum pohon bertanda tangan saksi yang belum memuatnya, mulai entri ${judged.late[0]}.`)]
    : []
  return [
    sentence(`Times: order within each sender's messages, and births between ${trees.length} cosigned trees, were checked; tolerance 5 minutes.`, `Waktu: urutan pesan setiap pengirim, dan kelahiran di antara ${trees.length} pohon bertanda tangan saksi, diperiksa; toleransi 5 menit.`),
    ...late,
  ]
}

function completeness(manifest, key) {
  const services = manifest.services.join(", ")
  const { case: ticket, size, origin, purpose } = manifest
  const vkey = new TextDecoder().decode(key ?? new Uint8Array()).trim()
  return [
    sentence(
      `Whoever sealed this says that it is complete: all acts of ${services} about case ${ticket} among the first ${size} entries of ${origin}. Made for: ${purpose}. No version between is missing, which was checked.`,
      `Yang menyegel ini menyatakan bahwa ini lengkap: semua tindakan ${services} tentang kasus ${ticket} di antara ${size} entri pertama ${origin}. Dibuat untuk: ${purpose}. Tidak ada versi di antaranya yang hilang, dan itu diperiksa.`
    ),
    sentence(
      `That nothing was cut off at the end is not proven here: anybody can seal again with a key of their own. Compare the key of the seal with what the office prints in its maklumat: ${vkey}`,
      `Bahwa tidak ada yang dipotong di akhir tidak terbukti di sini: siapa pun dapat menyegel lagi dengan kunci sendiri. Bandingkan kunci segelnya dengan yang dicetak kantor dalam maklumat: ${vkey}`
    ),
    ...manifest.left_out.map((index) =>
      sentence(`Entry ${index} carries the number of this case; the office sets it aside.`, `Entri ${index} memuat nomor kasus ini; kantor mengesampingkannya.`)
    ),
  ]
}

// -- evidence of the older layout: a proof for each entry, and no claim of completeness

async function checkOlderEvidence(archive, policy, now) {
  const findings = []
  const message = new RegExp(`^entries/(${ID})\\.json$`)
  const ids = archive.names.flatMap((name) => message.exec(name)?.[1] ?? [])
  const isPromised = archive.names.some((name) => isText(name, `entries/${ID}\\.promise`))
  const key = isPromised ? await attempt(findings, "promise.vkey", () => noteKey(archive, "promise.vkey")) : null
  const acts = []
  const heads = []
  for (const id of ids) {
    const act = await readOlderEntry(archive, id, policy, key, now, findings, heads)
    if (act) acts.push(act)
  }
  if (!ids.length) findings.push(finding("entries", sentence("the zip has no entry", "zip tidak berisi entri")))
  const own = archive.names.filter((name) => isText(name, `private/${ID}\\.json`))
  const logged = acts.filter((act) => act.index !== null).sort((left, right) => left.index - right.index)
  const shown = await readPrivate(archive, own, logged, findings, ids)
  const versions = acts.map((act) => ({ ...act, index: null })).sort((left, right) => left.version - right.version)
  findings.push(...contradictions(logged), ...gaps(versions, null))
  for (const name of archive.names) {
    const of = /^entries\/(.*)\.(?:tlog-proof|promise)$/.exec(name)
    if (of && !ids.includes(of[1])) findings.push(finding(name, sentence("its message is not in the zip", "pesannya tidak ada dalam zip")))
  }
  const erasures = countedErasures(logged)
  const entries = acts.map((act) => ({ ...act, ...(act.index === null ? {} : contentVerdict(act, shown.get(act.id) ?? new Set(), erasures)) }))
  const older = sentence(
    "Older layout: makes no claim of completeness, so that a last act may be missing. Ask for the evidence again.",
    "Tata letak lama: tidak menyatakan kelengkapan, sehingga langkah terakhir bisa saja tidak ada. Minta bukti sekali lagi."
  )
  return { findings, entries, remarks: [older], statuses: [], heads }
}

/** The act of an entry, with its index and the checkpoint that vouches for it once its proof held. */
async function readOlderEntry(archive, id, policy, key, now, findings, heads) {
  const file = `entries/${id}.json`
  const bytes = await attempt(findings, file, () => archive.require(file))
  if (!bytes) return null
  const act = await attempt(findings, file, () => readAct(file, null, bytes))
  if (act && act.id !== id) findings.push(finding(file, sentence("the message has another event id than the file's name", "pesan memuat id lain daripada nama berkas")))
  const promise = `entries/${id}.promise`
  if (key && archive.names.includes(promise)) {
    await attempt(findings, promise, async () => {
      const { event, leaf } = await openPromise(await archive.require(promise), key)
      if (event !== id || !equal(leaf, await leafHash(bytes))) throw new CheckError("the promise is about another message", "janji ini tentang pesan lain")
    })
  }
  const proof = await attempt(findings, file, () => archive.read(`entries/${id}.tlog-proof`))
  if (!proof) {
    findings.push(finding(file, sentence("not yet in the ledger; keep the promise and ask for the evidence again later", "belum ada di catatan publik; simpan janjinya dan minta bukti lagi nanti")))
    return act
  }
  const proven = await attempt(findings, file, async () => {
    const { index } = parseProof(proof)
    const head = await verifyProof(parseProof(proof), bytes, policy, now)
    heads.push(head)
    return { ...act, index, head }
  })
  return act && (proven ?? act)
}

/** One log has one root at one size and one entry at one index; two signed stories are proof of a forged log. */
function contradictions(acts) {
  const found = []
  const [roots, places] = [new Map(), new Map()]
  const isOther = (known, key, value) => known.get(key) !== undefined && known.get(key) !== value || !known.set(key, value)
  for (const act of acts) {
    const { origin, size, root } = act.head
    const differs = [isOther(roots, `${origin}\n${size}`, hex(root)), isOther(places, `${origin}\n${act.index}`, act.id)]
    if (differs.includes(true)) found.push(finding(act.file, twoHistories().sentence, act.index))
  }
  return found
}

// -- what the reader chose, and the report on it

/** Keys that the reader has from elsewhere: a tlog-policy, and verifier keys one a line. */
async function readPins(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean)
  const keys = await Promise.all(lines.filter((line) => VKEY.test(line)).map(parseVkey))
  const rest = lines.filter((line) => !VKEY.test(line) && !line.startsWith("#"))
  return { policy: rest.length ? await parsePolicy(encode(`${rest.join("\n")}\n`)) : null, keys }
}

/** The verdict over several entries: a failure outweighs an erasure, that outweighs a match, that outweighs mere inclusion. */
function report({ findings = [], entries = [], remarks = [], statuses = [], heads = [] }, isPinned, policy) {
  const verdict = findings.length ? "FAIL" : ["ERASED", "MATCHING"].find((each) => entries.some((entry) => entry.verdict === each)) ?? "INCLUDED"
  const status = severest([...statuses, ...(findings.length ? ["FAIL"] : []), ...(isPinned ? [] : ["NOT_COMPARED"])])
  const by = entries.find((entry) => entry.verdict === "ERASED")?.by
  return { status, verdict, by, findings, entries, remarks: [...remarks, ...(policy ? trustRemarks(policy, heads) : [])], isPinned }
}

/** Which witnesses confirmed it when, and the names and keys of the log in words. */
function trustRemarks(policy, heads) {
  const latest = new Map()
  for (const head of heads) for (const [name, time] of head.cosigned) latest.set(name, Math.max(time, latest.get(name) ?? 0))
  const keys = policy.logs.map(({ key }) => sentence(`The log: ${key.name}, key ${key.vkey}`, `Catatan publik: ${key.name}, kunci ${key.vkey}`))
  const none = sentence(
    "No outside witness is required by the policy (quorum none): none confirms that others see the same log.",
    "Kebijakan tidak menuntut saksi luar (quorum none): tidak ada yang menegaskan bahwa orang lain melihat log yang sama."
  )
  const times = [...latest].map(([name, time]) => sentence(`Witness ${name} confirmed it at ${told(time * MICROSECONDS)}.`, `Saksi ${name} menegaskannya pada ${told(time * MICROSECONDS)}.`))
  return [...keys, ...(policy.quorum === NO_QUORUM ? [none] : []), ...times]
}

async function checkZip(file, pins, now, progress) {
  const findings = []
  const zip = await attempt(findings, file.name, () => openZip(file))
  if (!zip) return report({ findings }, Boolean(pins.policy))
  const used = new Set()
  const read = async (name) => {
    const bytes = await zip.read(name)
    if (bytes) used.add(name)
    return bytes
  }
  const require = async (name) => {
    const bytes = await read(name)
    if (!bytes) throw new CheckError(`${name}: the file is missing.`, `${name}: berkas tidak ada.`)
    return bytes
  }
  const archive = { names: zip.names, read, require }
  const policy = pins.policy ?? (await attempt(findings, "policy", async () => parsePolicy(await require("policy"))))
  if (!policy) return report({ findings }, false)
  // A zip that lost its manifest is none of the older layout, which claims less.
  const check = zip.names.some((name) => name.startsWith("manifest.")) ? checkEvidence : checkOlderEvidence
  const result = await check(archive, policy, now, progress)
  const unchecked = zip.names.filter((name) => !used.has(name) && !(name === "policy" && pins.policy)).sort().join(", ")
  if (unchecked) result.remarks.push(sentence(`Not checked, as they prove nothing: ${unchecked}`, `Tidak diperiksa karena tidak membuktikan apa pun: ${unchecked}`))
  return report(result, Boolean(pins.policy), policy)
}

/** A receipt with the message that it is about; `offered` is the policy that the office wrote into the page. */
async function checkReceipt(proof, message, pins, offered, now) {
  const findings = []
  const policy = pins.policy ?? (await attempt(findings, "policy", () => parsePolicy(encode(offered))))
  if (!policy) return report({ findings }, false)
  const entry = await attempt(findings, message.name, async () => {
    const receipt = parseProof(proof.bytes)
    const head = await verifyProof(receipt, message.bytes, policy, now)
    const stranger = { index: receipt.index, time: message.name, type: "" } // a log may hold what is no message of this house
    const act = await readAct(message.name, receipt.index, message.bytes).catch(() => stranger)
    return { ...act, verdict: "INCLUDED", head }
  })
  return report({ findings, entries: entry ? [entry] : [], heads: entry ? [entry.head] : [] }, Boolean(pins.policy), policy)
}

/** The code of a letter; `content` is the file content.json out of the letter, if the reader has it. */
async function checkLetter(text, content, pins, offeredKey) {
  const findings = []
  const code = await attempt(findings, "QR", async () => {
    const fields = content ? letterContent(content.bytes) : {}
    const offered = [fields.code_key, offeredKey].filter((key) => typeof key === "string" && key)
    const opened = await openCode(text.trim(), [...pins.keys, ...(await Promise.all(offered.map(parseVkey)))])
    if (content && hex(await sha256(content.bytes)) !== opened.content) {
      throw new CheckError("The code is about another content than this file.", "Kode ini tentang isi lain daripada berkas ini.")
    }
    if (content && opened.place !== fields.address + opened.number) throw elsewhere()
    return opened
  })
  const isPinned = Boolean(code) && pins.keys.some((key) => key.vkey === code.key.vkey)
  const remarks = [
    sentence(
      "Only the code was checked, not the page that it is printed on: the PDF itself needs zi-verify certificate.",
      "Hanya kodenya yang diperiksa, bukan halaman tempat kode itu tercetak: berkas PDF-nya memerlukan zi-verify certificate."
    ),
    sentence(
      "Whether the letter was suspended or revoked since, only the office's page for it tells.",
      "Apakah surat ini kemudian dibekukan atau dicabut, hanya halaman surat itu di kantor yang menyebutkannya."
    ),
  ]
  return { ...report({ findings, remarks: code ? remarks : [] }, isPinned), letter: code }
}

function letterContent(bytes) {
  try {
    const fields = JSON.parse(decodeUtf8(bytes, "content.json"))
    if (fields && typeof fields === "object") return fields
  } catch { /* the same answer */ }
  throw new CheckError("content.json is not the content of a letter.", "content.json bukan isi surat.")
}

const nothing = (en, id) => ({ status: "NOTHING_CHECKED", verdict: "", findings: [], entries: [], remarks: [sentence(en, id)], isPinned: false })

/** The one report on all that was chosen: a zip, or a receipt with its message, or a letter's code. */
async function check({ files, letter, pinned, policy, letterKey, now, progress }) {
  if (!(await canCheck())) return nothing("This browser can't check here.", "Peramban ini tidak dapat memeriksa di sini.")
  try {
    const pins = await readPins(pinned)
    const heads = await Promise.all(files.map(async (file) => new TextDecoder().decode(await slice(file, 0, PROOF_HEADER.length))))
    const zips = files.filter((_, at) => heads[at].startsWith("PK"))
    const proofs = files.filter((_, at) => heads[at] === PROOF_HEADER)
    const others = files.filter((file) => !zips.includes(file) && !proofs.includes(file))
    const whole = async (file) => ({ name: file.name, bytes: await slice(file, 0, Math.min(file.size, MAX_MEMBER_BYTES)) })
    if (letter.trim() && !zips.length && !proofs.length && others.length < 2) {
      return await checkLetter(letter, others.length ? await whole(others[0]) : null, pins, letterKey)
    }
    if (zips.length === 1 && files.length === 1 && !letter.trim()) return await checkZip(zips[0], pins, now, progress)
    if (proofs.length === 1 && others.length === 1 && files.length === 2 && !letter.trim()) {
      return await checkReceipt(await whole(proofs[0]), await whole(others[0]), pins, policy, now)
    }
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    return nothing(error.sentence.en, error.sentence.id)
  }
  return nothing(
    "Choose one evidence zip, or one receipt (.tlog-proof) together with its message (.json), or paste the code of one letter.",
    "Pilih satu zip bukti, atau satu tanda bukti (.tlog-proof) bersama pesannya (.json), atau tempelkan kode satu surat."
  )
}
