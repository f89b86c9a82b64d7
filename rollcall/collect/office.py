"""One office, asked for one period: what it answered, with what was new already landed."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from rollcall.collect.answer import Answer, Known, require_none
from rollcall.collect.dropfolder import is_drop_folder
from rollcall.collect.dropped import take_dropped
from rollcall.collect.http import MAX_LISTING_BYTES, Address, answered, read_body
from rollcall.collect.listing import Listed, Listing, read_listing
from rollcall.collect.patience import Turn, TurnOver, retrying
from rollcall.errors import BodyTooLong, OfficeInTrouble, OfficeSilent, OfficeUnreachable
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import Settings


@dataclass(frozen=True)
class Asker:
    """Asks offices for one period. Shared by a chunk's threads."""

    period: Period
    landing: Landing
    session: requests.Session
    settings: Settings

    def ask(self, office: Office, address: Address, known: Known, turn: Turn | None = None) -> Answer:
        """
        Ask *office*, which has what is left of its *turn*.

        An office's trouble is an outcome; only trouble of our own is raised.
        """
        answer, turn = Answer(office), turn or Turn()
        try:
            turn.left()
            if is_drop_folder(address.base):
                take_dropped(answer, address.base, self.period, known, self.landing, self.settings, turn)
            else:
                self.from_http(answer, address, known, turn)
        except OfficeSilent as error:
            answer.came_to("silent", error)
        except OfficeUnreachable as error:
            answer.came_to("unreachable", error)
            answer.etag = None
        except OfficeInTrouble as error:
            answer.came_to("trouble", error)
            answer.etag = None
        return answer

    def from_http(self, answer: Answer, address: Address, known: Known, turn: Turn) -> None:
        for attempt in retrying(self.settings, turn):
            with attempt:
                listing = self.listing(answer, address, known, turn)
        if listing is None:
            answer.not_modified = True
            return
        if not listing.entries and not listing.troubles:
            raise OfficeSilent("the listing is empty")
        troubles: list[Exception] = [OfficeInTrouble(trouble) for trouble in listing.troubles]
        for listed in listing.entries:
            if known.submissions.get((listed.revision, listed.filename)) == listed.sha256:
                continue
            try:
                if known.has_revision(listed.revision):
                    raise OfficeInTrouble(f"revision {listed.revision} is not the one collected before")
                self.land(answer, address, listed, turn)
            except TurnOver as error:
                troubles.append(error)
                break
            except (OfficeInTrouble, OfficeUnreachable) as error:
                troubles.append(type(error)(f"revision {listed.revision}: {error}"))
        require_none(troubles)  # the others have landed; no etag, so that this is asked again

    def listing(self, answer: Answer, address: Address, known: Known, turn: Turn) -> Listing | None:
        """What the office has; None when it says that nothing changed since we asked."""
        headers = {"If-None-Match": known.etag} if known.etag else {}
        with answered(
            self.session,
            address,
            "submissions",
            self.settings,
            params={"period": str(self.period)},
            headers=headers,
            turn=turn,
        ) as response:
            if response.status_code == 304:
                if not known.etag:
                    raise OfficeInTrouble("GET submissions: HTTP 304, though nothing was known of it")
                return None
            body = read_body(response, MAX_LISTING_BYTES, self.settings.file_seconds)
            etag = response.headers.get("ETag", "")
        answer.etag = etag if 0 < len(etag) <= 200 and etag.isprintable() else None
        return read_listing(body, answer.office.code, self.period)

    def land(self, answer: Answer, address: Address, listed: Listed, turn: Turn) -> None:
        """
        Fetch one announced file and land it. No more is read of it than was announced.

        Raises OfficeInTrouble where the bytes are not those announced.
        """
        if listed.bytes > self.settings.max_bytes:
            answer.too_large.append((listed, datetime.now(UTC)))
            return
        try:
            for attempt in retrying(self.settings, turn):
                with attempt, answered(self.session, address, listed.path, self.settings, turn=turn) as response:
                    if response.status_code == 304:
                        raise OfficeInTrouble("HTTP 304 for a file, which nobody asked to be new")
                    content = read_body(response, listed.bytes, self.settings.file_seconds)
        except OfficeSilent as error:
            raise OfficeInTrouble("announced, but not there (HTTP 404)") from error
        except BodyTooLong as error:
            raise OfficeInTrouble(f"announced {listed.bytes} bytes, but it is longer") from error
        found = (len(content), hashlib.sha256(content).hexdigest())
        if found != (listed.bytes, listed.sha256):
            raise OfficeInTrouble(
                f"announced {listed.bytes} bytes of sha256 {listed.sha256[:12]}…, got {found[0]} of {found[1][:12]}…"
            )
        self.landing.put(content)
        answer.landed.append((listed, datetime.now(UTC)))
