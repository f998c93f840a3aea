#!/usr/bin/env bash
# Runs every test on a fresh Debian machine: installs what is missing, builds, starts PostgreSQL and RabbitMQ for the run, and sums up.
#   ./test.sh            everything
#   ./test.sh Matching   only the test projects whose name contains the word
set -euo pipefail
cd "$(dirname "$0")"
source build/prerequisites.sh

only="${1:-}"
configuration=Release
results="$PWD/artifacts/test-results"

ensure_dotnet
ensure_packages mate-backgrounds libjpeg-turbo-progs chromium
ensure_node_modules
build_solution "$configuration"

rm -rf "$results" && mkdir -p "$results"
# Two projects run side by side, each with servers of its own: a transaction that one leaves open would hold up the other's followers.
servers=()
stop_servers() { for pid in "${servers[@]}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done; }
trap stop_servers EXIT
say "Starting PostgreSQL and RabbitMQ for the tests"
for lane in 0 1; do
  dotnet "artifacts/bin/TestServers/${configuration,,}/ImageRights.TestServers.dll" "$results/servers-$lane.env" >"$results/servers-$lane.log" 2>&1 &
  servers+=($!)
done
for lane in 0 1; do
  for _ in $(seq 1 240); do
    [ -s "$results/servers-$lane.env" ] && break
    kill -0 "${servers[$lane]}" 2>/dev/null || { cat "$results/servers-$lane.log"; echo "The test servers did not start." >&2; exit 1; }
    sleep 0.25
  done
  [ -s "$results/servers-$lane.env" ] || { cat "$results/servers-$lane.log"; echo "The test servers were not ready within 60 s." >&2; exit 1; }
done

# Its lines come at once, when it is done.
run() {
  set -a; source "$results/servers-$lane.env"; set +a
  dotnet test "artifacts/bin/$1/${configuration,,}/ImageRights.$1.dll" --nologo --blame-hang-timeout 5m \
    --logger "trx;LogFileName=$results/$1.trx" --logger "console;verbosity=minimal" --results-directory "$results/$1" >"$results/$1.log" 2>&1 || true
  say "$1"
  cat "$results/$1.log"
}

# The longest first, so that neither of the two is left with one at the end.
projects=()
for name in EndToEnd.Tests Matching.UnitTests Hosting.Tests $(cd tests && ls -d *Tests); do
  if [[ "$name" == *"$only"* && " ${projects[*]} " != *" $name "* ]]; then projects+=("$name"); fi
done

# Most tests wait for servers and clocks. Not as jobs of this shell: those ignore Ctrl-C, which some send.
export configuration results
# What is measured of a program to compile it better pays where it runs for long.
export DOTNET_TieredPGO=0
export -f run say
printf '%s\n' "${projects[@]}" | xargs -P 2 --process-slot-var=lane -I {} bash -c 'run {}'

passed=0 failed=0 skipped=0 empty=()
count() { grep -o "<Counters [^>]*" "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*'; }
for name in "${projects[@]}"; do
  trx="$results/$name.trx"
  if [ ! -f "$trx" ]; then empty+=("$name"); continue; fi
  total=$(count "$trx" total) ok=$(count "$trx" passed) executed=$(count "$trx" executed)
  [ "$total" -gt 0 ] || empty+=("$name")
  passed=$((passed + ok)) failed=$((failed + executed - ok)) skipped=$((skipped + total - executed))
done

for name in "${empty[@]}"; do echo "$name ran no test." >&2; failed=$((failed + 1)); done
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
