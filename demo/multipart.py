"""Read a multipart/form-data body strictly: what does not follow RFC 7578 is refused, never repaired."""

import re
from dataclasses import dataclass

BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([!-~]{1,70}?))(?:;|$)')
PARAMETER = re.compile(r'\b(name|filename)="([^"\r\n]*)"')
MOST_PARTS = 10


class BadMultipart(ValueError):
    """The body is not what its Content-Type says. The request is refused with 400."""


@dataclass(frozen=True)
class Part:
    """One part of a form. `filename` is what the sender claims, never to be used as a path."""

    name: str
    filename: str
    content: bytes


def read_multipart(content_type: str, body: bytes) -> list[Part]:
    """The parts of *body*, in order. Raises BadMultipart."""
    kind, _, parameters = content_type.partition(";")
    found = BOUNDARY.search(parameters.strip())
    if kind.strip().lower() != "multipart/form-data" or not found:
        raise BadMultipart(f"Content-Type is {content_type!r}, not multipart/form-data with a boundary")
    delimiter = b"\r\n--" + (found[1] or found[2]).encode()
    # The first delimiter opens the body, where no line end comes before it.
    preamble, *chunks = (b"\r\n" + body).split(delimiter)
    if len(chunks) < 2 or preamble.strip() or chunks.pop().strip() != b"--":
        raise BadMultipart("the body does not begin and end with its boundary")
    if len(chunks) > MOST_PARTS:
        raise BadMultipart(f"{len(chunks)} parts, at most {MOST_PARTS} are read")
    return [read_part(chunk) for chunk in chunks]


def read_part(chunk: bytes) -> Part:
    """One part between two delimiters: headers, an empty line, content."""
    head, separator, content = chunk.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"\r\n"):
        raise BadMultipart("a part without an empty line after its headers")
    try:
        lines = head.decode("utf-8").split("\r\n")[1:]
    except UnicodeDecodeError as error:
        raise BadMultipart("the headers of a part are not UTF-8") from error
    for line in lines:
        if line.lower().startswith("content-disposition:"):
            parameters = dict(PARAMETER.findall(line))
            if "name" in parameters:
                return Part(parameters["name"], parameters.get("filename", ""), content)
    raise BadMultipart("a part without a name in Content-Disposition")
