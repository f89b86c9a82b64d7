"""The notes of one sheet: what our marks say, beside what the office itself had noted."""

import re
from dataclasses import dataclass
from html import unescape

from rollcall.receipts.markup import Edits, Element, PartRefused, elements, writable, written
from rollcall.receipts.package import Package
from rollcall.receipts.sheets import Place, Sheet, name_of, place_of

AUTHOR = "数据接收"
# How our part of a note begins, to its end: a program may forget who wrote it, or the office may have noted there too.
SIGN = "【回执】"
OUTDATED = "这是以前回执的标注，这一次没有列出问题。"
LONGEST_NOTE = 2000  # characters; a spreadsheet takes 32,767, a reader fewer
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
NO_NOTES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{namespace}"><authors></authors>'
    "<commentList></commentList></comments>"
)
# What a spreadsheet draws a note with. Each element says its namespaces itself: the drawing of another program may
# know them by other prefixes, or not at its root.
NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
NO_SHAPES = b"<xml></xml>"
SHAPE_TYPE = (
    f'<v:shapetype {NAMESPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" '
    'o:connecttype="rect"/></v:shapetype>'
).encode()
SHAPE = (
    '<v:shape {namespaces} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:59.25pt;'
    'margin-top:1.5pt;width:240pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path '
    'o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
SHAPE_NUMBER = re.compile(rb"_x0000_s([0-9]{1,9})\b")
FIRST_SHAPE = 1025  # the numbers below are kept for the drawing itself


TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</")


@dataclass(frozen=True)
class Note:
    """A note that stands in the sheet already, with what it says."""

    element: Element
    text: str

    @property
    def is_ours(self) -> bool:
        return SIGN in self.text

    @property
    def own(self) -> str:
        """What the office itself had noted."""
        return self.text.partition(SIGN)[0].rstrip("\n")


class Notes:
    """The notes that lie in the package for one sheet; there may be none."""

    def __init__(self, package: Package, sheet_part: str, namespace: str) -> None:
        self.package, self.sheet_part = package, sheet_part
        self.part = package.related(sheet_part, "comments")
        self.content = package.read(self.part) if self.part else NO_NOTES.format(namespace=namespace).encode()
        self.our_number = sum(1 for _ in elements(self.content, "authors", "author"))
        self.found: dict[Place, Note] = {}
        comments = elements(self.content, "commentList", "comment")
        texts = elements(self.content, "commentList", "comment", "text")
        for comment, text in zip(comments, texts, strict=True):
            if place := place_of(comment.attributes.get("ref")):
                said = b"".join(TEXT.findall(self.content[text.end : text.close or text.end]))
                self.found[place] = Note(text, unescape(said.decode(errors="replace")))

    @property
    def ours(self) -> set[Place]:
        """Cells that bear a note of an earlier receipt: a marked workbook was mended and sent again."""
        return {place for place, note in self.found.items() if note.is_ours}

    def write(self, sheet: Sheet, texts: dict[Place, str]) -> None:
        """Add notes; below what the office had noted in the same cell, in place of what an earlier receipt said."""
        edits = Edits(self.content)
        groups = {one.name: one for one in elements(self.content, "*")}
        if not {"authors", "commentList"} <= groups.keys():
            raise PartRefused(f"the notes of {self.sheet_part} have no authors or no list")
        author = groups["authors"].qualified("author").encode()
        edits.append_to(groups["authors"], b"<%s>%s</%s>" % (author, written(AUTHOR), author))
        new = []
        for place, text in texts.items():
            if place in self.found:
                self.add_to(edits, self.found[place], text)
            else:
                new.append(self.comment(groups["commentList"], place, text))
        edits.append_to(groups["commentList"], b"".join(new))
        self.draw(sheet, {place: text for place, text in texts.items() if place not in self.found})
        if self.part:
            self.package.write(self.part, edits.made())
        else:
            self.part = self.package.add("xl/comments.xml", edits.made(), COMMENTS_TYPE)
            self.package.relate(self.sheet_part, "comments", self.part)

    @staticmethod
    def add_to(edits: Edits, note: Note, text: str) -> None:
        run, t = note.element.qualified("r").encode(), note.element.qualified("t").encode()
        said = ("\n" if note.own else "") + signed(text)
        if note.is_ours and note.element.close is not None:
            edits.replace(note.element.end, note.element.close, b"")
            said = note.own + said
        edits.append_to(note.element, b'<%s><%s xml:space="preserve">%s</%s></%s>' % (run, t, written(said), t, run))

    def comment(self, near: Element, place: Place, text: str) -> bytes:
        comment, holder, t = (near.qualified(name).encode() for name in ("comment", "text", "t"))
        return b'<%s ref="%s" authorId="%d"><%s><%s xml:space="preserve">%s</%s></%s></%s>' % (
            comment, name_of(place).encode(), self.our_number, holder, t, written(signed(text)), t, holder, comment,
        )  # fmt: skip

    def draw(self, sheet: Sheet, texts: dict[Place, str]) -> None:
        """Draw the boxes of new notes; a sheet without any note or control gets a drawing of its own."""
        if not texts:
            return
        referred = sheet.parts.get("legacyDrawing")
        part = None
        if referred is not None:
            wanted = referred.attributes.get("r:id")
            part = next((one.target for one in self.package.relations(self.sheet_part) if one.id == wanted), "")
            if not part:
                raise PartRefused(f"{self.sheet_part} refers to a drawing that is not there")
        content = self.package.read(part) if part else NO_SHAPES
        end = content.rindex(b"</xml>")
        first = max([FIRST_SHAPE - 1, *(int(number) for number in SHAPE_NUMBER.findall(content))]) + 1
        new = b"" if b'"_x0000_t202"' in content[:end] else SHAPE_TYPE
        new += b"".join(shape(number, place, text) for number, (place, text) in enumerate(texts.items(), first))
        content = content[:end] + new + content[end:]
        if part:
            self.package.write(part, content)
            return
        part = self.package.add("xl/drawings/notes.vml", content, DRAWING_TYPE)
        sheet.refer_to_notes(self.package.relate(self.sheet_part, "vmlDrawing", part), self.package.relation_base)


def shape(number: int, place: Place, text: str) -> bytes:
    """The box of one note, as high as its text; rows and columns count from 0 here."""
    lines = sum(1 + len(line) // 22 for line in text.splitlines())
    height = min(18 + 14 * lines, 300)
    row, column = place[0] - 1, place[1] - 1
    return SHAPE.format(namespaces=NAMESPACES, number=number, height=height, row=row, column=column).encode()


def signed(text: str) -> str:
    """Our part of a note, no longer than a reader takes."""
    text = SIGN + writable(text)
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1] + "…"
