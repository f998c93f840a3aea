#!/usr/bin/env bash
# Starts ImageRights on this machine: installs what is missing, builds, and runs the AppHost until Ctrl-C.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source build/prerequisites.sh

usage() {
  cat <<'TEXT'
./run.sh          installs what is missing (apt, npm), builds, and starts everything; Ctrl-C stops it
./run.sh tour     walks one set of pictures through the running product and prints what happens
./run.sh rebuild SERVICE [--compare] [READ_MODEL …]
                  builds a service's read models anew from its events while it goes on serving
                  (ingestion, fingerprint, matching, casemanagement, notification)
./run.sh token    prints an access token for the API: curl -H "Authorization: Bearer $(./run.sh token)" …
./run.sh --help   this text

Settings (environment):
  ConnectionStrings__postgres, ConnectionStrings__messaging
                              servers of yours in place of the local ones; also one for each database
                              (ConnectionStrings__ingestiondb, …)
  Parameters__vault-key       the key of the picture vault, 32 bytes in base64 (`env 'Parameters__vault-key=…' ./run.sh`);
                              drawn once and kept in .data/secrets.json when not given
  IMAGERIGHTS_CLIENT_ID, IMAGERIGHTS_CLIENT_SECRET
                              the program that the tour and `token` act as (default: the one that the first start
                              made, from .data/first-credentials.env)
  IMAGERIGHTS_DATA            where data is kept (default: .data)
  IMAGERIGHTS_RANDOM_PORTS    true: free ports for everything; addresses are in $IMAGERIGHTS_DATA/endpoints.json
  IMAGERIGHTS_START_TIMEOUT   seconds until a start counts as failed (default: 180)
  ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS
                              true: the dashboard asks nobody to sign in
TEXT
}

case "${1:-}" in
  -h|--help|help) usage; exit 0 ;;
  tour) tour=1; shift ;;
  token)
    data="${IMAGERIGHTS_DATA:-.data}"
    [ -f "$data/endpoints.json" ] || fail "ImageRights is not running." "Next step: ./run.sh"
    if [ -z "${IMAGERIGHTS_CLIENT_ID:-}" ]; then
      [ -f "$data/first-credentials.env" ] || fail "$data/first-credentials.env does not exist." "Next step: set IMAGERIGHTS_CLIENT_ID and IMAGERIGHTS_CLIENT_SECRET; the console makes programs (Programs)."
      IMAGERIGHTS_CLIENT_ID=$(sed -n 's/^client_id=//p' "$data/first-credentials.env")
      IMAGERIGHTS_CLIENT_SECRET=$(sed -n 's/^client_secret=//p' "$data/first-credentials.env")
    fi
    console=$(sed -n 's/.*"console": "\(http[^"]*\)".*/\1/p' "$data/endpoints.json")
    # The secret goes in by standard input: arguments are for all to see.
    answer=$(printf 'grant_type=client_credentials&client_id=%s&client_secret=%s' "$IMAGERIGHTS_CLIENT_ID" "${IMAGERIGHTS_CLIENT_SECRET:-}" | curl -sS --max-time 10 -d @- "$console/connect/token")
    case "$answer" in *'"access_token":"'*) printf '%s\n' "$answer" | sed 's/.*"access_token":"\([^"]*\)".*/\1/' ;; *) fail "The console gave no token: $answer" ;; esac
    exit 0 ;;
  rebuild)
    shift
    data="${IMAGERIGHTS_DATA:-.data}"
    case "${1:-}" in
      ingestion) project=Ingestion ;; fingerprint) project=Fingerprint ;; matching) project=Matching ;; casemanagement) project=CaseManagement ;; notification) project=Notification ;;
      *) usage >&2; fail "There is no service \"${1:-}\" with read models." ;;
    esac
    shift
    [ -f "$data/endpoints.json" ] || fail "ImageRights is not running." "Next step: ./run.sh"
    # Both files are written a member a line; JSON writes the plus of base64 as an escape.
    of() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" "$data/$1.json" | sed 's/\\u002B/+/g'; }
    secret() { printenv "Parameters__$1" || of secrets "Parameters:$1"; }
    for database in ingestiondb fingerprintdb matchingdb casesdb notificationdb; do export "ConnectionStrings__$database=$(of endpoints $database)"; done
    # A rebuild publishes and hears nothing: services want the address of a broker, and none is connected to.
    export ConnectionStrings__messaging=amqp://127.0.0.1
    export Access__Issuer="$(of endpoints console)" Access__ServiceKey="$(secret service-key)" Personal__Key="$(secret personal-key)" Transparency__SigningKey="$(secret log-key)"
    export Secrets__Key="$(secret secrets-key)" Vault__Key="$(secret vault-key)" Vault__Directory="$(readlink -f "$data")/vault"
    export Logging__LogLevel__Default=Warning Logging__LogLevel__MassTransit=Warning
    exec dotnet "artifacts/bin/$project/release/ImageRights.$project.dll" rebuild "$@" ;;
  ''|--*) ;;
  *) usage >&2; fail "There is no \"$1\"." ;;
esac

ensure_dotnet
ensure_packages ${tour:+mate-backgrounds libjpeg-turbo-progs}
ensure_node_modules
build_solution Release
if [ "${tour:-}" ]; then
  data="${IMAGERIGHTS_DATA:-.data}"
  started=""
  if [ ! -f "$data/endpoints.json" ]; then
    say "Starting ImageRights for the tour"
    mkdir -p "$data"
    # A session of its own: Ctrl-C ends the tour, and the AppHost is stopped in order after it.
    setsid dotnet artifacts/bin/AppHost/release/ImageRights.AppHost.dll >"$data/tour-apphost.log" 2>&1 </dev/null &
    started=$!
    trap 'kill -TERM "$started" 2>/dev/null && wait "$started" || true' EXIT
    until [ -f "$data/endpoints.json" ]; do
      kill -0 "$started" 2>/dev/null || { tail -n 20 "$data/tour-apphost.log" >&2; fail "ImageRights did not start." "Next step: read the lines above; all of them are in $data/tour-apphost.log."; }
      sleep 0.5
    done
  fi
  dotnet artifacts/bin/Tour/release/ImageRights.Tour.dll "$data/endpoints.json"
  exit
fi
# The assembly itself, not `dotnet run`: this process then is the AppHost, and a signal to it reaches it.
exec dotnet artifacts/bin/AppHost/release/ImageRights.AppHost.dll "$@"
