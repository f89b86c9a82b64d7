"""The part that names the sheets of a workbook; ours is put first."""

from dataclasses import dataclass

from rollcall.receipts.markup import Edits, elements, root_of, whole, with_attributes
from rollcall.receipts.package import Package

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
LONGEST_NAME = 31


@dataclass(frozen=True)
class Listed:
    """A sheet of the workbook, and the part that holds it."""

    name: str
    part: str


class Book:
    """The workbook's own part."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.content = package.read(package.workbook)
        self.namespace = root_of(self.content).namespace
        parts = {one.id: one.target for one in package.relations(package.workbook) if one.kind.endswith("/worksheet")}
        self.sheets = [
            Listed(one.attributes["name"], parts[one.attributes["r:id"]])
            for one in elements(self.content, "sheets", "sheet")
            if one.attributes.get("r:id") in parts
        ]

    def named(self, name: str, every: bool) -> list[Listed]:
        """The sheet of this name, exactly or else but for blanks around it; *every* one, if asked."""
        alike = [sheet for sheet in self.sheets if sheet.name.strip() == name.strip()]
        if every:
            return alike
        return [sheet for sheet in alike if sheet.name == name][:1] or alike[:1]

    def free_name(self, *wanted: str) -> str:
        """The first of the names *wanted* that no sheet has; after them the last with a number."""
        taken = {one.attributes["name"].strip().lower() for one in elements(self.content, "sheets", "sheet")}
        numbered = (f"{wanted[-1]} {number}" for number in range(2, len(taken) + 3))
        return next(name for name in (*wanted, *numbered) if name.lower() not in taken)[:LONGEST_NAME]

    def put_first(self, name: str, sheet: bytes) -> None:
        """
        Add *sheet* before all others, and open the workbook on it.

        What counts sheets by their place (print areas, the sheet that was open) counts one more.
        """
        part = self.package.add("xl/worksheets/receipt.xml", sheet, SHEET_TYPE)
        relation = self.package.relate(self.package.workbook, "worksheet", part)
        edits = Edits(self.content)
        listed = list(elements(self.content, "sheets", "sheet"))
        number = 1 + max(whole(one.attributes.get("sheetId"), 0) for one in listed)
        tag = f'<{listed[0].qualified("sheet")} xmlns:r="{self.package.relation_base}"/>'.encode()
        tag = with_attributes(tag, {"name": name, "sheetId": str(number), "r:id": relation})
        edits.insert(listed[0].start, tag)
        for view in elements(self.content, "bookViews", "workbookView"):
            edits.set(view, activeTab="0", firstSheet="0")
        for defined in elements(self.content, "definedNames", "definedName"):
            if place := defined.attributes.get("localSheetId"):
                edits.set(defined, localSheetId=str(whole(place, 0) + 1))
        self.package.write(self.package.workbook, edits.made())
