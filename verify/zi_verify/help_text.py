"""The texts of `zi-verify --help` and of each command's help, in both languages."""

from zi_verify.status import table
from zi_verify.verdict import Sentence

ABOUT = Sentence(
    """\
Checks a Zona office's statements about its ledger, without trusting the office.

verdicts, always one of these four, on the last line:
  included                               the message is in the ledger, word for word
  included and matching                  and the private contents are the ones that it commits to
  included, payload erased (entry n)     and the contents were destroyed, as entry n of the ledger records
  FAIL                                   a check failed; the lines above name the file and the check

exit status:
"""
    + table("en")
    + """

Bahasa Indonesia: zi-verify --help --language id
""",
    """\
Memeriksa apa yang dikatakan kantor Zona tentang buku besarnya, tanpa mempercayai kantor itu.

putusan, selalu salah satu dari empat ini, pada baris terakhir:
  tercantum                              pesan ada di buku besar, persis kata demi kata
  tercantum dan cocok                    dan isi pribadinya adalah yang terikat dalam pesan itu
  tercantum, isi telah dihapus (entri n) dan isinya dimusnahkan, seperti dicatat entri n buku besar
  GAGAL                                  sebuah pemeriksaan gagal; baris di atasnya menyebut berkas dan pemeriksaannya

status keluar:
"""
    + table("id")
    + """

English: zi-verify --help --language en
""",
)
RECEIPT = Sentence(
    """\
Checks an evidence zip without network: for each entry the signature on the checkpoint, the policy's quorum of witnesses, the
inclusion proof and the service's promise; for each private item its salted digest in the entry. The keys are compared with --policy,
or with the pin of `zi-verify log`. This command pins nothing itself; if the keys were compared with nothing, it says so (status 5).

  zi-verify receipt evidence.zip
  zi-verify receipt evidence.zip --policy policy-from-the-maklumat.txt --language id
""",
    """\
Memeriksa zip bukti tanpa jaringan: untuk setiap entri tanda tangan pada checkpoint, kuorum saksi menurut kebijakan, bukti
pencantuman, dan janji layanan; untuk setiap isi pribadi digest bergaramnya di dalam entri. Kuncinya dibandingkan dengan --policy,
atau dengan yang disematkan `zi-verify log`; perintah ini tidak menyematkan apa pun, dan mengatakan bila tidak ada pembanding (status 5).

  zi-verify receipt evidence.zip
  zi-verify receipt evidence.zip --policy kebijakan-dari-maklumat.txt --language id
""",
)
LOG = Sentence(
    """\
Replays a whole log from an address, a folder or a zip. It checks the signature on the checkpoint, every tile (recomputed from the
leaf hashes), every entry (hashed again), every sender's hash chain and every aggregate's versions. Entries that may not be read are
checked by their hashes only, and the output says so.

The result is about the newest tree that the policy's quorum of witnesses signed. The age of their signatures is printed (--max-age
limits it), and entries beyond that tree are counted (status 6). The policy is pinned at first use: any later difference fails until
--accept names it.

The newest checkpoint that passed is remembered, and the next run requires that the log continues it. A log that became shorter is
called a rollback, a log with another past a fork. An interrupted replay continues: the hashes of the part that was read before are
computed again, its contents are not read again; --whole reads everything again.

A log that continues another log under a new name quotes the last checkpoint of the old one as its entry 0. With --predecessor the
old log is replayed too, and every chain must continue from its end there.

  zi-verify log https://office.example/audit/log --token-file token.txt --policy policy.txt
  zi-verify log copy-of-the-log.zip --policy policy.txt --from-checkpoint last-year.checkpoint
""",
    """\
Memutar ulang seluruh log dari alamat, folder, atau zip: tanda tangan pada checkpoint, setiap ubin dihitung ulang dari hash daun,
setiap entri di-hash lagi, rantai hash setiap pengirim dan versi setiap agregat. Entri yang tidak boleh dibaca diperiksa hanya
lewat hash-nya, dan keluaran mengatakannya.

Yang baik adalah pohon terbaru yang ditandatangani kuorum saksi menurut kebijakan; umur tanda tangan mereka dicetak (--max-age
membatasinya), dan yang di luarnya dihitung (status 6). Kebijakan disematkan pada pemakaian pertama: setiap perbedaan kemudian gagal
sampai --accept menyebutnya.

Checkpoint terbaru yang lolos diingat, dan pemeriksaan berikutnya menuntut bahwa log melanjutkannya: log yang menjadi lebih
pendek disebut kemunduran (rollback), yang masa lalunya lain disebut percabangan (fork). Pemeriksaan yang terputus dilanjutkan:
hash dari yang sudah dibaca dihitung ulang, isinya tidak dibaca ulang; --whole membaca semuanya.

Log yang melanjutkan log lain dengan nama baru mengutip checkpoint terakhir log lama itu sebagai entri 0; dengan --predecessor log
lama juga diputar ulang, dan setiap rantai harus berlanjut dari ujungnya di sana.

  zi-verify log https://kantor.example/audit/log --token-file token.txt --policy kebijakan.txt
  zi-verify log salinan-log.zip --policy kebijakan.txt --from-checkpoint tahun-lalu.checkpoint
""",
)
CONSISTENCY = Sentence(
    """\
Checks that the log of one signed checkpoint is the beginning of the log of a later one, by a proof that is made from the log's
tiles or read from a file (one hash in base64 a line, RFC 9162 order).

  zi-verify consistency old.checkpoint new.checkpoint --log https://office.example/audit/log --save-proof proof.txt
  zi-verify consistency old.checkpoint new.checkpoint --proof proof.txt --policy policy.txt
""",
    """\
Memeriksa bahwa log dari satu checkpoint bertanda tangan adalah awal dari log pada checkpoint yang lebih baru, dengan bukti yang
dibuat dari ubin log atau disimpan dalam berkas (satu hash base64 per baris, urutan RFC 9162).

  zi-verify consistency lama.checkpoint baru.checkpoint --log https://kantor.example/audit/log --save-proof bukti.txt
  zi-verify consistency lama.checkpoint baru.checkpoint --proof bukti.txt --policy kebijakan.txt
""",
)
WATCH = Sentence(
    """\
Checks a log every few minutes, or once for cron, and prints one line for each alarm. If all is well it prints nothing; only at first
use it prints what it pins.

exit status (of --once, or of all polls until Ctrl-C; the worst one counts, in this order):
  1  FAIL         a fork, a rollback, a signature or a proof that does not hold, a policy that is not the pinned one
  4  QUORUM       the quorum of witnesses signed nothing of what was published a minute ago, or nothing within --max-age
  3  STALL        no growth and no new cosignature for longer than --stall
  2  UNREACHABLE  nothing could be read
  0               all is well

  zi-verify watch https://office.example/audit/log --policy policy.txt --every 300
  */15 * * * *  zi-verify watch https://office.example/audit/log --policy policy.txt --once --stall 86400
""",
    """\
Melihat log setiap beberapa menit, atau sekali untuk cron, dan mencetak satu baris untuk setiap alarm; bila semuanya baik tidak
mencetak apa pun, dan pada pemakaian pertama apa yang disematkan.

status keluar (dari --once, atau dari semua pengamatan sampai Ctrl-C; yang terburuk berlaku, menurut urutan ini):
  1  GAGAL           percabangan, kemunduran, tanda tangan atau bukti yang tidak sah, kebijakan lain daripada yang disematkan
  4  KUORUM          kuorum saksi tidak menandatangani yang terbit semenit lalu, atau tidak ada yang dalam batas --max-age
  3  MACET           tidak bertambah dan tidak ada tanda tangan saksi baru lebih lama daripada --stall
  2  TAK TERJANGKAU  tidak ada yang dapat dibaca
  0                  semuanya baik

  zi-verify watch https://kantor.example/audit/log --policy kebijakan.txt --every 300
  */15 * * * *  zi-verify watch https://kantor.example/audit/log --policy kebijakan.txt --once --stall 86400
""",
)

CERTIFICATE = Sentence(
    """\
Checks an official letter (PDF) without network: signatures over the whole file; the ledger entry that issued it, with the
digests of content and template; the code on the page; and the page itself, which is rendered again from the attached files and
must be the same in every byte. Needs the extra: pip install 'zi-verify[certificate]'.

If a letter was suspended, revoked or replaced by a newer one since, only the network can show it, or the ledger: with --ledger, a copy
or an address of it with an auditor's token, all of it is replayed, and the status is 9 if the letter is not valid any more.

  zi-verify certificate letter.pdf
  zi-verify certificate letter.pdf --policy policy-from-the-maklumat.txt --ca authority.pem
  zi-verify certificate letter.pdf --ca authority.pem --signatories signatories.pem --at 2036-12-31
  zi-verify certificate letter.pdf --ca authority.pem --policy policy.txt --ledger copy-of-the-ledger.zip
""",
    """\
Memeriksa surat resmi (PDF) tanpa jaringan: tanda tangan atas seluruh berkas; entri buku besar yang menerbitkannya, dan di
dalamnya digest isi dan templat; kode pada halaman; dan halaman itu sendiri, yang dibuat lagi dari isi berkas dan harus sama hingga
ke setiap bita. Membutuhkan tambahan: pip install 'zi-verify[certificate]'.

Apakah surat kemudian dibekukan, dicabut atau diganti dengan surat baru, hanya jaringan yang dapat mengatakan, atau buku besar: dengan
--ledger, salinannya atau alamatnya dengan token auditor, seluruhnya diputar ulang, dan status 9 berarti surat tidak berlaku lagi.

  zi-verify certificate surat.pdf
  zi-verify certificate surat.pdf --policy kebijakan-dari-maklumat.txt --ca otoritas.pem
  zi-verify certificate surat.pdf --ca otoritas.pem --signatories penanda-tangan.pem --at 2036-12-31
  zi-verify certificate surat.pdf --ca otoritas.pem --policy kebijakan.txt --ledger salinan-buku-besar.zip
""",
)
PROMISE = Sentence(
    """\
Checks the promise that an office signed when it received a filing. The file is the answer to the filing (JSON), the note alone, or the
text that proves a broken promise. The message's hash is looked for in the log's public tiles, recomputed to a root that the quorum of
witnesses signed; the office's own answer is only a hint. The promise is broken if the witnesses signed a tree without the message after
the promised time. Then a text is printed that anybody can check again, with any copy of the tiles.

  zi-verify promise answer.json --log https://office.example/audit/log --key KEY-FROM-THE-MAKLUMAT --policy policy.txt
  zi-verify promise broken-promise.txt --log copy-of-the-log.zip --key KEY-FROM-THE-MAKLUMAT --policy policy.txt
""",
    """\
Memeriksa janji yang ditandatangani kantor ketika menerima sesuatu: jawaban atas laporan (JSON), catatannya saja, atau teks yang
menunjukkan janji yang dilanggar. Hash pesannya dicari dalam ubin publik log, yang dihitung ulang hingga akar yang ditandatangani
kuorum saksi; jawaban kantor tentangnya hanyalah petunjuk. Sesudah waktu yang dijanjikan, pohon yang disaksikan kemudian dan tidak
memuatnya berarti janji dilanggar: maka tercetak teks yang dapat diperiksa lagi oleh siapa pun, dengan salinan ubin mana pun.

  zi-verify promise jawaban.json --log https://kantor.example/audit/log --key KUNCI-DARI-MAKLUMAT --policy kebijakan.txt
  zi-verify promise janji-dilanggar.txt --log salinan-log.zip --key KUNCI-DARI-MAKLUMAT --policy kebijakan.txt
""",
)
