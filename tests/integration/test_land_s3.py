"""Landing on an object store: the S3 protocol over loopback, a connection from the environment."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto.server import ThreadedMotoServer

from rollcall.collect.answer import Known
from rollcall.collect.http import Address, session_for
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


@pytest.fixture
def ask_bucket(bucket, tmp_path):
    """Ask the office that has its drop folder in the bucket, once; what it answered, and what lies there then."""

    def ask_bucket():
        office = Office(7, "990100000000", "示例市", "city", None, None, None, True, "", "")
        asker = Asker(Period(2023, 7), Landing(f"file://{tmp_path}"), session_for(1), load_settings())
        answer = asker.ask(office, Address("s3://rollcall_landing@landing/drop", None), Known())
        return answer, {found.key.removeprefix("drop/990100000000/"): found for found in bucket.objects.all()}

    return ask_bucket


def test_a_drop_folder_may_lie_there_too(bucket, ask_bucket):
    """Also where someone made the folder by hand, which an object store keeps as an object of that name."""
    bucket.put_object(Key="drop/990100000000/2023-07/", Body=b"")
    bucket.put_object(Key="drop/990100000000/2023-06/1-regular.xlsx", Body=b"of June")
    bucket.put_object(Key="drop/990100000000/2023-07/1-regular.XLSX", Body=b"abc")
    bucket.put_object(Key="drop/990100000000/2023-07/1-regular.receipt.json", Body=b"{}")
    answer, _ = ask_bucket()
    ((listed, received_at),) = answer.landed
    assert (answer.outcome, listed.filename, listed.bytes) == ("answered", "1-regular.XLSX", 3)
    assert received_at - timedelta(minutes=1) < listed.submitted_at


def test_what_is_not_taken_there_gets_its_receipts_too(bucket, ask_bucket):
    bucket.put_object(Key="drop/990100000000/2023-07/1-regular.xls", Body=b"abc")
    bucket.put_object(Key="drop/990100000000/2023-07/附件/1-regular.xlsx", Body=b"abc")
    bucket.put_object(Key="drop/990100000000/2023-7/1-regular.xlsx", Body=b"abc")
    answer, there = ask_bucket()
    assert (answer.outcome, answer.landed) == ("trouble", [])
    assert all(name in answer.detail for name in ("1-regular.xls ", "附件 is a folder", "2023-7 lies beside"))
    receipts = {key for key in there if key.endswith(".receipt.json")}
    assert receipts == {"2023-07/1-regular.xls.receipt.json", "2023-07/附件.receipt.json", "2023-7.receipt.json"}
    told = json.loads(there["2023-07/1-regular.xls.receipt.json"].get()["Body"].read())
    assert told["outcome"] == "turned_away"
    written = {key: there[key].last_modified for key in receipts}
    _, again = ask_bucket()
    assert {key: again[key].last_modified for key in receipts} == written
