#!/bin/bash
# Prepares a Linux node for tasks that read Key Vault secrets; run elevated, any number of times.
set -euo pipefail
umask 022

# How long the Key Vault extension may take to bring the first certificate.
certificate_wait_seconds=${CERTIFICATE_WAIT_SECONDS:-600}
# How long apt-get may be kept from its work, as by the machine's own update after its first start.
package_wait_seconds=${PACKAGE_WAIT_SECONDS:-300}

fail() {
  echo "start task: $*" >&2
  exit 1
}

# The setting that says where certificates come from, if any do: the Key Vault extension's, or Batch's own without that.
case ${BATCH_KEYVAULT_ACCESS:-certificate} in
  managedIdentity) source= ;;
  certificate) if [[ -n ${CERTIFICATE_STORE-} ]]; then source=CERTIFICATE_STORE; else source=AZ_BATCH_CERTIFICATES_DIR; fi ;;
  *) fail "BATCH_KEYVAULT_ACCESS: found '$BATCH_KEYVAULT_ACCESS', expected certificate or managedIdentity" ;;
esac
# An empty home would make the machine's own /bin ours.
for name in BATCH_KEYVAULT_HOME AZ_BATCH_NODE_SHARED_DIR $source; do
  [[ ${!name-} == /* ]] || fail "$name: found '${!name-}', expected an absolute path"
done
[[ $source != CERTIFICATE_STORE ]] || : "${CERTIFICATE_NAME:?expected <vault>.<secret>}"
home=$BATCH_KEYVAULT_HOME

# write_file NAME MODE TEXT: a reader finds the whole old text or the whole new one.
write_file() {
  printf '%s' "$3" >"$home/$1.new"
  chmod "$2" "$home/$1.new"
  mv -f "$home/$1.new" "$home/$1"
}

install_files() {
  mkdir -p "$home/bin"
  write_file requirements.txt 644 "$BATCH_KEYVAULT_FILE_REQUIREMENTS_TXT"
  write_file bin/get_secret.py 644 "$BATCH_KEYVAULT_FILE_GET_SECRET_PY"
  write_file bin/share-certificates 755 "$BATCH_KEYVAULT_FILE_SHARE_CERTIFICATES_PY"
  # A file of its own, since the kernel does not take a long path in a script's first line. -I keeps a task's PYTHON* settings out.
  # shellcheck disable=SC2016 # The command's own variables.
  write_file bin/get-secret 755 '#!/bin/sh
bin=$(dirname "$0")
exec "$bin/../venv/bin/python" -I "$bin/get_secret.py" "$@"
'
}

can_make_venv() {
  # Debian's python3 has venv without ensurepip, so that making one fails half-way.
  python3 -c 'import ensurepip, venv' >/dev/null 2>&1
}

install_python() {
  local installer
  can_make_venv && return
  if command -v apt-get >/dev/null; then
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q) deadline=$((SECONDS + package_wait_seconds))
    # apt-get's own wait is for dpkg's lock alone, not for that of the package lists.
    until "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends python3-venv; do
      ((SECONDS < deadline)) || fail "apt-get could not install python3-venv in $package_wait_seconds seconds"
      sleep 5
    done
  elif installer=$(command -v tdnf || command -v dnf); then
    "$installer" install -y python3 python3-pip || fail "$installer could not install python3 and python3-pip"
  fi
  can_make_venv || fail "python3 -m venv cannot work here: found no ensurepip, expected a complete Python 3.10 or newer"
}

# Whether the machine's pip runs, and knows --python: from 22.3 on.
can_install_elsewhere() {
  local said
  said=$(python3 -I -m pip --version 2>/dev/null) || return
  [[ $said =~ ^pip\ ([0-9]+)\.([0-9]+) ]] && ((10#${BASH_REMATCH[1]} * 100 + 10#${BASH_REMATCH[2]} >= 2203))
}

install_packages() {
  local wanted installed=''
  # Another Python needs other wheels, so its version belongs to what is compared.
  wanted=$(python3 - "$home/requirements.txt" <<'PYTHON'
import hashlib, sys
if sys.version_info < (3, 10):
    sys.exit("start task: found Python %d.%d, expected 3.10 or newer" % sys.version_info[:2])
print("%d.%d" % sys.version_info[:2], hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())
PYTHON
  )
  [[ -f $home/venv/installed ]] && installed=$(<"$home/venv/installed")
  [[ $installed == "$wanted" ]] && return
  rm -rf "$home/venv"
  local pip=("$home/venv/bin/python" -m pip)
  if can_install_elsewhere; then
    # A pip in the environment would double the time.
    python3 -m venv --without-pip "$home/venv"
    pip=(python3 -I -m pip --python "$home/venv/bin/python")
  else
    python3 -m venv "$home/venv"
  fi
  "${pip[@]}" install --quiet --no-input --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement "$home/requirements.txt"
  # Written last: an interrupted run is made good by the next one.
  echo "$wanted" >"$home/venv/installed"
}

# Later versions are shared as soon as the extension has stored them. The unit goes with the machine's next restart,
# which runs the start task again.
watch_store() {
  local unit=batch-keyvault-certificates reason='no systemd-run here'
  systemctl is-active --quiet "$unit.path" 2>/dev/null && return
  command -v systemd-run >/dev/null &&
    reason=$(systemd-run --unit="$unit" --path-property=PathChanged="$CERTIFICATE_STORE" "$@" 2>&1) && return
  echo "start task: cannot watch $CERTIFICATE_STORE ($reason): later certificates are shared when the start task runs again"
}

share_certificates() {
  local share=("$home/bin/share-certificates" --home "$home" --group-of "$AZ_BATCH_NODE_SHARED_DIR")
  if [[ $source == CERTIFICATE_STORE ]]; then
    share+=(--extension "$CERTIFICATE_STORE/$CERTIFICATE_NAME")
    "${share[@]}" --wait-seconds "$certificate_wait_seconds"
    watch_store "${share[@]}"
  else
    # Batch changes them at a restart only, which runs the start task again: nothing to watch.
    "$home/venv/bin/python" -I "${share[@]}" --batch "$AZ_BATCH_CERTIFICATES_DIR"
  fi
}

# Each in a shell of its own, so that neither quoting nor a syntax error in one can reach another.
run_commands() {
  local number name
  unset "${!BATCH_KEYVAULT_FILE_@}"
  for ((number = 1; ; number++)); do
    name=BATCH_KEYVAULT_COMMAND_$number
    [[ -n ${!name-} ]] || return 0
    /bin/bash --norc -c "${!name}" || fail "command $number of startTask.commands ended with exit code $?"
  done
}

install_files
install_python
install_packages
[[ -z $source ]] || share_certificates
run_commands
