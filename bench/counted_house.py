"""Run what `make up` runs, as forks of a process that counts each function's own processor time: `python -m bench.counted_house`.

On SIGUSR1 a program writes what it has counted so far: milliseconds by function of this house, by library and by C module, to a file of its
number in COUNTED_INTO. A C function that belongs to no module, as those of texts and lists, counts for its caller.
"""

import cProfile
import json
import os
import re
import runpy
import signal
import sys
import sysconfig
import threading
import time
from collections import defaultdict
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[1]
LIBRARIES, PYTHON = (Path(sysconfig.get_path(name)) for name in ("purelib", "stdlib"))
PLACE = "COUNTED_INTO"
_profiles: list[cProfile.Profile] = []


def count(*_: object) -> None:
    """Count in this thread from now on."""
    _profiles.append(cProfile.Profile(time.thread_time))
    _profiles[-1].enable()


def write(*_: object) -> None:
    """Run by the main thread, whose counting begins anew behind it: this is no work of a house."""
    sys.setprofile(None)
    counted = defaultdict[str, float](float)
    for profile in _profiles:
        for entry in profile.getstats():
            counted[label(entry.code)] += entry.inlinetime
            for called in entry.calls or ():
                if label(called.code) == "":
                    counted[label(entry.code)] += called.inlinetime
    del counted[""]
    fresh = Path(os.environ[PLACE]) / f".{os.getpid()}"
    fresh.write_text(json.dumps({name: 1000 * seconds for name, seconds in counted.items()}))
    fresh.rename(fresh.with_name(str(os.getpid())))
    count()


def label(code: CodeType | str) -> str:
    """Return the library, module or, for a function of this house, its file and name; nothing for a C function of no module."""
    if isinstance(code, str):
        found = re.search(r"(?: of '|method )(\w[\w.]*)\.\w+", code)
        return "" if found is None or found[1] == "builtins" else found[1].partition(".")[0].lstrip("_")
    file = Path(code.co_filename)
    if file.is_relative_to(LIBRARIES):
        return file.relative_to(LIBRARIES).parts[0].removesuffix(".py")
    if file.is_relative_to(PYTHON):
        return file.relative_to(PYTHON).parts[0].removesuffix(".py")
    if file.suffix == ".py" and file.is_relative_to(ROOT):
        place = "/".join(file.parts[-3:])
        return f"{place[place.find('zi_') :]}, {code.co_qualname}"
    frozen = re.fullmatch(r"<frozen ([\w.]+)>", code.co_filename)
    return (
        frozen[1].partition(".")[0] if frozen else "jinja2" if file.suffix == ".html" else "made at run time"
    )


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, write)
    threading.setprofile(count)
    count()
    runpy.run_module("deploy.embedded", run_name="__main__", alter_sys=True)
