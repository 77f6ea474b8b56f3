"""The text README.txt of every evidence zip, with a script that checks it by somebody else's library; always the same bytes."""

README_TEXT = """\
BUKTI / EVIDENCE

[id] Berkas ini membuktikan bahwa setiap pesan di entries/ tercatat dalam catatan publik kantor, tidak diubah, dan bahwa tidak ada
  langkah di tengah yang dihilangkan.
  Cara termudah, tanpa jaringan:   zi-verify receipt evidence.zip
  Tambahkan --policy BERKAS dengan kunci yang Anda peroleh dari sumber lain (maklumat, saksi): berkas policy di sini
  hanyalah pernyataan kantor itu sendiri.
  Tidak percaya pada alat kantor? checkpoint, tile/ dan entries/ adalah bagian dari catatan publik itu dalam format baku
  (c2sp.org/tlog-tiles, RFC 6962, SHA-256). manifest.json menyebut isi berkas ini; manifest.note adalah tanda tangan layanan yang
  membuatnya. Skrip Python di bawah memakai pustaka pihak lain.
  private/ berisi data pribadi: jangan dibagikan bila tidak perlu.
  digest = SHA-256("zona/vault/v1" + satu byte nol + salt 32 byte + isi), dan digest itu ada di dalam pesan.

[en] This file proves that each message in entries/ stands in the office's ledger, was not changed, and that no step between was left
  out.
  The easy way, without network:   zi-verify receipt evidence.zip
  Add --policy FILE with keys that you got elsewhere (the printed maklumat, a witness): the policy in here is only
  the office's own word.
  You don't trust a tool of the office? checkpoint, tile/ and entries/ are parts of the ledger itself in a standard format
  (c2sp.org/tlog-tiles, RFC 6962, SHA-256). manifest.json says what this file holds; manifest.note is the signature of the service
  that made it. The Python script below uses somebody else's library.
  private/ holds personal data: don't pass it on without need.
  digest = SHA-256("zona/vault/v1" + one zero byte + 32 salt bytes + content), and that digest stands in the message.

--- check.py: pip install metamorphic-log; unzip evidence.zip; python check.py
import base64, hashlib, json, metamorphic_log

def read(name, mode="rb"):
    with open(name, mode) as file:
        return file.read()

def sha(data):
    return hashlib.sha256(data).digest()

def fold(hashes):
    while len(hashes) > 32:
        hashes = b"".join(sha(b"\\1" + hashes[at : at + 64]) for at in range(0, len(hashes), 64))
    return hashes

def path(level, number, width):
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + ("" if width == 256 else f".p/{width}")

def tile(level, number):
    if (level, number) not in tiles:
        width = min(256, (size >> 8 * level) - 256 * number)
        hashes = read(path(level, number, width))
        if len(hashes) != 32 * width:
            raise SystemExit(f"{path(level, number, width)} is damaged")
        if width == 256 and fold(hashes) != tile(level + 1, number // 256)[number % 256 * 32 :][:32]:
            raise SystemExit(f"{path(level, number, width)} is not in the tree")
        tiles[level, number] = hashes
    return tiles[level, number]

policy = read("policy").decode().splitlines()
keys = [line.split()[1] for line in policy if line.startswith("log ")]
head = metamorphic_log.checkpoint_verify(read("checkpoint").decode(), keys)
size, tiles, right = head.size, {}, []
for level in range(8):
    if size >> 8 * level & 255:
        hashes = tile(level, size >> 8 * level + 8)
        for bit in range(8):
            if size >> 8 * level + bit & 1:
                right.append(fold(hashes[-32 << bit :]))
                hashes = hashes[: -32 << bit]
root = right.pop(0)
for left in right:
    root = sha(b"\\1" + left + root)
if root != bytes(head.root):
    raise SystemExit("the tiles do not give the root of the checkpoint")

note, manifest = read("manifest.note").decode(), json.loads(read("manifest.json"))
metamorphic_log.verify_signed_note(note, [read("manifest.vkey").decode().strip()])
if note.split("\\n")[4] != "manifest " + base64.b64encode(sha(read("manifest.json"))).decode():
    raise SystemExit("manifest.json is not the one that was signed")

versions = {}
for place, index in enumerate(manifest["indexes"]):
    if place % 256 == 0:
        rest = read(f"entries/{place // 256:03d}")
    end = 2 + int.from_bytes(rest[:2], "big")
    entry, rest = rest[2:end], rest[end:]
    if sha(b"\\0" + entry) != tile(0, index // 256)[index % 256 * 32 :][:32]:
        raise SystemExit(f"entry {index} was changed")
    message = json.loads(entry)
    versions.setdefault(message["aggregate"], []).append(message["version"])
    print("entry", index, message["time"], message["type"])
for name in manifest["pending"]:
    message = json.loads(read(name))
    versions.setdefault(message["aggregate"], []).append(message["version"])
    print("not in the ledger yet", message["time"], message["type"])
for aggregate, last in manifest["aggregates"].items():
    if versions.get(aggregate) != list(range(1, last + 1)):
        raise SystemExit(f"a step of {aggregate} is missing or out of order")
print("included; keys in use, to be compared with the printed ones:", *keys)
"""
