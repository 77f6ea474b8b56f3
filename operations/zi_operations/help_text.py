"""The texts of `zona --help` and of each command's help, in both languages."""

from zi_operations.outcome import table
from zi_verify.verdict import Sentence

ABOUT = Sentence(
    """\
What an operator runs beside a house: backups, their restore, and the check of everything. The house is found by the same settings as
the house itself: ZI_DATA, and on PostgreSQL the addresses of the databases (docs/operations.md).

exit status:
"""
    + table("en")
    + """

Bahasa Indonesia: zona --help --language id
""",
    """\
Yang dijalankan operator di samping sebuah rumah: cadangan, pemulihannya, dan pemeriksaan semuanya. Rumah ditemukan lewat setelan
yang sama dengan rumah itu sendiri: ZI_DATA, dan pada PostgreSQL alamat basis datanya (docs/operations.md).

status keluar:
"""
    + table("id")
    + """

English: zona --help --language en
""",
)
KEY = Sentence(
    """\
Makes the key of the backups, once. The house gets the half that seals and signs. FILE gets the half that opens: without it no backup can
be restored. Keep it outside of the house, twice: for example on a stick in a safe, and on paper.

  zona key /media/stick/zona-backup.key
""",
    """\
Membuat kunci cadangan, sekali saja. Rumah mendapat bagian yang menyegel dan menandatangani. BERKAS mendapat bagian yang membuka: tanpa
itu tidak ada cadangan yang dapat dipulihkan. Simpan di luar rumah, dua kali: misalnya di stik dalam brankas, dan di atas kertas.

  zona key /media/stik/zona-cadangan.key
""",
)
BACKUP = Sentence(
    """\
Makes a backup while the house runs. All stores, keys and the ledger are of one moment. The data and the keys are two sealed files: the data
without the keys reveals nothing personal. Keys are removed from backups after thirty days, because a destroyed key must not come back.

  zona backup /media/disk/zona
  zona backup /media/disk/zona --keep 14
  zona backup /media/disk/zona --to s3://bucket/office
  zona backup /media/disk/zona --dry-run
""",
    """\
Membuat cadangan ketika rumah berjalan. Semua penyimpanan, kunci, dan buku besar berasal dari satu saat. Data dan kunci adalah dua berkas
tersegel: data tanpa kunci tidak mengungkap apa pun yang pribadi. Kunci dihapus dari cadangan sesudah tiga puluh hari, karena kunci yang
dimusnahkan tidak boleh kembali.

  zona backup /media/disk/zona
  zona backup /media/disk/zona --keep 14
  zona backup /media/disk/zona --to s3://bucket/kantor
  zona backup /media/disk/zona --dry-run
""",
)
RESTORE = Sentence(
    """\
Restores a backup into an empty house, and checks it. Put what outlived the loss into place first: the published log, the streams. If
messages are in the ledger and not in the backup, each is named. Personal data stays locked until it is settled who was erased since.

  zona restore /media/disk/zona/zona-20261130T203000Z --key /media/stick/zona-backup.key
  zona restore s3://bucket/office/zona-20261130T203000Z --key /media/stick/zona-backup.key
""",
    """\
Memulihkan cadangan ke rumah yang kosong, dan memeriksanya. Letakkan dulu apa yang selamat: log yang terbit, stream. Bila ada pesan di
buku besar yang tidak ada dalam cadangan, masing-masing disebut. Data pribadi tetap terkunci sampai jelas siapa yang dihapus sejak itu.

  zona restore /media/disk/zona/zona-20261130T203000Z --key /media/stik/zona-cadangan.key
  zona restore s3://bucket/kantor/zona-20261130T203000Z --key /media/stik/zona-cadangan.key
""",
)
CHECK = Sentence(
    """\
Says what stands still, why, and the command that mends it. Each store and vault is compared with the ledger, and, of a house that does not
run, the ledger with itself. It changes nothing.

  zona check
  zona check --json
""",
    """\
Menyebut apa yang berhenti, mengapa, dan perintah yang memperbaikinya. Setiap penyimpanan dan brankas dibandingkan dengan buku besar, dan
pada rumah yang tidak berjalan, buku besar dengan dirinya sendiri. Tidak ada yang diubah.

  zona check
  zona check --json
""",
)
ERASURES = Sentence(
    """\
After a restore: settles who was erased after the backup. With the newest copy of the published log that you can find, for example an
auditor's, all erasures in it are taken over. If there is no copy, state so with your reason; that statement is kept.

  zona erasures
  zona erasures --log /media/auditor/log
  zona erasures --nothing-newer "the auditors and the witnesses have no newer copy"
""",
    """\
Sesudah pemulihan: memastikan siapa yang dihapus sesudah cadangan. Dengan salinan terbaru dari log yang terbit, misalnya milik auditor,
semua penghapusan di dalamnya diambil alih. Bila tidak ada salinan, nyatakan dengan alasan; pernyataan itu disimpan.

  zona erasures
  zona erasures --log /media/auditor/log
  zona erasures --nothing-newer "auditor dan saksi tidak memiliki salinan yang lebih baru"
""",
)
DRILL = Sentence(
    """\
Makes a backup, restores it into a scratch folder, verifies it there, prints a report, and removes the folder. The house goes on.

  zona drill
  zona drill --scratch /media/disk --json
""",
    """\
Membuat cadangan, memulihkannya ke folder sementara, memeriksanya di sana, mencetak laporan, dan menghapus folder itu. Rumah berjalan terus.

  zona drill
  zona drill --scratch /media/disk --json
""",
)
UPGRADE = Sentence(
    """\
Says what the first start of this version will change: read models that are rebuilt and how long that takes, settings, rules, and whether
the former version can start again. It refuses a house in which a newer version has written (status 10). Run it with the new version, while
the old one still runs; it changes nothing. With --backup FOLDER it then makes a backup there and notes the version.

  zona upgrade
  zona upgrade --backup /media/disk/zona
""",
    """\
Menyebut apa yang akan diubah oleh start pertama versi ini: model baca yang dibangun ulang dan lamanya, setelan, aturan, dan apakah versi
sebelumnya masih dapat dijalankan. Rumah yang sudah ditulisi versi lebih baru ditolak (status 10). Jalankan dengan versi baru, ketika yang
lama masih berjalan; tidak ada yang diubah. Dengan --backup FOLDER, cadangan dibuat di sana dan versinya dicatat.

  zona upgrade
  zona upgrade --backup /media/disk/zona
""",
)
DOCTOR = Sentence(
    """\
Says within seconds what stands still or will soon, why, and the command that mends it: processes, sign-in, mail, disk, backups, drills,
restores. It changes nothing. zona check looks deeper: it compares each store with the ledger.

  zona doctor
  zona doctor --json
""",
    """\
Menyebut dalam hitungan detik apa yang berhenti atau akan berhenti, mengapa, dan perintah yang memperbaikinya: proses, masuk, surel,
penyimpanan, cadangan, latihan, pemulihan. Tidak ada yang diubah. zona check melihat lebih dalam: setiap penyimpanan dibandingkan dengan buku besar.

  zona doctor
  zona doctor --json
""",
)
SCHEDULE = Sentence(
    """\
Makes a backup into ZI_BACKUPS every day at ZI_BACKUP_AT and a drill every ZI_DRILL_DAYS, until it is ended. A time that was slept through
is made up for. The newest ZI_BACKUP_KEEP good backups stay; if one fails, nothing is removed. make up runs it where ZI_BACKUPS is set.

  ZI_BACKUPS=/media/disk/zona zona schedule
""",
    """\
Membuat cadangan ke ZI_BACKUPS setiap hari pada ZI_BACKUP_AT dan latihan setiap ZI_DRILL_DAYS, sampai dihentikan. Waktu yang terlewat
dikejar. ZI_BACKUP_KEEP cadangan terbaru yang baik tetap ada; bila satu gagal, tidak ada yang dihapus. make up menjalankannya bila ZI_BACKUPS disetel.

  ZI_BACKUPS=/media/disk/zona zona schedule
""",
)
SENDER_KEY = Sentence(
    """\
Takes the key of a service on NATS aside, of a house that stands still; the next start makes a new one, and the ledger gets an entry about it.
Nothing that the former key signs from then on counts. Use it when somebody else may have the key.

  zona sender-key intake
""",
    """\
Menyisihkan kunci sebuah layanan di NATS, pada rumah yang berhenti; start berikutnya membuat kunci baru, dan buku besar mendapat entri tentangnya.
Apa pun yang sesudah itu ditandatangani kunci lama tidak berlaku. Gunakan bila orang lain mungkin memiliki kunci itu.

  zona sender-key intake
""",
)
SHORTEN = Sentence(
    """\
Removes the beginnings of the streams on NATS, which otherwise grow for ever, of a house that runs. Only what a checkpoint with witnesses covers,
all who hear the stream have acknowledged, the last good drill restored and the newest backup in ZI_BACKUPS holds; erasures are kept in streams
of their own. Ledger, stores and backups are not touched. See first with --dry-run what would go, and how much that frees.

  zona shorten --dry-run
  zona shorten
""",
    """\
Menghapus bagian awal aliran di NATS, yang selain itu terus bertambah, pada rumah yang berjalan. Hanya yang dicakup checkpoint dengan saksi,
diakui semua pendengar aliran, dipulihkan latihan terakhir yang baik, dan ada di cadangan terbaru di ZI_BACKUPS; penghapusan disimpan di aliran
tersendiri. Buku besar, penyimpanan dan cadangan tidak disentuh. Lihat dulu dengan --dry-run apa yang akan dihapus dan berapa yang dibebaskan.

  zona shorten --dry-run
  zona shorten
""",
)
