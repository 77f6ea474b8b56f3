"""The page that says in Indonesian and English what this witness is, which logs it watches, and under which key."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape

from zi_tlog.note import NoteKey, Verifier
from zi_tlog.witness import monitoring_path
from zi_witness.record import Cleared, Cosigned

_FRAME = """\
<!doctype html>
<html lang="id">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Saksi · Witness: {name}</title>
<style>
body {{ font: 1.1rem/1.5 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.2rem; margin-top: 2rem }}
code, h1, h2 {{ overflow-wrap: anywhere }} a {{ color: #004a99 }}
[lang=en] {{ color: #444 }} .alarm {{ border-left: .4rem solid #b00020; padding-left: .8rem }}
</style>
<main>
<h1>Saksi · <span lang="en">Witness</span><br><code>{name}</code></h1>
<p>Saksi ini menandatangani ringkasan sebuah catatan terbuka hanya bila catatan itu melanjutkan, tanpa mengubah apa pun, \
ringkasan terakhir yang ditandatanganinya. Catatan yang dipotong, diubah, atau dibuat dua versi tidak akan mendapat tanda tangannya.</p>
<p lang="en">This witness signs the checkpoint of an open log only if the log continues, with nothing changed, the last checkpoint \
that it signed. A log that is cut, rewritten or told in two versions does not get its signature.</p>
{doubt}<h2>Kunci · <span lang="en">Key</span></h2>
<p><code>{vkey}</code></p>
<h2>Catatan yang disaksikan · <span lang="en">Logs that it watches</span></h2>
{logs}
</main>
</html>
"""
_NO_LOG = """<p>Belum ada. <span lang="en">None yet.</span></p>"""
_SAME_HOUSE = """\
<p class="alarm">Saksi ini dijalankan oleh kantor yang sama dengan catatan ini, jadi tanda tangannya belum membuktikan apa-apa. \
<span lang="en">This witness is run by the same house as this log, so its signature proves nothing yet.</span></p>"""
_IN_DOUBT = """\
<p class="alarm">Data saksi ini dipulihkan dari cadangan, atau berkas pembandingnya hilang. Saksi ini tidak menandatangani apa pun sampai \
pengelolanya memastikan apa yang terakhir ditandatangani. <span lang="en">This witness's data was restored from a backup, or the file to \
compare it with is gone. It signs nothing until the person who runs it has settled what it signed last.</span></p>
"""
_CLEARED = """\
<p class="alarm">Jam saksi ini pernah terlalu cepat: tanda tangan atas {size} entri bertanggal {time}, diperbaiki pada {at}. \
<span lang="en">This witness's clock was once ahead: its signature over {size} entries is dated {time}; this was set right at {at}.</span></p>"""
_NEVER = """<p>Belum pernah ditandatangani. <span lang="en">Not signed so far.</span></p>"""
_LAST = """\
<p><a href="{path}">{size} entri · <span lang="en">entries</span></a>, <time datetime="{time}">{time}</time></p>"""
_FORKS = """\
<p class="alarm">Catatan ini telah menandatangani dua isi yang berbeda untuk jumlah entri yang sama. \
<span lang="en">This log has signed two different contents for the same number of entries.</span> \
<a href="{path}">Buktinya · <span lang="en">The proof</span></a> ({forks})</p>"""


def page(
    key: NoteKey,
    watched: Mapping[str, Sequence[Verifier]],
    cosigned: Sequence[Cosigned],
    cleared: Sequence[Cleared] = (),
    in_doubt: bool = False,
) -> str:
    """One part for each log; a log that is no longer watched is still shown if it was ever cosigned."""
    last = {entry.origin: entry for entry in cosigned}
    parts = [
        "\n".join(
            [
                _log(key.name, origin, watched.get(origin, ()), last.get(origin)),
                *(_set_right(each) for each in cleared if each.origin == origin),
            ]
        )
        for origin in sorted(watched | last.keys())
    ]
    return _FRAME.format(
        name=escape(key.name),
        vkey=escape(key.vkey),
        doubt=_IN_DOUBT if in_doubt else "",
        logs="\n".join(parts) if parts else _NO_LOG,
    )


def _log(name: str, origin: str, keys: Sequence[Verifier], last: Cosigned | None) -> str:
    lines = [f"<h3><code>{escape(origin)}</code></h3>"]
    lines += [f"<p><code>{escape(verifier.key.vkey)}</code></p>" for verifier in keys]
    lines += [_SAME_HOUSE] if _same_house(name, origin) else []
    lines += [_NEVER] if last is None else _last_cosigned(last)
    return "\n".join(lines)


def _same_house(name: str, origin: str) -> bool:
    """A witness of the house is named <origin>/<word>, and a log that continues that one <origin>/<words>."""
    return f"{origin}/".startswith(f"{name.rpartition('/')[0]}/")


def instant(second: int) -> str:
    """A POSIX second in UTC; one that no calendar has as its number."""
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(second)


def _set_right(cleared: Cleared) -> str:
    return _CLEARED.format(size=cleared.size, time=instant(cleared.time), at=instant(cleared.at))


def _last_cosigned(last: Cosigned) -> list[str]:
    path = monitoring_path(last.origin)
    time = instant(last.time)
    forks = _FORKS.format(path=path.replace("/checkpoint", "/forks"), forks=last.forks)
    return [_LAST.format(path=path, size=last.size, time=time), *([forks] if last.forks else [])]
