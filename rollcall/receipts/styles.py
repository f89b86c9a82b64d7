"""Cell formats: each one that is to be marked gets a twin with another fill; and those of our own first sheet."""

from enum import IntEnum

from rollcall.receipts.markup import Edits, Element, PartRefused, elements, with_attributes
from rollcall.receipts.package import Package

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
# The light red, yellow and blue that spreadsheets themselves offer for "bad", "neutral" and "note".
FILLS = {"critical": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
SEVERITIES = list(FILLS)
GREY = "FFE7E6E6"  # heads of tables
NO_FILL = 0  # the first fill of every workbook
MINIMAL = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font>'
    b'<sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/>'
    b'</fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/>'
    b'<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"'
    b' borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    b' xfId="0"/></cellXfs></styleSheet>'
)
OUR_FONTS = (
    '<{b}/><{sz} val="16"/>',
    '<{b}/><{sz} val="11"/>',
    '<{u}/><{sz} val="11"/><{color} rgb="FF0563C1"/>',
    '<{sz} val="11"/>',
)


class Look(IntEnum):
    """The formats of our first sheet, in the order in which they are added."""

    TITLE = 0
    BOLD = 1
    LINK = 2
    TEXT = 3
    HEAD = 4
    CRITICAL = 5
    WARNING = 6
    INFO = 7


class Styles:
    """The part that holds the formats of a workbook, read once and written once."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.related(package.workbook, "styles") or ""
        if not self.part:
            self.part = package.add("xl/styles.xml", MINIMAL, CONTENT_TYPE)
            package.relate(package.workbook, "styles", self.part)
        self.content = package.read(self.part)
        groups = {one.name: one for one in elements(self.content, "*")}
        if missing := {"fonts", "fills", "cellXfs"} - groups.keys():
            raise PartRefused(f"{self.part} has no {', '.join(sorted(missing))}")
        self.fonts, self.fills, self.formats = groups["fonts"], groups["fills"], groups["cellXfs"]
        self.font_count, self.fill_count = (
            self.count(name, one) for name, one in (("fonts", "font"), ("fills", "fill"))
        )
        self.old = [self.content[one.start : one.after] for one in elements(self.content, "cellXfs", "xf")]
        self.new: list[bytes] = []
        self.twins: dict[tuple[int, str | None], int] = {}
        self.first_look = self.add_looks()

    def count(self, group: str, one: str) -> int:
        return sum(1 for _ in elements(self.content, group, one))

    def painted(self, style: int, severity: str | None) -> int:
        """The format that looks like number *style* but for its fill: that of *severity*, or with None no fill."""
        key = (style, severity)
        if key not in self.twins:
            fill = NO_FILL if severity is None else self.fill_count + SEVERITIES.index(severity)
            source = self.old[style] if style < len(self.old) else self.bare()
            tag = source[: source.index(b">") + 1]
            self.twins[key] = self.append(
                with_attributes(tag, {"fillId": str(fill), "applyFill": "1"}) + source[len(tag) :]
            )
        return self.twins[key]

    def append(self, one: bytes) -> int:
        self.new.append(one)
        return len(self.old) + len(self.new) - 1

    def bare(self) -> bytes:
        return f'<{self.formats.qualified("xf")} numFmtId="0" fontId="0" fillId="0" borderId="0"/>'.encode()

    def add_looks(self) -> int:
        """The formats of our first sheet; returns the number of the first. All are texts that stay texts."""
        xf, alignment = self.formats.qualified("xf"), self.formats.qualified("alignment")
        fonts = {Look.TITLE: 0, Look.BOLD: 1, Look.HEAD: 1, Look.LINK: 2}
        fills = {Look.CRITICAL: 0, Look.WARNING: 1, Look.INFO: 2, Look.HEAD: 3}
        numbers = []
        for look in Look:
            font = self.font_count + fonts.get(look, 3)
            fill = self.fill_count + fills[look] if look in fills else NO_FILL
            wrap = f'horizontal="left" vertical="top" wrapText="{int(look is not Look.TITLE)}"'
            shape = f'numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0"'
            applied = 'applyFont="1" applyFill="1" applyAlignment="1" quotePrefix="1"'
            numbers.append(self.append(f"<{xf} {shape} {applied}><{alignment} {wrap}/></{xf}>".encode()))
        return numbers[0]

    def look(self, look: Look) -> int:
        """The number of one of our own formats."""
        return self.first_look + look

    def save(self) -> None:
        """Write the part with all that was asked for."""
        edits = Edits(self.content)
        named = {name: self.fonts.qualified(name) for name in ("b", "u", "sz", "color")}
        font, name = self.fonts.qualified("font"), self.fonts.qualified("name")
        fonts = [f'<{font}>{one.format(**named)}<{name} val="宋体"/></{font}>' for one in OUR_FONTS]
        fill, pattern = self.fills.qualified("fill"), self.fills.qualified("patternFill")
        front, back = self.fills.qualified("fgColor"), self.fills.qualified("bgColor")
        fills = [
            f'<{fill}><{pattern} patternType="solid"><{front} rgb="{colour}"/><{back} indexed="64"/></{pattern}>'
            f"</{fill}>"
            for colour in (*FILLS.values(), GREY)
        ]
        self.extend(edits, self.fonts, self.font_count, [one.encode("ascii", "xmlcharrefreplace") for one in fonts])
        self.extend(edits, self.fills, self.fill_count, [one.encode() for one in fills])
        self.extend(edits, self.formats, len(self.old), self.new)
        self.package.write(self.part, edits.made())

    @staticmethod
    def extend(edits: Edits, group: Element, count: int, new: list[bytes]) -> None:
        edits.append_to(group, b"".join(new), count=str(count + len(new)))
