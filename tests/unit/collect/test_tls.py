"""Offices over TLS: a real server on loopback, and CAs that the test makes."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rollcall.collect.answer import Known
from rollcall.collect.http import Address, answered, read_body, session_for
from rollcall.collect.office import Asker
from rollcall.collect.patience import AskAgain
from rollcall.collect.tls import trusting
from rollcall.errors import OfficeUnreachable, SettingMissing
from rollcall.land import Landing
from rollcall.periods import Period
from rollcall.receipts.deliver import Parcel, deliver
from rollcall.receipts.receipt import Judged
from tests.loopback import Reply, play, serving
from tests.unit.collect.conftest import OFFICE

LOOPBACK = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


class Authority:
    """A CA of its own, as a government has one; not known to any system."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.sign(self.name, self.key.public_key(), x509.BasicConstraints(True, None), None)

    def sign(self, name, public_key, constraints, host, days=30):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=60))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(constraints, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if constraints.ca:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        if host is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([host]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def bundle(self, folder):
        """The file that ROLLCALL_CA_BUNDLE names."""
        path = folder / f"{self.certificate.serial_number}.pem"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return str(path)

    def server(self, folder, host=LOOPBACK, days=30):
        """The context of a server whose certificate this CA signed for *host*."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office")])
        certificate = self.sign(name, key.public_key(), x509.BasicConstraints(False, None), host, days)
        path = folder / f"{certificate.serial_number}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@pytest.fixture(scope="module")
def government():
    return Authority("Government CA")


@pytest.fixture
def ask(settings, slept):
    """Ask the office at *server* once as a chunk does, with the CAs of *ca_bundle*."""

    def ask(server, ca_bundle=""):
        ours = replace(settings, ca_bundle=ca_bundle)
        asker = Asker(Period(2023, 7), Landing(ours.landing_url), session_for(2, ours.ca_bundle), ours)
        return asker.ask(OFFICE, Address(f"{server.url}/{OFFICE.code}", "tok"), Known())

    return ask


def test_an_office_of_a_private_ca_is_refused_and_told_what_to_set(government, ask, slept, tmp_path):
    """A second try would not trust it more."""
    with serving(government.server(tmp_path)) as server:
        play(server, OFFICE.code, (b"first", {}))
        answer = ask(server)
        assert server.asked == [], "the token does not go to whoever that is"
    assert (answer.outcome, answer.landed, slept) == ("unreachable", [], [])
    assert "certificate is not trusted" in answer.detail
    assert "ROLLCALL_CA_BUNDLE" in answer.detail


def test_it_is_asked_once_the_setting_names_its_ca(government, ask, tmp_path):
    with serving(government.server(tmp_path)) as server:
        play(server, OFFICE.code, (b"first", {}), (b"second", {}))
        answer = ask(server, government.bundle(tmp_path))
    assert (answer.outcome, answer.detail) == ("answered", None)
    assert [listed.revision for listed, _ in answer.landed] == [1, 2]


@pytest.mark.parametrize("is_set", [True, False])
def test_receipts_go_there_by_the_same_setting(government, settings, tmp_path, slept, is_set):
    moment = datetime.datetime(2023, 8, 3, tzinfo=datetime.UTC)
    judged = Judged(1, 7, "2023-07", 1, "regular", "2023-07.xlsx", "", 1, "", moment, "accepted", None, [], 0)
    with serving(government.server(tmp_path)) as server:
        server.answer("/office/receipts/2023-07/1", Reply(201))
        session = session_for(1, government.bundle(tmp_path) if is_set else "")
        parcel = Parcel(judged, OFFICE.code, b"{}", None)
        if is_set:
            deliver(parcel, Address(f"{server.url}/office", "tok"), session, settings)
        else:
            with pytest.raises(OfficeUnreachable, match="ROLLCALL_CA_BUNDLE"):
                deliver(parcel, Address(f"{server.url}/office", "tok"), session, settings)
        assert len(server.asked) == is_set
    assert slept == []


def test_another_ca_stays_refused(government, ask, tmp_path):
    """Also one that calls itself the same."""
    with serving(Authority("Government CA").server(tmp_path)) as server:
        answer = ask(server, government.bundle(tmp_path))
    assert answer.outcome == "unreachable"
    assert "ROLLCALL_CA_BUNDLE" in answer.detail


@pytest.mark.parametrize(
    "host", [x509.DNSName("elsewhere.example.invalid"), x509.IPAddress(ipaddress.ip_address("10.0.0.1")), None]
)
def test_a_certificate_for_another_host_stays_refused(government, ask, tmp_path, host):
    with serving(government.server(tmp_path, host)) as server:
        answer = ask(server, government.bundle(tmp_path))
    assert answer.outcome == "unreachable"
    assert "certificate is for another host" in answer.detail


def test_a_certificate_that_has_ended_stays_refused_and_is_called_so(government, ask, tmp_path):
    with serving(government.server(tmp_path, days=-1)) as server:
        answer = ask(server, government.bundle(tmp_path))
    assert answer.outcome == "unreachable"
    assert "expired" in answer.detail
    assert "ROLLCALL_CA_BUNDLE" not in answer.detail


def test_certificates_of_the_system_are_trusted_beside_those_of_the_setting(government, tmp_path):
    """One more CA, not one instead of all others."""
    context = trusting(government.bundle(tmp_path))
    trusted = set(context.get_ca_certs(binary_form=True))
    of_certifi = ssl.create_default_context(cafile=certifi.where()).get_ca_certs(binary_form=True)
    assert len(of_certifi) > 100
    assert set(of_certifi) < trusted
    assert government.certificate.public_bytes(serialization.Encoding.DER) in trusted
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_certificates_that_were_installed_on_the_machine_are_trusted_too(government, ask, tmp_path, monkeypatch):
    """OpenSSL's own place of them, which update-ca-certificates fills."""
    monkeypatch.setenv("SSL_CERT_FILE", government.bundle(tmp_path))
    with serving(government.server(tmp_path)) as server:
        play(server, OFFICE.code, (b"first", {}))
        assert ask(server).outcome == "answered"


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\x30\x82 as DER"])
def test_a_bundle_that_is_none_stops_everything_and_is_named(tmp_path, content):
    """Our trouble, not that of the offices behind it."""
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    with pytest.raises(SettingMissing, match=r"ROLLCALL_CA_BUNDLE names .*bundle\.pem"):
        session_for(1, str(bundle))


def test_a_server_that_speaks_no_tls_is_unreachable_and_blames_no_certificate(ask):
    with serving() as server:
        server.scheme = "https"
        answer = ask(server)
    assert answer.outcome == "unreachable"
    assert "ROLLCALL_CA_BUNDLE" not in answer.detail


def test_a_dripping_body_over_tls_is_cut_off(government, settings, tmp_path):
    with serving(government.server(tmp_path)) as server:
        server.answer("/office/file", Reply(body=b"x" * 400, pause=0.05), Reply(body=b"whole"))
        session, address = session_for(1, government.bundle(tmp_path)), Address(f"{server.url}/office", "tok")
        started = time.monotonic()
        with (
            pytest.raises(AskAgain, match="unfinished"),
            answered(session, address, "file", replace(settings, file_seconds=0.3)) as answer,
        ):
            read_body(answer, 1000, 10)
        assert time.monotonic() - started < 5
        with answered(session, address, "file", settings) as answer:
            assert read_body(answer, 1000, 10) == b"whole"


@contextmanager
def dripping_handshake():
    """A port that answers a TLS greeting with the head of a long record, and then a byte now and then."""

    def serve():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
                while not over.wait(0.05):
                    connection.sendall(b"\x00")
            except OSError:
                pass

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join(5)


def test_a_dripping_handshake_is_cut_off(settings):
    with dripping_handshake() as port:
        started = time.monotonic()
        with (
            pytest.raises(OfficeUnreachable),
            answered(
                session_for(1), Address(f"https://127.0.0.1:{port}", "tok"), "f", replace(settings, file_seconds=0.3)
            ),
        ):
            pass
        assert time.monotonic() - started < 3
