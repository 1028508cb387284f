#!/usr/bin/env python3
"""Copies the node's certificates to where its tasks may read them: those that the Key Vault extension or Batch stored."""
import argparse
import os
import re
import sys
import time
from pathlib import Path


def fail(message):
    sys.exit(f"share-certificates: {message}")


def of_extension(link):
    """Rank, name and content of the complete `<link>.<version>` files; a half-written one comes with a later call."""
    # In either order: the extension promises its own for certificates of Key Vault, ours is a secret.
    marks = [re.compile(rb"-----END CERTIFICATE-----"), re.compile(rb"-----END [A-Z ]*PRIVATE KEY-----")]
    linked = link.resolve().name
    found = []
    # Secret versions are letters and digits; other names, the extension's links and its drafts are none of ours.
    for path in link.parent.glob(link.name + ".*"):
        if re.fullmatch(r"[0-9A-Za-z]+", path.name[len(link.name) + 1 :]) and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if all(mark.search(content) for mark in marks):
                # The link leads to the newest version; without it that is the file that came last.
                found.append(((path.name == linked, path.stat().st_mtime), path.name, content))
    return found


def wait_for_extension(link, seconds):
    """Copies stay as they are while the store holds none: that is an extension at work, not a certificate withdrawn."""
    deadline = time.monotonic() + seconds
    while not (found := of_extension(link)):
        if time.monotonic() >= deadline:
            fail(
                f"found no certificate {link.name}.<version> in {link.parent} after {seconds:g} seconds, "
                "expected the Key Vault extension to store one"
            )
        time.sleep(min(2, seconds))
    return found


def of_batch(directory):
    """Rank, name and content, as PEM, of the PKCS#12 files that Batch stored, each beside its password."""
    # Only here: the extension's way does without the node's own packages.
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

    found = []
    for path in directory.glob("sha1-*.pfx"):
        password = path.with_name(path.name + ".pw")
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), password.read_bytes().rstrip(b"\r\n"))
            if not key or not certificate:
                raise ValueError("found no private key")
        except OSError as error:
            fail(f"{error.filename}: {error.strerror}, expected Batch to store it")
        except ValueError as error:
            fail(f"{path}: {error}, expected a certificate and its key, opened by {password.name}")
        pem = certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        found.append((certificate.not_valid_before_utc, path.stem + ".pem", pem))
    if not found:
        fail(f"found no sha1-<thumbprint>.pfx in {directory}, expected Batch to store them there")
    return found


def write_file(path, content, group):
    draft = path.with_name("." + path.name)
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    os.chown(draft, -1, group)
    draft.chmod(0o640)
    draft.replace(path)


def share(found, home, group):
    """Leaves `found` and nothing else in `home`/certificates, and a link to the last in rank."""
    files = {name: content for _, name, content in sorted(found)}
    directory = home / "certificates"
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    os.chown(directory, -1, group)
    directory.chmod(0o750)
    for name, content in files.items():
        write_file(directory / name, content, group)
    link = home / ".certificate.pem"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("certificates") / list(files)[-1])
    link.replace(home / "certificate.pem")
    for path in directory.iterdir():
        if path.name not in files:
            path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--extension", type=Path, help="the extension's link to its newest file: <store>/<vault>.<secret>")
    source.add_argument("--batch", type=Path, help="Batch's directory of certificates")
    parser.add_argument("--home", type=Path, required=True, help="gets certificates/ and certificate.pem")
    parser.add_argument("--group-of", type=Path, required=True, help="a directory of the group of all task users")
    parser.add_argument("--wait-seconds", type=float, default=0, help="how long the extension may take")
    options = parser.parse_args()
    found = of_batch(options.batch) if options.batch else wait_for_extension(options.extension, options.wait_seconds)
    share(found, options.home, options.group_of.stat().st_gid)


main()
