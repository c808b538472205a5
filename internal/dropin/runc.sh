# Runs in a copy of runc, with a checkout of kern.sys as its argument: a container's life, with its namespaces and cgroups.
set -eux
work=$(mktemp -d)
name=dropin$$
runc="$work/runc --root $work/state"
trap '$runc delete -f $name || true; rm -rf "$work"' EXIT
GOFLAGS="-mod=mod -buildvcs=false" go build -o "$work/runc" .
mkdir -p "$work/bundle/rootfs/bin"
(cd "$1" && CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -o "$work/bundle/rootfs/bin/kern" ./cmd/kern)
cd "$work/bundle"

$runc spec
sed -i -e 's/"terminal": true/"terminal": false/' -e 's|"sh"|"/bin/kern", "monitor"|' config.json
$runc create $name </dev/null >log 2>&1 || { cat log; exit 1; }
$runc state $name | grep '"status": "created"'
$runc start $name
$runc exec $name /bin/kern -br addr | tee addr
[ "$(wc -l <addr)" = 1 ]
grep 'lo .*127.0.0.1/8' addr
$runc ps $name | grep '/bin/kern monitor'
$runc update --pids-limit 30 $name
$runc events --stats $name | grep '"limit":30'
$runc pause $name
$runc state $name | grep '"status": "paused"'
$runc resume $name
$runc state $name | grep '"status": "running"'
$runc kill $name KILL
timeout 10 sh -c "until $runc state $name | grep -q stopped; do sleep 0.1; done"
$runc delete $name
! $runc state $name
