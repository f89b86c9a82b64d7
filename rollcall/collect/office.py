"""One office, asked for one period: what it answered, with what was new already landed."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from rollcall.collect import dropfolder
from rollcall.collect.http import MAX_LISTING_BYTES, Address, answered, read_body, retrying
from rollcall.collect.listing import Listed, read_listing
from rollcall.errors import OfficeInTrouble, OfficeSilent, OfficeUnreachable, SubmissionTooLarge
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import Settings


@dataclass(frozen=True)
class Known:
    """What the ledger knows of an office and period before it is asked: etag, and sha256 by (revision, filename)."""

    etag: str | None = None
    submissions: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass
class Answer:
    """How an office answered. `landed` is new; `too_large` was announced and is refused unread."""

    office: Office
    outcome: str = "answered"
    detail: str | None = None
    etag: str | None = None
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    landed: list[tuple[Listed, datetime]] = field(default_factory=list)
    too_large: list[tuple[Listed, datetime]] = field(default_factory=list)
    not_modified: bool = False


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """A drop folder that cannot be read is its office's trouble, like an office that does not answer."""
    from botocore.exceptions import BotoCoreError  # what S3 raises when it does not answer is no OSError

    try:
        yield
    except (OSError, BotoCoreError) as error:
        raise OfficeUnreachable(f"{what}: {type(error).__name__}: {error}"[:300]) from error


@dataclass(frozen=True)
class Asker:
    """Asks offices for one period. Shared by a chunk's threads."""

    period: Period
    landing: Landing
    session: requests.Session
    settings: Settings

    def ask(self, office: Office, address: Address, known: Known) -> Answer:
        """Ask *office*. An office's trouble is an outcome; only trouble of our own is raised."""
        answer = Answer(office)
        try:
            if dropfolder.is_drop_folder(address.base):
                self.from_folder(answer, address, known)
            else:
                self.from_http(answer, address, known)
        except OfficeSilent as error:
            answer.outcome, answer.detail = "silent", str(error)
        except OfficeUnreachable as error:
            answer.outcome, answer.detail, answer.etag = "unreachable", str(error), None
        except OfficeInTrouble as error:
            answer.outcome, answer.detail, answer.etag = "trouble", str(error), None
        return answer

    def from_http(self, answer: Answer, address: Address, known: Known) -> None:
        for attempt in retrying(self.settings):
            with attempt:
                listing = self.listing(answer, address, known)
        if listing is None:
            return
        if not listing:
            raise OfficeSilent("the listing is empty")
        troubles = []
        for listed in listing:
            landed_before = known.submissions.get((listed.revision, listed.filename))
            if landed_before == listed.sha256:
                continue
            try:
                if any(revision == listed.revision for revision, _ in known.submissions):
                    raise OfficeInTrouble(f"revision {listed.revision} is not the one collected before")
                self.land(answer, address, listed)
            except OfficeInTrouble as error:
                troubles.append(f"revision {listed.revision}: {error}")
        if troubles:  # the others have landed; no etag, so that this is asked again
            raise OfficeInTrouble("; ".join(troubles)[:500])

    def listing(self, answer: Answer, address: Address, known: Known) -> list[Listed] | None:
        """What the office has; None when it says that nothing changed since we asked."""
        headers = {"If-None-Match": known.etag} if known.etag else {}
        with answered(
            self.session,
            address,
            "submissions",
            self.settings,
            params={"period": str(self.period)},
            headers=headers,
        ) as response:
            if response.status_code == 304:
                if not known.etag:
                    raise OfficeInTrouble("GET submissions: HTTP 304, though nothing was known of it")
                answer.not_modified = True
                return None
            body = read_body(response, MAX_LISTING_BYTES, self.settings.file_seconds)
            etag = response.headers.get("ETag", "")
        answer.etag = etag if 0 < len(etag) <= 200 and etag.isprintable() else None
        return read_listing(body, answer.office.code, self.period)

    def land(self, answer: Answer, address: Address, listed: Listed) -> None:
        """Fetch one announced file and land it. Raises OfficeInTrouble where the bytes are not those announced."""
        if listed.bytes > self.settings.max_bytes:
            answer.too_large.append((listed, datetime.now(UTC)))
            return
        try:
            for attempt in retrying(self.settings):
                with attempt, answered(self.session, address, listed.path, self.settings) as response:
                    content = read_body(response, self.settings.max_bytes, self.settings.file_seconds)
        except OfficeSilent as error:
            raise OfficeInTrouble("announced, but not there (HTTP 404)") from error
        except SubmissionTooLarge:
            answer.too_large.append((listed, datetime.now(UTC)))
            return
        found = (len(content), hashlib.sha256(content).hexdigest())
        if found != (listed.bytes, listed.sha256):
            raise OfficeInTrouble(
                f"announced {listed.bytes} bytes of sha256 {listed.sha256[:12]}…, got {found[0]} of {found[1][:12]}…"
            )
        self.landing.put(content)
        answer.landed.append((listed, datetime.now(UTC)))

    def from_folder(self, answer: Answer, address: Address, known: Known) -> None:
        with reaching("the drop folder"):
            found = dropfolder.list_folder(address.base, answer.office.code, self.period)
        if not found:
            raise OfficeSilent("the drop folder is empty")
        troubles = []
        for file in found:
            listed = file.listed
            if file.size > self.settings.max_bytes:
                if (listed.revision, listed.filename) not in known.submissions:
                    answer.too_large.append((listed, datetime.now(UTC)))
                continue
            with reaching(listed.filename):
                content = file.path.read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
            landed_before = known.submissions.get((listed.revision, listed.filename))
            if landed_before is None:
                self.landing.put(content)
                answer.landed.append((file.with_digest(sha256), datetime.now(UTC)))
            elif landed_before != sha256:
                troubles.append(f"{listed.filename} is not the file collected before: give it a new revision")
        if troubles:
            raise OfficeInTrouble("; ".join(troubles)[:500])
