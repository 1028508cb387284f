#!/usr/bin/env python3
"""Copies the certificates that the Key Vault extension stored for root to where the node's tasks may read them."""
import argparse
import os
import re
import sys
import time
from pathlib import Path


def stored_certificates(store, name):
    """The complete `<name>.<version>` files of the store; one that is still being written comes with a later call."""
    # In either order: the extension promises its own for certificates of Key Vault, ours is a secret.
    marks = [re.compile(rb"-----END CERTIFICATE-----"), re.compile(rb"-----END [A-Z ]*PRIVATE KEY-----")]
    found = {}
    # Secret versions are letters and digits; other names, the extension's links and its drafts are none of ours.
    for path in store.glob(name + ".*"):
        if re.fullmatch(r"[0-9A-Za-z]+", path.name[len(name) + 1 :]) and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if all(mark.search(content) for mark in marks):
                found[path.name] = content
    return found


def newest(store, name, found):
    """The extension links `<name>` to its newest version; without the link it is the file that came last."""
    linked = os.path.basename(os.path.realpath(store / name))
    return linked if linked in found else max(found, key=lambda file: ((store / file).stat().st_mtime, file))


def write_file(path, content, group):
    draft = path.with_name("." + path.name)
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    os.chown(draft, -1, group)
    draft.chmod(0o640)
    draft.replace(path)


def share(store, name, home, group):
    """Returns how many certificates are shared. Copies stay as they are while the store holds none: that is an
    extension at work, not a certificate withdrawn."""
    found = stored_certificates(store, name) if store.is_dir() else {}
    if not found:
        return 0
    directory = home / "certificates"
    directory.mkdir(mode=0o750, parents=True, exist_ok=True)
    os.chown(directory, -1, group)
    directory.chmod(0o750)
    for file, content in found.items():
        write_file(directory / file, content, group)
    link = home / ".certificate.pem"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("certificates") / newest(store, name, found))
    link.replace(home / "certificate.pem")
    for path in directory.iterdir():
        if path.name not in found:
            path.unlink()
    return len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True, help="the extension's directory")
    parser.add_argument("--name", required=True, help="<vault>.<secret>, how its file names begin")
    parser.add_argument("--home", type=Path, required=True, help="gets certificates/ and certificate.pem")
    parser.add_argument("--group-of", type=Path, required=True, help="a directory of the group of all task users")
    parser.add_argument("--wait-seconds", type=float, default=0, help="how long to wait for the first certificate")
    options = parser.parse_args()
    group = options.group_of.stat().st_gid
    deadline = time.monotonic() + options.wait_seconds
    while not share(options.store, options.name, options.home, group):
        if time.monotonic() >= deadline:
            sys.exit(
                f"share-certificates: found no certificate {options.name}.<version> in {options.store} "
                f"after {options.wait_seconds:g} seconds, expected the Key Vault extension to store one"
            )
        time.sleep(min(2, options.wait_seconds))


main()
