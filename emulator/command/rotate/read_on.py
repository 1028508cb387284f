"""Reads a secret over and over as the node's get-secret does, and prints a line of JSON about each sign-in and its reads.

Arguments: the secret's name, reads a second, and how many different certificates to see before it ends.
"""
import json
import logging
import os
import sys
import time
from collections import Counter
from datetime import datetime, timezone

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ["BATCH_KEYVAULT_HOME"], "bin"))
import get_secret

NAME, READS_PER_SECOND, CERTIFICATES = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
SECONDS_PER_SIGN_IN = 1
SIGN_INS_WITH_THE_LAST = 2

reads, failures, due = 0, Counter(), time.monotonic()


def wait_for_turn():
    """Time that was lost, to a sign-in say, is made good, a second of it at most."""
    global due
    due = max(due + 1 / READS_PER_SECOND, time.monotonic() - 1)
    time.sleep(max(0, due - time.monotonic()))


def note(error):
    failures[get_secret.error_line(error)] += 1


class ReadingOn(get_secret.SecretClient):
    """Reads on with the token that get-secret's own read has got, until it is time to sign in anew."""

    def get_secret(self, name, **options):
        global reads
        end = time.monotonic() + SECONDS_PER_SIGN_IN
        secret = super().get_secret(name, **options)
        reads += 1
        while time.monotonic() < end:
            wait_for_turn()
            try:
                super().get_secret(name, **options)
                reads += 1
            except get_secret.AzureError as error:
                note(error)
        return secret


def sign_in():
    """One sign-in by get-secret's rules, with all that follows. The thumbprint of its certificate, or None where it failed."""
    wait_for_turn()
    try:
        return get_secret.read_secret(NAME)[1]["certificate"]["thumbprint"]
    except (get_secret.Problem, get_secret.AzureError, ValueError) as error:
        note(error)


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


logging.disable()
get_secret.SecretClient = ReadingOn
seen, left = set(), SIGN_INS_WITH_THE_LAST
while left:
    reads, failures, begin = 0, Counter(), now()
    certificate = sign_in()
    print(json.dumps({"certificate": certificate, "from": begin, "until": now(), "reads": reads, "failures": failures}), flush=True)
    seen.add(certificate)
    if len(seen - {None}) >= CERTIFICATES:
        left -= 1
