"""Prints one secret of the vault, read as the Entra application with a certificate of this node, or as its pool's identity."""
import argparse
import json
import logging
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.identity import CertificateCredential, ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes

# Entra does not know the certificate. Right after a rotation that is true of the newest one, for a minute or so.
UNKNOWN_CERTIFICATE = "AADSTS700027"


class Problem(Exception):
    """Told to the user as one line."""


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise Problem(f"{name} is not set: expected the environment that the stack's output taskEnvironment gives for this pool")
    return value


def name_parts(name):
    return {(attribute.oid, attribute.value) for attribute in name}


def wanted_subject():
    text = setting("CERTIFICATE_SUBJECT")
    try:
        # RFC 4514 has no blanks after commas, other writers do.
        return name_parts(x509.Name.from_rfc4514_string(text.replace(", ", ",")))
    except ValueError:
        raise Problem(f"CERTIFICATE_SUBJECT: found {text}, expected a distinguished name such as CN=batch-keyvault") from None


def unfitness(certificate, subject, now):
    """Why a certificate cannot be used now, or None."""
    if not subject <= name_parts(certificate.subject):
        return f"subject {certificate.subject.rfc4514_string()}"
    if now < certificate.not_valid_before_utc:
        return f"not valid before {certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}"
    if now >= certificate.not_valid_after_utc:
        return f"expired {certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}"
    return None


def candidates():
    """The certificates with the wanted subject that are valid now, newest first, each with its file."""
    subject, directory, now = wanted_subject(), Path(setting("CERTIFICATE_DIRECTORY")), datetime.now(timezone.utc)
    fit, unfit = [], []
    try:
        files = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise Problem(f"cannot read the certificates: {error}") from None
    for path in files:
        try:
            certificate = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError) as error:
            unfit.append(f"{path.name}: {error}")
            continue
        reason = unfitness(certificate, subject, now)
        if reason:
            unfit.append(f"{path.name}: {reason}")
        else:
            fit.append((certificate, path))
    if not fit:
        raise Problem(
            f"no valid certificate in {directory}: found {'; '.join(unfit) or 'none'}, "
            f"expected subject {setting('CERTIFICATE_SUBJECT')}"
        )
    return sorted(fit, key=lambda pair: pair[0].not_valid_before_utc, reverse=True)


def sign_ins():
    """Credentials, the best first, each with what --check tells about it."""
    access, client = os.environ.get("BATCH_KEYVAULT_ACCESS") or "certificate", setting("AZURE_CLIENT_ID")
    if access == "managedIdentity":
        yield ManagedIdentityCredential(client_id=client), {"certificate": None, "identity": {"clientId": client}}
    elif access == "certificate":
        for certificate, path in candidates():
            about = {
                "thumbprint": certificate.fingerprint(hashes.SHA1()).hex().upper(),
                "subject": certificate.subject.rfc4514_string(),
                "notAfter": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
            }
            yield CertificateCredential(setting("AZURE_TENANT_ID"), client, str(path)), {"certificate": about}
    else:
        raise Problem(f"BATCH_KEYVAULT_ACCESS: found {access}, expected certificate or managedIdentity")


def read_secret(name):
    """The secret, and what to tell about the credential that opened it."""
    vault, refusal = setting("KEY_VAULT_URI"), None
    for credential, about in sign_ins():
        with credential, SecretClient(vault, credential) as secrets:
            try:
                return secrets.get_secret(name), about
            except ClientAuthenticationError as error:
                if UNKNOWN_CERTIFICATE not in str(error):
                    raise
                refusal = error
    raise refusal


def error_line(error):
    """One line that has the code of Entra, the instance metadata service or the vault in it."""
    details = getattr(error, "error", None)
    if details is None or not details.code:
        return " ".join(str(error).split())
    inner = (details.innererror or {}).get("code")
    return " ".join(f"{details.code}{f' ({inner})' if inner else ''}: {details.message}".split())


def main():
    parser = argparse.ArgumentParser(prog="get-secret", description=__doc__)
    parser.add_argument("name", help="the secret's name in the vault")
    parser.add_argument("--check", action="store_true", help="print a line about the secret and the sign-in instead of the value")
    options = parser.parse_args()
    # The libraries log what they also raise, and it would be told twice.
    logging.disable()
    try:
        secret, about = read_secret(options.name)
    except (Problem, AzureError, ValueError) as error:
        sys.exit(f"get-secret: {error_line(error)}")
    if not options.check:
        # Nothing but the value, not even a line's end.
        sys.stdout.buffer.write(secret.value.encode())
        return
    version = secret.properties.version
    print(json.dumps({"secret": secret.name, "version": version, "length": len(secret.value), **about}))


if __name__ == "__main__":
    main()
