#!/bin/sh
# A witness without a server: two programs that share a folder and nothing else.
#   witness.sh ask [once]      beside the log: writes what it asks the witness to cosign
#   witness.sh cosign [once]   the witness: cosigns it if the log only grew; WITNESS_NAME, WITNESS_KEY, WITNESS_STATE, LOG_KEY
# EXCHANGE is the folder, PAUSE the seconds between two rounds.
set -eu
exchange=${EXCHANGE:-/exchange}

ask() {
    since=none
    if [ -s "$exchange/cosigned" ]; then since=$exchange/cosigned; fi
    provenance registry prove --since "$since" -o "$exchange/request.new" --force
    if ! grep -q "^— " "$exchange/request.new"; then return 0; fi # nobody signed: the log is empty
    mv "$exchange/request.new" "$exchange/request"
}

cosign() {
    : "${LOG_KEY:?is not set: it is the line that 'provenance registry key' prints}"
    if [ ! -s "$exchange/request" ]; then return 0; fi
    mv "$exchange/request" "$exchange/taken"  # asked once, answered once: a proof is from what was cosigned last
    rm -f "$exchange/cosigned.new"  # of a round that was cut off
    provenance registry witness "$exchange/taken" -o "$exchange/cosigned.new" \
        --name "$WITNESS_NAME" --key "$WITNESS_KEY" --state "$WITNESS_STATE" --log-key "$LOG_KEY"
    mv "$exchange/cosigned.new" "$exchange/cosigned"
}

case ${1-} in
    ask | cosign) ;;
    *) echo "Say what to do: ask or cosign." >&2; exit 2 ;;
esac
if [ "${2-}" = once ]; then "$1"; exit; fi
while :; do
    # A round in its own shell, so that one that fails is told and the next one comes.
    "$0" "$1" once || echo "witness: the round ended with status $?" >&2
    sleep "${PAUSE:-60}"
done
