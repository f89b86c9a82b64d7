"""The package of a workbook: its parts, what they are, and how they refer to each other."""

import posixpath
import zipfile
from dataclasses import dataclass
from typing import IO
from xml.sax.saxutils import quoteattr

from rollcall.receipts.markup import Edits, PartRefused, elements, in_utf8, root_of

TYPES = "[Content_Types].xml"
ROOT = ""
OFFICE_DOCUMENT = "/officeDocument"
EMPTY_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
# What a change makes untrue: parts by how their name begins, the relations that lead to them, and their name for
# the office. A program that found them would call the workbook forged or damaged.
UNTENABLE = {
    "_xmlsignatures/": (("/origin",), "电子签名（内容有改动后签名即失效）"),
    "xl/revisions/": (("/revisionHeaders", "/usernames"), "共享工作簿的修订记录"),
}


@dataclass(frozen=True)
class Relation:
    """What a part refers to: `target` is the name of another part, or what lies outside."""

    id: str
    kind: str
    target: str


class Package:
    """
    A workbook's package, read from *archive*; changes are kept beside it until it is written.

    Raises:
        PartRefused, zipfile.BadZipFile: No package of a workbook.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        self.changed: dict[str, bytes] = {}
        self.dropped: set[str] = set()
        documents = [one for one in self.relations(ROOT) if one.kind.endswith(OFFICE_DOCUMENT)]
        if not documents:
            raise PartRefused("the package names no workbook")
        self.workbook = documents[0].target
        self.relation_base = documents[0].kind.removesuffix(OFFICE_DOCUMENT)

    def __contains__(self, name: str) -> bool:
        return name in self.changed or name.lower() in self.names

    def read(self, name: str) -> bytes:
        """A part as it is now. Raises PartRefused where there is none."""
        if name in self.changed:
            return self.changed[name]
        if name.lower() not in self.names:
            raise PartRefused(f"the package has no part {name}")
        return in_utf8(self.archive.read(self.names[name.lower()]))

    def write(self, name: str, content: bytes) -> None:
        """Put *content* in place of the part of this name, or beside all others."""
        self.changed[self.names.get(name.lower(), name)] = content

    def add(self, name: str, content: bytes, content_type: str) -> str:
        """A new part; where the name is taken, under the next that is free. Returns its name."""
        stem, ending = posixpath.splitext(name)
        number = 1
        while (free := f"{stem}{number}{ending}") in self:
            number += 1
        self.changed[free] = content
        types = self.read(TYPES)
        edits = Edits(types)
        root = root_of(types)
        line = f"<{root.qualified('Override')} PartName={quoteattr('/' + free)} ContentType={quoteattr(content_type)}/>"
        edits.append_to(root, line.encode())
        self.write(TYPES, edits.made())
        return free

    def relations(self, part: str) -> list[Relation]:
        """All that *part* refers to (ROOT: the package itself)."""
        name = relations_of(part)
        if name not in self:
            return []
        return [
            Relation(one.attributes["Id"], one.attributes["Type"], self.resolved(part, one.attributes))
            for one in elements(self.read(name), "Relationship")
        ]

    @staticmethod
    def resolved(part: str, attributes: dict[str, str]) -> str:
        target = attributes["Target"]
        if attributes.get("TargetMode") == "External":
            return target
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")

    def related(self, part: str, kind: str) -> str | None:
        """The part of this kind that *part* refers to; the kind is the last word of a relation's type."""
        return next((one.target for one in self.relations(part) if one.kind.endswith(f"/{kind}")), None)

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let *part* refer to *target*. Returns the id of the relation."""
        name = relations_of(part)
        content = self.read(name) if name in self else EMPTY_RELATIONS
        taken = {one.id for one in self.relations(part)}
        number = len(taken) + 1
        while (free := f"rId{number}") in taken:
            number += 1
        root = root_of(content)
        edits = Edits(content)
        line = (
            f"<{root.qualified('Relationship')} Id={quoteattr(free)} Type={quoteattr(f'{self.relation_base}/{kind}')} "
            f"Target={quoteattr('/' + target)}/>"
        )
        edits.append_to(root, line.encode())
        self.write(name, edits.made())
        return free

    def drop_untenable(self) -> list[str]:
        """Take out what no changed workbook can keep; returns what it was, in words for the office."""
        lost = []
        for start, (kinds, label) in UNTENABLE.items():
            parts = {name for name in self.archive.namelist() if name.lower().startswith(start.lower())}
            if not parts:
                continue
            lost.append(label)
            self.dropped |= parts
            self.remove(TYPES, "PartName", {"/" + part.lower() for part in parts})
            for owner in (ROOT, self.workbook):
                wanted = {one.id.lower() for one in self.relations(owner) if one.kind.endswith(kinds)}
                if wanted:
                    self.remove(relations_of(owner), "Id", wanted)
        return lost

    def remove(self, part: str, attribute: str, values: set[str]) -> None:
        """Take the elements below the root of *part* out whose *attribute* is one of *values*, in small letters."""
        content = self.read(part)
        edits = Edits(content)
        for element in elements(content, "*"):
            if element.attributes.get(attribute, "").lower() in values:
                edits.replace(element.start, element.after, b"")
        self.write(part, edits.made())

    def save(self, target: IO[bytes]) -> None:
        """Write the whole package: parts that did not change with the bytes they had."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for info in self.archive.infolist():
                if info.filename in self.dropped or info.is_dir():
                    continue
                content = self.changed.pop(info.filename, None)
                made.writestr(plain_entry(info.filename), self.archive.read(info) if content is None else content)
            for name, content in self.changed.items():
                made.writestr(plain_entry(name), content)


def plain_entry(name: str) -> zipfile.ZipInfo:
    """An entry without a time, so that the same workbook is always the same bytes."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def relations_of(part: str) -> str:
    """Where the relations of a part stand."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
