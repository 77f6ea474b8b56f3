"""The way out of each thing that can stand still, with the command; docs/operations.md has the same commands, and a test tries each."""

from zi_verify.verdict import Sentence

RESTORE = Sentence(
    "look for a newer backup: set this data aside, then zona restore BACKUP --key FILE. Until then people read, and nothing is recorded",
    "cari cadangan yang lebih baru: sisihkan data ini, lalu zona restore CADANGAN --key BERKAS. Sampai saat itu orang dapat membaca, dan tidak ada yang dicatat",
)
ERASURES = Sentence(
    "zona erasures, which says how to settle who was erased after the backup",
    "zona erasures, yang menjelaskan cara memastikan siapa yang dihapus sesudah cadangan",
)
DRILL = Sentence(
    "personal data lies open in it: zona backup FOLDER or zona drill removes it",
    "data pribadi terbuka di dalamnya: zona backup FOLDER atau zona drill menghapusnya",
)
ROOM = Sentence(
    "free space on the disk, or start the database (in compose docker compose up --detach postgres); it goes on by itself",
    "kosongkan ruang penyimpanan, atau jalankan basis data (pada compose docker compose up --detach postgres); semuanya berlanjut sendiri",
)
BUS = Sentence(
    "start NATS (in compose docker compose up --detach nats), or free its disk; what waits is published by itself",
    "jalankan NATS (pada compose docker compose up --detach nats), atau kosongkan penyimpanannya; yang menunggu terbit sendiri",
)
OUTBOX = Sentence(
    "if this data was restored: zona restore with a newer backup. If not, two officials settle it on /audit/anomalies",
    "bila data ini hasil pemulihan: zona restore dengan cadangan yang lebih baru. Bila tidak, dua pejabat menyelesaikannya di /audit/anomalies",
)
LANE = Sentence(
    "remove the cause, or skip the message: POST /<service>/api/lanes/<sender>/skip",
    "hilangkan sebabnya, atau lewati pesan itu: POST /<service>/api/lanes/<sender>/skip",
)
MAKE_KEY = Sentence(
    "zona key FILE, and keep that file outside of the house",
    "zona key BERKAS, dan simpan berkas itu di luar rumah",
)
UNSOUND_BACKUP = Sentence(
    "look with zona restore BACKUP --key FILE --dry-run; what does not verify, move away. It counts for nothing and is never removed by itself",
    "lihat dengan zona restore CADANGAN --key BERKAS --dry-run; yang tidak sah, pindahkan. Ia tidak dihitung dan tidak dihapus dengan sendirinya",
)
FAILED_BACKUP = Sentence(
    "mend what the line above names (room, key, database): it is tried again within an hour, or at once by zona backup FOLDER. Good backups stay",
    "perbaiki yang disebut baris di atas (ruang, kunci, basis data): dicoba lagi dalam satu jam, atau segera dengan zona backup FOLDER. Cadangan yang baik tetap ada",
)
REMOVAL = Sentence(
    "let zona schedule delete in ZI_BACKUPS, or mend that disk: it is tried again within an hour. Until then old backups stay there with their keys",
    "izinkan zona schedule menghapus di ZI_BACKUPS, atau perbaiki penyimpanannya: dicoba lagi dalam satu jam. Sampai saat itu cadangan lama"
    " tetap di sana bersama kuncinya",
)
ARCHIVE = Sentence(
    "docker compose --profile archive up --detach, and look whether its disk is full. If the archive is given up, remove what PostgreSQL keeps"
    " for it: SELECT pg_drop_replication_slot('zona_archive')",
    "docker compose --profile archive up --detach, dan periksa apakah penyimpanannya penuh. Bila arsip tidak dipakai lagi, hapus yang ditahan"
    " PostgreSQL untuknya: SELECT pg_drop_replication_slot('zona_archive')",
)
COPY = Sentence(
    "set ZI_BACKUP_COPY, AWS_ENDPOINT_URL and the account right, or make room in the bucket: it is tried again within an hour, or at once by"
    " zona backup FOLDER --to s3://BUCKET. Backups in the folder stay",
    "betulkan ZI_BACKUP_COPY, AWS_ENDPOINT_URL, dan akunnya, atau kosongkan bucket: dicoba lagi dalam satu jam, atau segera dengan"
    " zona backup FOLDER --to s3://BUCKET. Cadangan di folder tetap ada",
)
FILES = Sentence(
    "set ZI_FILES, AWS_ENDPOINT_URL (in compose ZI_BUCKET_ENDPOINT) and the account right, or make room in the bucket; it goes on by itself."
    " Until then texts are taken and shown, and files are not",
    "betulkan ZI_FILES, AWS_ENDPOINT_URL (pada compose ZI_BUCKET_ENDPOINT), dan akunnya, atau kosongkan bucket; semuanya berlanjut sendiri."
    " Sampai saat itu teks diterima dan ditampilkan, berkas tidak",
)
LOG_IN_BUCKET = Sentence(
    "bring the bucket back, or set ZI_TILES, AWS_ENDPOINT_URL (in compose ZI_BUCKET_ENDPOINT) and the account right and restart: the log then"
    " goes on by itself, and nothing of it is lost",
    "pulihkan bucket, atau betulkan ZI_TILES, AWS_ENDPOINT_URL (pada compose ZI_BUCKET_ENDPOINT), dan akunnya lalu jalankan ulang: log lalu"
    " berlanjut sendiri, dan tidak ada yang hilang",
)
LOG_ELSEWHERE = Sentence(
    "set ZI_TILES, in zona's environment too, to where the log is published; if its files are gone, start audit-writer: it makes them again from the database",
    "setel ZI_TILES, juga di lingkungan zona, ke tempat log diterbitkan; bila berkasnya hilang, jalankan audit-writer: berkas itu dibuatnya lagi dari basis data",
)
LEFT_OF_BUCKET = Sentence(
    "if the house still is to be restored: zona restore s3://BUCKET/BACKUP --key FILE goes on with it. If not, remove that folder",
    "bila rumah masih perlu dipulihkan: zona restore s3://BUCKET/CADANGAN --key BERKAS melanjutkannya. Bila tidak, hapus folder itu",
)
PRACTISE = Sentence("zona drill", "zona drill")
RESTORE_AGAIN = Sentence(
    "zona restore with the same backup completes it; until then nothing starts",
    "zona restore dengan cadangan yang sama menyelesaikannya; sebelum itu tidak ada yang dapat dijalankan",
)
MISSING = Sentence(
    "set ZI_DATA or the address of the database right; if it is lost: zona restore BACKUP --key FILE",
    "betulkan ZI_DATA atau alamat basis data; bila hilang: zona restore CADANGAN --key BERKAS",
)
START_HOUSE = Sentence(
    "make up; in compose docker compose up --detach",
    "make up; pada compose docker compose up --detach",
)
FREE_SPACE = Sentence(
    "free space on that disk: below ZI_FREE_DISK_MB files of citizens are refused, and at nothing all stands still",
    "kosongkan ruang di penyimpanan itu: di bawah ZI_FREE_DISK_MB berkas warga ditolak, dan bila habis semuanya berhenti",
)
SET_AND_RESTART = Sentence(
    "set it, and restart: make up, or docker compose up --detach",
    "setel, lalu jalankan ulang: make up, atau docker compose up --detach",
)
SIGN_IN = Sentence(
    "start the identity provider, or set ZI_ISSUER and ZI_DISCOVERY_URL right and restart; citizens are served meanwhile",
    "jalankan penyedia identitas, atau betulkan ZI_ISSUER dan ZI_DISCOVERY_URL lalu jalankan ulang; warga tetap dilayani",
)
MAIL = Sentence(
    "start the mail server, or set ZI_SMTP right and restart; mails wait and are sent then",
    "jalankan peladen surel, atau betulkan ZI_SMTP lalu jalankan ulang; surel menunggu dan dikirim sesudahnya",
)
POLICY = Sentence(
    "start audit: it records the new policy within seconds",
    "jalankan audit: kebijakan baru dicatat dalam hitungan detik",
)
SANDBOX = Sentence(
    "see the log file of the service: this system lets no program be confined",
    "lihat berkas log layanan: sistem ini tidak dapat mengurung program",
)
DATABASE = Sentence(
    "start the database (in compose docker compose up --detach postgres), or mend the network; processes go on by themselves",
    "jalankan basis data (pada compose docker compose up --detach postgres), atau perbaiki jaringan; proses berlanjut sendiri",
)
NO_LEADER = Sentence(
    "start the server that led: docker compose up --detach postgres postgres-2; its log says what it waits for. Only if its machine is lost:"
    " docker compose exec postgres-2 bash /cluster/postgres.sh promote (docs/cluster.md)",
    "jalankan peladen yang memimpin: docker compose up --detach postgres postgres-2; log-nya menyebut apa yang ditunggu. Hanya bila mesinnya hilang:"
    " docker compose exec postgres-2 bash /cluster/postgres.sh promote (docs/cluster.md)",
)
COPY_AWAY = Sentence(
    "start that server: docker compose up --detach --no-deps NAME. If it is lost for long, record without it: docker compose exec"
    " LEADER bash /cluster/postgres.sh alone (docs/cluster.md)",
    "jalankan peladen itu: docker compose up --detach --no-deps NAMA. Bila lama hilang, catat tanpa dia: docker compose exec"
    " PEMIMPIN bash /cluster/postgres.sh alone (docs/cluster.md)",
)
NO_COPY = Sentence(
    "start the other server, after a promotion with rejoin first, then docker compose run --rm --no-deps pair (docs/cluster.md)",
    "jalankan peladen lainnya, sesudah promosi dengan rejoin lebih dulu, lalu docker compose run --rm --no-deps pair (docs/cluster.md)",
)
PAIR = Sentence(
    "docker compose run --rm --no-deps pair (docs/cluster.md)",
    "docker compose run --rm --no-deps pair (docs/cluster.md)",
)
NATS_SERVER = Sentence(
    "start it: docker compose up --detach --no-deps NAME; it takes what it missed from the others (docs/cluster.md)",
    "jalankan: docker compose up --detach --no-deps NAMA; yang terlewat diambilnya dari yang lain (docs/cluster.md)",
)
WAIT = Sentence(
    "nothing: it goes on by itself once the database, NATS and the ledger answer; the other lines say which does not",
    "tidak perlu apa-apa: berlanjut sendiri begitu basis data, NATS, dan buku besar menjawab; baris lain menyebut mana yang tidak",
)
LOG_FILE = Sentence(
    "read the log file of the service, in compose docker compose logs --tail 50 NAME",
    "baca berkas log layanan, pada compose docker compose logs --tail 50 NAMA",
)
START = Sentence(
    "start it, in compose docker compose up --detach NAME; if it ends again, its log file (docker compose logs --tail 50 NAME) says why",
    "jalankan, pada compose docker compose up --detach NAMA; bila berakhir lagi, berkas log-nya (docker compose logs --tail 50 NAMA) menyebut sebabnya",
)
REFILL = Sentence(
    "stop the house; zi-audit refill, then zi-audit fsck, then start",
    "hentikan rumah; zi-audit refill, lalu zi-audit fsck, lalu jalankan",
)
FSCK = Sentence(
    "stop the house; zi-audit fsck names the file. A tile or bundle: move it and checkpoint away, and start",
    "hentikan rumah; zi-audit fsck menyebut berkasnya. Ubin atau bundel: pindahkan bersama checkpoint, lalu jalankan",
)
NEW_ORIGIN = Sentence(
    "restore the newest ledger with zona restore; if there is none: zi-audit new-origin --origin NAME",
    "pulihkan buku besar terbaru dengan zona restore; bila tidak ada: zi-audit new-origin --origin NAMA",
)
HOT_COPY = Sentence(
    "these files were copied while the house ran: they are of many moments. zona restore with a backup of zona backup; if there is none:"
    " zi-audit new-origin --origin NAME",
    "berkas ini disalin ketika rumah berjalan: berasal dari banyak saat. zona restore dengan cadangan dari zona backup; bila tidak ada:"
    " zi-audit new-origin --origin NAMA",
)
KEY = Sentence(
    "put the former key back into audit-writer/secrets",
    "kembalikan kunci sebelumnya ke audit-writer/secrets",
)
WRITER = Sentence("stop the other writer of the ledger", "hentikan penulis buku besar yang lain")
WITNESS = Sentence(
    "get a witness to answer, or take it out of the file of witnesses",
    "pastikan seorang saksi menjawab, atau keluarkan dari berkas saksi",
)
CLOCK = Sentence("set the clock right; the log goes on by itself", "betulkan jam; log berlanjut sendiri")

# By the name of a check of /<service>/ready.
CHECKS = {
    "published": RESTORE,
    "erasures": ERASURES,
    "lease": DATABASE,
    "store": ROOM,
    "unpublished": BUS,
    "broker": BUS,
    "nats": BUS,
    "outbox": OUTBOX,
    "policy": POLICY,
    "sandbox": SANDBOX,
    "process": LOG_FILE,
    "lanes": BUS,
    "tail": LOG_FILE,
    "looks": LOG_FILE,
    "sign_in": SIGN_IN,
    "mail": MAIL,
    "files": FILES,
    "backup": FAILED_BACKUP,
    "removal": REMOVAL,
    "drill": PRACTISE,
    "copy": COPY,
}
# By the reason of a stopped log.
REASONS = {
    "regression": REFILL,
    "second_writer": WRITER,
    "disk_full": ROOM,
    "clock_backwards": CLOCK,
    "key_changed": KEY,
    "damaged": FSCK,
    "unconfirmed": WITNESS,
    "contradicted": NEW_ORIGIN,
    "failure": LOG_FILE,
}


def of_check(name: str) -> Sentence:
    if name.startswith("hears "):
        return LANE
    return CHECKS.get(name, LOG_FILE)
