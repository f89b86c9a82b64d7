"""The memory that our processes take, watched while they run."""

import threading
from dataclasses import dataclass, field

import psutil

from rollcall.local import airflow, processes, services
from rollcall.warehouse import embedded

MIB = 1024 * 1024


@dataclass
class PeakMemory:
    """The largest resident size of any one of our processes while it watches, sampled twice a second, in MiB."""

    mib: float = 0.0
    what: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "PeakMemory":
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join()

    def watch(self) -> None:
        while not self.stopped.wait(0.5):
            for process in family():
                try:
                    size, name = process.memory_info().rss / MIB, " ".join(process.cmdline()[:3])
                except psutil.Error:
                    continue  # it has just ended
                if size > self.mib:
                    self.mib, self.what = size, name


def family() -> list[psutil.Process]:
    """Ourselves and everything this checkout has running."""
    roots = [psutil.Process(), *filter(None, map(processes.find, (*airflow.PROCESSES, "offices")))]
    postmaster = embedded.postmaster(services.POSTGRES)
    if postmaster is not None and postmaster.process is not None:
        roots.append(postmaster.process)
    found = []
    for root in roots:
        try:
            found += [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found
