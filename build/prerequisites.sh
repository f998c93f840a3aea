# Installs what the product needs on Debian 12 and is not there yet. Sourced by run.sh and test.sh; expects `set -euo pipefail`
# and the repository root as the current folder. Functions only; nothing runs on sourcing.

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
fail() { printf '\033[31m✗\033[0m %s\n' "$1" >&2; shift; for line in "$@"; do printf '  %s\n' "$line" >&2; done; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -- "$@"; fi
}

# Installs the named packages without letting them start servers of their own: PostgreSQL and RabbitMQ are started by the AppHost,
# with data of its own, and the machine's other services are none of our business.
install_packages() {
  local wanted=("$@")
  if ! command -v apt-get >/dev/null; then
    fail "These packages are missing and this machine has no apt-get: ${wanted[*]}" \
      "Next step: install PostgreSQL 15, RabbitMQ and libturbojpeg by the means of this system."
  fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    fail "These packages are missing, and installing them needs root or sudo: ${wanted[*]}" \
      "Next step: ask an administrator for: apt-get install --no-install-recommends ${wanted[*]}"
  fi
  say "Installing ${wanted[*]}"
  local log; log=$(mktemp)
  # One shell as root: the settings that keep servers from starting must be taken back even if the installation fails.
  if ! as_root env DEBIAN_FRONTEND=noninteractive bash -s -- "${wanted[@]}" >"$log" 2>&1 <<'ROOT'
set -euo pipefail
undo=()
finish() { for file in "${undo[@]}"; do rm -f "$file"; done; }
trap finish EXIT
if [ ! -e /usr/sbin/policy-rc.d ]; then
  undo+=(/usr/sbin/policy-rc.d)
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
if ! dpkg -s postgresql-common >/dev/null 2>&1; then
  mkdir -p /etc/postgresql-common/createcluster.d
  undo+=(/etc/postgresql-common/createcluster.d/imagerights.conf)
  echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/imagerights.conf
fi
apt-get -o DPkg::Lock::Timeout=120 update -q
apt-get -o DPkg::Lock::Timeout=120 install -q -y --no-install-recommends "$@"
ROOT
  then
    tail -n 15 "$log" >&2
    fail "Installing ${wanted[*]} failed." "Next step: read the lines above; all of them are in $log."
  fi
  rm -f "$log"
}

has_package() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# A server that is already there in whatever way is good enough.
ensure_packages() {
  local missing=()
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql-15)
  [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing+=(rabbitmq-server)
  has_package libturbojpeg0 || missing+=(libturbojpeg0)
  local package
  for package in "$@"; do has_package "$package" || missing+=("$package"); done
  if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi
}

ensure_dotnet() {
  local wanted
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing." "Next step: install it (https://dotnet.microsoft.com/download/dotnet/10.0) and start again."
  wanted=$(dotnet --list-sdks | grep -c '^10\.' || true)
  [ "$wanted" -gt 0 ] || fail "dotnet is there, but no .NET 10 SDK: $(dotnet --list-sdks | tr '\n' ' ')" \
    "Next step: install it (https://dotnet.microsoft.com/download/dotnet/10.0) and start again."
}

# The libvips library and the web assets come from npm.
ensure_node_modules() {
  [ -f package.json ] || return 0
  command -v npm >/dev/null || fail "Node and npm are missing." "Next step: install Node 18 or newer (on Debian: apt-get install nodejs npm) and start again."
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "Fetching libraries from npm"
    local log; log=$(mktemp)
    npm ci --no-audit --no-fund >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "npm ci failed." "Next step: read the lines above; all of them are in $log."; }
    # npm keeps the lock file's own time on some file systems.
    touch node_modules/.package-lock.json
    rm -f "$log"
  fi
}

# Builds quietly, with a sign of life.
build_solution() {
  local configuration=$1 log started=$SECONDS
  log=$(mktemp)
  say "Building ImageRights ($configuration)"
  dotnet build ImageRights.sln -c "$configuration" --nologo -v minimal -clp:NoSummary >"$log" 2>&1 &
  local build=$!
  trap 'kill '"$build"' 2>/dev/null || true; exit 130' INT TERM
  while kill -0 "$build" 2>/dev/null; do
    # Each finished project writes one line "Name -> path".
    if [ -t 1 ]; then printf '\r    %3d s, %d projects' $((SECONDS - started)) "$(grep -c ' -> ' "$log" || true)"; fi
    sleep 1
  done
  trap - INT TERM
  if [ -t 1 ]; then printf '\r\033[K'; fi
  if ! wait "$build"; then
    grep -E 'error|warning' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
    fail "The build failed." "Next step: read the lines above; all of them are in $log."
  fi
  rm -f "$log"
  say "Built in $((SECONDS - started)) s"
}
