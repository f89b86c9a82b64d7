"""Landing on an object store: the S3 protocol over loopback, a connection from the environment."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto.server import ThreadedMotoServer

from rollcall.collect.dropfolder import list_folder
from rollcall.collect.http import Address, session_for
from rollcall.collect.answer import Known
from rollcall.collect.office import Asker
from rollcall.errors import LandingCorrupt
from rollcall.land import Landing
from rollcall.offices import Office
from rollcall.periods import Period
from rollcall.settings import load_settings
from tests.conftest import free_port

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "cn-north-1"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch):
    """A bucket, and the Airflow connection that a landing URL names before its `@`."""
    extra = {"endpoint_url": endpoint, "region_name": KEYS["region_name"]}
    monkeypatch.setenv(
        "AIRFLOW_CONN_ROLLCALL_LANDING",
        json.dumps({"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}),
    )
    made = boto3.resource("s3", endpoint_url=endpoint, **KEYS).Bucket("landing")
    made.create(CreateBucketConfiguration={"LocationConstraint": KEYS["region_name"]})
    yield made
    made.objects.delete()
    made.delete()


@pytest.fixture
def landing(bucket):
    return Landing("s3://rollcall_landing@landing/files")


def test_lands_under_the_digest_and_gives_back_the_bytes(landing, bucket):
    digests = [landing.put(content) for content in (b"", b"abc", b"x" * 3_000_000)]
    assert [len(landing.get(digest)) for digest in digests] == [0, 3, 3_000_000]
    assert {found.key for found in bucket.objects.all()} == {f"files/{digest[:2]}/{digest}" for digest in digests}


def test_the_same_bytes_again_change_nothing_also_from_threads(landing, bucket):
    landing.put(b"abc")
    (before,) = [found.last_modified for found in bucket.objects.all()]
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(landing.put, [b"abc"] * 16))) == 1
    assert [found.last_modified for found in bucket.objects.all()] == [before]


def test_what_is_not_those_bytes_or_not_there_is_never_read(landing, bucket):
    digest = landing.put(b"abc")
    bucket.put_object(Key=f"files/{digest[:2]}/{digest}", Body=b"abd")
    with pytest.raises(LandingCorrupt, match="digest"):
        landing.get(digest)
    with pytest.raises(LandingCorrupt, match="is gone"):
        landing.get("0" * 64)


def test_a_store_that_does_not_answer_is_the_offices_trouble_or_ours(monkeypatch, bucket, tmp_path):
    """One office's bucket must not fail the chunk; ours must, or its files would be lost."""
    gone = {"endpoint_url": f"http://127.0.0.1:{free_port()}", "config_kwargs": {"retries": {"max_attempts": 0}}}
    connection = {"conn_type": "aws", "login": "key", "password": "secret", "extra": gone}
    monkeypatch.setenv("AIRFLOW_CONN_GONE", json.dumps(connection))
    office = Office(7, "990000000000", "示例省", "province", None, None, None, True, "", "")
    asker = Asker(Period(2023, 7), Landing(f"file://{tmp_path}"), session_for(1), load_settings())
    answer = asker.ask(office, Address("s3://gone@landing/drop", None), Known())
    assert (answer.outcome, answer.landed) == ("unreachable", [])
    assert "EndpointConnectionError" in answer.detail
    with pytest.raises(EndpointConnectionError):
        Landing("s3://gone@landing/files").put(b"abc")


def test_a_drop_folder_may_lie_there_too(bucket):
    bucket.put_object(Key="drop/990100000000/2023-07/1-regular.xlsx", Body=b"abc")
    bucket.put_object(Key="drop/990100000000/2023-07/1-regular.receipt.json", Body=b"{}")
    (file,) = list_folder("s3://rollcall_landing@landing/drop", "990100000000", Period(2023, 7))
    assert (file.listed.filename, file.size, file.path.read_bytes()) == ("1-regular.xlsx", 3, b"abc")
    assert file.listed.submitted_at.tzinfo is not None
