"""Landing: bytes under their own digest, whole or not at all, never changed."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rollcall.errors import LandingCorrupt, SettingMissing
from rollcall.land import Landing

CONTENT = "第 1 版".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["file://{}", "{}"], ids=["url", "plain path"])
def landing(request, tmp_path):
    return Landing(request.param.format(tmp_path / "landing"))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "landing" / DIGEST[:2] / DIGEST


def test_gives_back_what_was_put_under_its_digest(landing, file):
    assert landing.put(CONTENT) == DIGEST
    assert landing.get(DIGEST) == file.read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"", b"\x00\r\n\xff" * 1000, os.urandom(300_000)], ids=len)
def test_keeps_every_byte(landing, content):
    assert landing.get(landing.put(content)) == content


def test_the_same_bytes_again_change_nothing(landing, file):
    landing.put(CONTENT)
    before = file.stat()
    assert landing.put(CONTENT) == DIGEST
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_with_another_digest_is_never_read(landing, file):
    landing.put(CONTENT)
    file.write_bytes(CONTENT + b"!")
    with pytest.raises(LandingCorrupt, match="backup"):
        landing.get(DIGEST)


def test_landing_onto_a_corrupt_file_is_an_error_not_a_cover_up(landing, file):
    """It was read as something else before, perhaps: a person must look."""
    landing.put(CONTENT)
    file.write_bytes(b"")
    with pytest.raises(LandingCorrupt):
        landing.put(CONTENT)


def test_a_file_that_is_gone_is_an_error(landing):
    with pytest.raises(LandingCorrupt, match="is gone"):
        landing.get(DIGEST)


def test_what_a_killed_run_left_half_written_is_never_read(landing, file):
    """It has another name, and the next run lands the whole."""
    file.parent.mkdir(parents=True)
    unfinished = file.parent / f".{DIGEST}.0badf00d.part"
    unfinished.write_bytes(CONTENT[:3])
    with pytest.raises(LandingCorrupt, match="is gone"):
        landing.get(DIGEST)
    assert landing.put(CONTENT) == DIGEST
    assert landing.get(DIGEST) == CONTENT
    assert unfinished.read_bytes() == CONTENT[:3]


def test_what_is_landed_survives_a_loss_of_power(landing, file, monkeypatch):
    """The ledger will speak of it: the bytes are on the disk before they have their name, and then the name is."""
    flushed = []
    real = os.fsync

    def fsync(descriptor):
        real(descriptor)
        flushed.append((Path(f"/proc/self/fd/{descriptor}").readlink(), file.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    landing.put(CONTENT)
    assert [(path.suffix, visible) for path, visible in flushed] == [(".part", False), ("", True)]
    assert flushed[1][0] == file.parent


def test_a_write_that_fails_shows_nothing_under_the_name(landing, file, monkeypatch):
    """A full disk stops it between writing and renaming."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(type(landing.root), "rename", full)
        with pytest.raises(OSError, match="No space left"):
            landing.put(CONTENT)
    assert not file.exists()
    landing.put(CONTENT)
    assert landing.get(DIGEST) == CONTENT


def test_threads_that_land_the_same_bytes_at_once_agree(landing, file):
    contents = [bytes([number % 5]) * 50_000 for number in range(60)]
    with ThreadPoolExecutor(12) as threads:
        digests = list(threads.map(landing.put, contents))
    assert all(landing.get(digest) == content for digest, content in zip(digests, contents, strict=True))
    assert sorted(path.name for path in file.parents[1].rglob("*") if path.is_file()) == sorted(set(digests))


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder):
    return {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}


def test_what_is_landed_is_read_by_nobody_else_of_the_machine(landing, file, umask):
    """It holds ID numbers; whatever the umask of who started us."""
    landing.put(CONTENT)
    assert modes(file.parents[1]) == {file.parents[1]: 0o700, file.parent: 0o700, file: 0o600}
    assert landing.get(DIGEST) == CONTENT


def test_what_an_older_release_left_open_is_closed(tmp_path, landing, file):
    """The root at once, which hides all below it; a folder and a file when something lands there."""
    file.parent.mkdir(parents=True, mode=0o755)
    file.write_bytes(CONTENT)
    for path, mode in ((file.parents[1], 0o755), (file.parent, 0o755), (file, 0o644)):
        path.chmod(mode)
    again = Landing(f"file://{tmp_path / 'landing'}")
    assert modes(file.parents[1])[file.parents[1]] == 0o700
    assert again.put(CONTENT) == DIGEST
    assert modes(file.parents[1]) == {file.parents[1]: 0o700, file.parent: 0o700, file: 0o600}


def test_folders_above_landing_stay_as_they_are(tmp_path):
    above = tmp_path / "srv"
    above.mkdir(mode=0o755)
    above.chmod(0o755)
    Landing(f"file://{above / 'landing'}").put(CONTENT)
    assert above.stat().st_mode & 0o777 == 0o755


def test_a_landing_that_is_open_and_anothers_is_refused(landing, file, monkeypatch):
    """We cannot close it: a person must, before anything lands there."""

    def refused(*_args, **_kwargs):
        raise PermissionError(1, "Operation not permitted")

    file.parents[1].mkdir(mode=0o755)
    file.parents[1].chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(SettingMissing, match="belongs to another user"):
        landing.put(CONTENT)
    assert not file.exists()
