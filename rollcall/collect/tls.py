"""Whose certificates are trusted, and what is said of one that is not."""

import ssl

import certifi
from urllib3.util.ssl_ import create_urllib3_context

from rollcall.errors import SettingMissing

# What OpenSSL calls them: X509_V_ERR_HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH; _UNABLE_TO_GET_ISSUER_CERT,
# _DEPTH_ZERO_SELF_SIGNED_CERT, _SELF_SIGNED_CERT_IN_CHAIN, _UNABLE_TO_GET_ISSUER_CERT_LOCALLY, _UNABLE_TO_VERIFY_LEAF.
WRONG_HOST = {62, 64}
UNKNOWN_ISSUER = {2, 18, 19, 20, 21}


def trusting(ca_bundle: str) -> ssl.SSLContext:
    """
    A context that verifies against the system's certificates and certifi's, and those in the file *ca_bundle*.

    Raises SettingMissing where that file is not there, or holds no certificate.
    """
    context = create_urllib3_context()
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    if ca_bundle:
        try:
            context.load_verify_locations(ca_bundle)
        except OSError as error:  # ssl.SSLError is one
            raise SettingMissing(
                f"ROLLCALL_CA_BUNDLE names {ca_bundle}, which is no readable file of certificates (PEM): "
                f"{error.strerror or error}: correct it in .env"
            ) from error
    return context


def distrust(error: BaseException) -> str | None:
    """What a certificate that was refused lacks, and what to do; None where *error* is of another kind."""
    refused = certificate_error(error)
    if refused is None:
        return None
    if refused.verify_code in WRONG_HOST:
        return f"its certificate is for another host ({refused.verify_message}): correct its endpoint, or have it do so"
    if refused.verify_code not in UNKNOWN_ISSUER:
        return f"its certificate is not trusted ({refused.verify_message})"
    return (
        f"its certificate is not trusted ({refused.verify_message}): if a CA of its own signed it, "
        "name the file with that CA's certificate in ROLLCALL_CA_BUNDLE"
    )


def certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The refusal that *error* was raised for; requests and urllib3 wrap it in several of their own."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        seen.add(id(error))
        inner = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
        error = next((one for one in inner if isinstance(one, BaseException)), None)
    return None
