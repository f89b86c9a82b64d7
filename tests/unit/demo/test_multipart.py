"""Forms: what requests sends is read, and anything crooked is refused."""

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from demo.multipart import BadMultipart, read_multipart


def form(files):
    prepared = requests.Request("PUT", "http://office/", files=files).prepare()
    return prepared.headers["Content-Type"], prepared.body


@given(st.lists(st.binary(), min_size=1, max_size=5))
def test_any_bytes_arrive_as_they_were_sent(contents):
    """Workbooks are binary: line ends, dashes and zeros inside them are theirs."""
    files = [(f"part{index}", (f"{index}.bin", content)) for index, content in enumerate(contents)]
    parts = read_multipart(*form(files))
    assert [part.content for part in parts] == contents
    assert [(part.name, part.filename) for part in parts] == [(name, file[0]) for name, file in files]


def test_a_field_without_a_file_name_is_read():
    content_type, body = form({"receipt.json": (None, b"{}")})
    (part,) = read_multipart(content_type, body)
    assert (part.name, part.filename, part.content) == ("receipt.json", "", b"{}")


RIGHT = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'


def test_a_right_body_is_read():
    assert read_multipart("multipart/form-data; boundary=b", RIGHT)[0].content == b"x"
    assert read_multipart('multipart/form-data; charset=utf-8; boundary="b"', RIGHT)[0].content == b"x"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", RIGHT),
        ("multipart/form-data", RIGHT),
        ("multipart/form-data; boundary=other", RIGHT),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", RIGHT[:-6]),
        ("multipart/form-data; boundary=b", b"before\r\n" + RIGHT),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", RIGHT.replace(b"name=", b"nom=")),
        ("multipart/form-data; boundary=b", RIGHT.replace(b'"a"\r\n\r\n', b'"a"\r\n')),
        ("multipart/form-data; boundary=b", RIGHT.replace(b"Content", b"\xff\xfe")),
        ("multipart/form-data; boundary=b", RIGHT[:-7] * 11 + b"\r\n--b--\r\n"),
    ],
)
def test_refuses_what_is_not_a_form(content_type, body):
    with pytest.raises(BadMultipart):
        read_multipart(content_type, body)
