"""
Small changes in a large XML part, all other bytes left as they are.

A part of an office's workbook may hold anything: extensions we do not know, prefixes that its root names in
`mc:Ignorable`, a million rows. So it is never rebuilt from a tree: expat says where elements stand, and only
the bytes between change.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

# A start tag from its "<"; the part is well-formed, or expat would have refused it.
START_TAG = re.compile(rb"""<[^\s/>]+(?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?>""")
# What XML 1.0 cannot carry.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")


class PartRefused(ValueError):
    """A part that is not what it should be; the message says which and why."""


@dataclass
class Element:
    """
    Where an element stands in its part, in bytes: its start tag from `start` to `end`, its end tag at `close`.

    An empty element `<a/>` has no end tag: `close` is None.
    """

    namespace: str
    name: str
    prefix: str
    attributes: dict[str, str]
    start: int
    end: int
    close: int | None = None
    after: int = 0

    def qualified(self, name: str) -> str:
        """*name* with this element's prefix, for an element of the same namespace beside or below it."""
        return f"{self.prefix}:{name}" if self.prefix else name


@dataclass
class Edits:
    """Replacements of bytes of one part; those at the same place are made in the order in which they came."""

    content: bytes
    changes: list[tuple[int, int, bytes]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: bytes) -> None:
        self.changes.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        self.changes.append((at, at, new))

    def set(self, element: Element, **attributes: str) -> None:
        """Give the start tag of *element* these attributes, over what they were."""
        tag = with_attributes(self.content[element.start : element.end], attributes)
        self.replace(element.start, element.end, tag)

    def append_to(self, element: Element, children: bytes, **attributes: str) -> None:
        """Put *children* last into *element*, whose own start tag gets *attributes*."""
        tag = with_attributes(self.content[element.start : element.end], attributes)
        if element.close is not None:
            if attributes:
                self.replace(element.start, element.end, tag)
            self.insert(element.close, children)
            return
        name = re.match(rb"<([^\s/>]+)", tag)[1]  # type: ignore[index]  # a start tag has a name
        self.replace(element.start, element.end, tag[:-2].rstrip() + b">" + children + b"</" + name + b">")

    def made(self) -> bytes:
        """The part with its changes."""
        pieces, at = [], 0
        for start, end, new in sorted(self.changes, key=lambda change: change[0]):
            pieces += [self.content[at:start], new]
            at = end
        return b"".join([*pieces, self.content[at:]])


def with_attributes(tag: bytes, attributes: dict[str, str]) -> bytes:
    """A start tag with these attributes set."""
    for name, value in attributes.items():
        said = f" {name}={quoteattr(value)}".encode("ascii", "xmlcharrefreplace")
        old = re.search(rb"""\s%s\s*=\s*(?:"[^"]*"|'[^']*')""" % name.encode(), tag)
        head = len(re.match(rb"<[^\s/>]+", tag)[0])  # type: ignore[index]  # a start tag has a name
        start, end = old.span() if old else (head, head)
        tag = tag[:start] + said + tag[end:]
    return tag


def in_utf8(content: bytes) -> bytes:
    """A part in UTF-8, whose bytes can be counted; one in UTF-16 is written anew without its declaration."""
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", content.decode("utf-16")).encode()


def walk(
    content: bytes,
    start: Callable[[Element, int], object],
    end: Callable[[Element, int], object] = lambda element, depth: None,
    wanted: Callable[[int], bool] = lambda depth: True,
) -> None:
    """
    Call *start* and *end* for each element of a part, with its depth (the root's is 1).

    Elements are named without namespace; attributes of a namespace are left out but for `id` of relationships,
    which is named `r:id`. Where *wanted* says no to a depth, the element is passed by, fast.

    Raises:
        PartRefused: No XML, or one with a DOCTYPE: no program writes a workbook so.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.namespace_prefixes = True
    parser.buffer_text = True
    opened: list[Element | None] = []

    def on_start(name: str, attributes: dict[str, str]) -> None:
        if not wanted(len(opened) + 1):
            opened.append(None)
            return
        names = name.split(" ")  # namespace, name and prefix; of these the name alone is always there
        namespace, local, prefix = ("", *names, "") if len(names) == 1 else (*names, "")[:3]
        at = parser.CurrentByteIndex
        tag = START_TAG.match(content, at)
        if tag is None:
            raise PartRefused(f"no start tag at byte {at}: an encoding that is not UTF-8?")
        element = Element(namespace, local, prefix, plain(attributes), at, tag.end())
        opened.append(element)
        start(element, len(opened))

    def on_end(_: str) -> None:
        element = opened.pop()
        if element is None:
            return
        if not content.startswith(b"/>", element.end - 2):
            element.close = parser.CurrentByteIndex
            element.after = content.index(b">", element.close) + 1
        else:
            element.after = element.end
        end(element, len(opened) + 1)

    def on_doctype(*_: object) -> None:
        raise PartRefused("a DOCTYPE in a part of a workbook")

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise PartRefused(f"no XML: {error}") from error


def plain(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by their plain name; of those with a namespace only the id of a relationship."""
    if not any(" " in name for name in attributes):
        return attributes
    found = {name: value for name, value in attributes.items() if " " not in name}
    for name, value in attributes.items():
        uri, _, rest = name.partition(" ")
        if uri.endswith("/relationships") and rest.partition(" ")[0] == "id":
            found["r:id"] = value
    return found


def elements(content: bytes, *path: str) -> Iterator[Element]:
    """The elements below the root that lie under this *path* of names, in order; `*` is any name."""
    found: list[Element] = []
    at: list[str] = []

    def start(element: Element, depth: int) -> None:
        del at[max(depth - 2, 0) :]
        if depth == 1:
            return
        at.append(element.name)
        if len(at) == len(path) and all(one in ("*", name) for one, name in zip(path, at, strict=True)):
            found.append(element)

    walk(content, start)
    return iter(found)


def root_of(content: bytes) -> Element:
    """The root of a part."""
    found: list[Element] = []
    walk(content, lambda element, depth: found.append(element), wanted=lambda depth: depth == 1)
    return found[0]


def whole(text: str | None, otherwise: int) -> int:
    """A number of the markup; *otherwise* where there is none. What is no number is refused, and not quoted."""
    if text is None:
        return otherwise
    if not re.fullmatch("[0-9]{1,9}", text):
        raise PartRefused("no number where one belongs")
    return int(text)


def writable(text: str) -> str:
    """A text without what XML cannot carry."""
    return UNWRITABLE.sub("\ufffd", text)


def neutral(text: str) -> str:
    """A text that no program takes for a formula, also when the sheet is saved as csv; what XML cannot carry goes."""
    text = writable(text)
    return f"'{text}" if text.startswith(FORMULA_LIKE) else text


def written(text: str) -> bytes:
    """A text as XML content for a part in whatever encoding: what is not ASCII is written as its number."""
    return escape(text).encode("ascii", "xmlcharrefreplace")
