#!/usr/bin/env bash
# An integrator in curl, jq, openssl and socat: ./integrator.sh picture.jpg
# Addresses and the program's credentials come from the environment, as README.md says.
set -euo pipefail
: "${IMAGERIGHTS_CONSOLE:?}" "${IMAGERIGHTS_INGESTION:?}" "${IMAGERIGHTS_NOTIFICATION:?}" "${IMAGERIGHTS_CLIENT_ID:?}" "${IMAGERIGHTS_CLIENT_SECRET:?}"
picture=$1
work_dir=$(mktemp -d)
receiver=
trap '[ -z "$receiver" ] || kill "$receiver" 2>/dev/null; rm -rf "$work_dir"' EXIT

# The secret goes in by standard input: arguments are for all to see.
token() {
  printf 'user = "%s:%s"\n' "$IMAGERIGHTS_CLIENT_ID" "$IMAGERIGHTS_CLIENT_SECRET" |
    curl -fsS --max-time 10 -K - -d grant_type=client_credentials "$IMAGERIGHTS_CONSOLE/connect/token" | jq -r .access_token
}
printf 'Authorization: Bearer %s\n' "$(token)" > "$work_dir/bearer"
api() { curl -sS --fail-with-body --max-time 60 -H @"$work_dir/bearer" "$@"; }

# 1. Hear what happens: a receiver that keeps each request in a file, and an endpoint that leads to it.
cat > "$work_dir/receive.sh" <<'RECEIVE'
#!/usr/bin/env bash
file=$(mktemp "$1/request.XXXXXX")
length=0
while IFS= read -r line; do
  line=${line%$'\r'}
  [ -n "$line" ] || break
  printf '%s\n' "$line" >> "$file"
  case "${line,,}" in content-length:*) length=${line#*:} ;; esac
done
head -c "$((length))" > "$file.body"
printf 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n'
mv "$file" "$file.done"
RECEIVE
chmod +x "$work_dir/receive.sh"
port=$((20000 + RANDOM % 20000))
socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork" EXEC:"$work_dir/receive.sh $work_dir" &
receiver=$!
endpoint=$(api -H 'Content-Type: application/json' -d "{\"url\":\"http://127.0.0.1:$port/hook\",\"eventTypes\":[\"imagerights.work.registered.v1\"]}" "$IMAGERIGHTS_NOTIFICATION/v1/endpoints")
secret=$(jq -r .secret <<< "$endpoint" | sed 's/^whsec_//' | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')

# 2. Register a work. The same Idempotency-Key makes a repeated request harmless.
work=$(api -H "Idempotency-Key: sample-$$-$RANDOM" -F accountId=author-1 -F 'title=Coat, autumn' -F 'author=Ada Example' -F "file=@$picture" "$IMAGERIGHTS_INGESTION/v1/works" | jq -r .workId)
echo "work: $work"

# Of several events of one .source and .subject the one with the highest .sequence is the latest, in whichever order they came.
# 3. The webhook that tells of it: Standard Webhooks 1.0, HMAC-SHA256 over id.timestamp.body, and the time must be near.
header() { sed -n "s/^$2: *//Ip" "$1" | head -1; }
verified=
for _ in $(seq 300); do
  for request in "$work_dir"/request.*.done; do
    [ -f "$request" ] || continue
    body=${request%.done}.body
    [ "$(jq -r .data.workId "$body")" = "$work" ] || continue
    id=$(header "$request" webhook-id) timestamp=$(header "$request" webhook-timestamp)
    age=$(($(date +%s) - timestamp))
    expected=v1,$( (printf '%s.%s.' "$id" "$timestamp"; cat "$body") | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$secret" -binary | openssl base64 -A)
    # Any of the signatures may fit: there are two during a change of secret.
    if [ "${age#-}" -lt 300 ] && tr ' ' '\n' <<< "$(header "$request" webhook-signature)" | grep -qxF "$expected"; then verified=yes; fi
    break
  done
  [ -z "$verified" ] || break
  sleep 0.2
done
[ -n "$verified" ] || { echo "No genuine webhook came." >&2; exit 1; }
echo "webhook: verified"

# 4. Somebody else uploads the picture; wait for the verdict in the answer.
upload=$(api -H 'Prefer: wait=30' -F accountId=shop-1 -F surface=Listing -F listingId=listing-1 -F "file=@$picture" "$IMAGERIGHTS_INGESTION/v1/images")
image=$(jq -r .imageId <<< "$upload")
echo "upload: $image $(jq -r '.screening.verdict // "pending"' <<< "$upload")"

# 5. The same events by polling, for those who cannot receive. Keep the cursor; ask again with it.
cursor=
found=
for _ in $(seq 300); do
  page=$(api "$IMAGERIGHTS_NOTIFICATION/v1/feed?limit=200&after=$cursor")
  if jq -e --arg image "$image" 'any(.items[]; .subject == $image)' <<< "$page" > /dev/null; then found=yes; break; fi
  cursor=$(jq -r .next <<< "$page")
  [ "$(jq '.items | length' <<< "$page")" -gt 0 ] || sleep 0.2
done
[ -n "$found" ] || { echo "The feed does not tell of the upload." >&2; exit 1; }
echo "feed: the upload's screening is there"

api -X DELETE -H 'If-Match: *' "$IMAGERIGHTS_NOTIFICATION/v1/endpoints/$(jq -r .endpointId <<< "$endpoint")" > /dev/null
