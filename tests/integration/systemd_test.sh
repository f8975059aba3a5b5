#!/usr/bin/env bash
# systemd_test.sh BIN_DIR SOURCE_DIR: the unit under a real systemd, in a container: hardening, groups of the sockets, a
# deploy that outlives kill -9, and the watchdog.
#
# Needs root, debootstrap and systemd-nspawn, and fetches a minimal Debian once, into the cache of the user; so it runs
# with TFLD_LONG_TESTS=1 alone.
set -euo pipefail
bin=$1 source=$2

skip() {
  echo "skipped: $*"
  exit 77
}
fail() {
  echo "FAILED: $*"
  exit 1
}

[[ ${TFLD_LONG_TESTS:-} == 1 ]] || skip "set TFLD_LONG_TESTS=1 to boot a systemd in a container"
((EUID == 0)) || skip "not root"
for program in debootstrap systemd-nspawn nsenter; do
  command -v $program > /dev/null || skip "there is no $program"
done

cache=${XDG_CACHE_HOME:-$HOME/.cache}/tfld/systemd-root
if [[ ! -x $cache/lib/systemd/systemd ]]; then
  rm -rf "$cache"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus bookworm "$cache" > /tmp/tfld-debootstrap.log 2>&1 ||
    skip "debootstrap failed: $(tail -n 1 /tmp/tfld-debootstrap.log)"
fi

work=$(mktemp -d /tmp/tfld-systemd.XXXXXX)
root=$work/root
leader=
cleanup() {
  if [[ -n $leader ]]; then inside systemctl poweroff > /dev/null 2>&1 || true; fi
  wait
  rm -rf "$work"
}
trap cleanup EXIT
inside() { nsenter -t "$leader" -a "$@"; }

# install_program FILE: with the libraries that it needs, into the places where it finds them
install_program() {
  install -D -m 755 "$1" "$root/usr/bin/${1##*/}"
  ldd "$1" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
    [[ -e $root$library ]] || install -D -m 644 "$(realpath "$library")" "$root$library"
  done
}

cp -a "$cache" "$root"
for program in tfld tfld-ctl; do install_program "$bin/$program"; done
units=$source/packaging/systemd
sed 's,@CMAKE_INSTALL_FULL_BINDIR@,/usr/bin,' "$units/tfld.service" > "$root/lib/systemd/system/tfld.service"
cp "$units/tfld-metrics.socket" "$root/lib/systemd/system"
cp "$units/tfld.sysusers" "$root/usr/lib/sysusers.d/tfld.conf"
cp "$units/tfld.tmpfiles" "$root/usr/lib/tmpfiles.d/tfld.conf"
cp -r "$source/packaging/models/bearing_fault" "$root/srv/model"

systemd-nspawn -q -D "$root" --register=no --keep-unit -b > "$work/console.log" 2>&1 < /dev/null &
nspawn=$!
for _ in {1..600}; do
  leader=$(pgrep -P $nspawn | head -n 1) || true
  [[ -n $leader ]] && [[ $(inside systemctl is-system-running 2> /dev/null) == running ]] && break
  kill -0 $nspawn 2> /dev/null || skip "no container can be booted here: $(tail -n 1 "$work/console.log")"
  sleep 0.1
done

wait_active() {
  for _ in {1..600}; do
    inside tfld-ctl status > /dev/null 2>&1 && return
    sleep 0.1
  done
  fail "the unit does not become active: $(inside journalctl -u tfld --no-pager | tail -n 20)"
}

inside systemctl start tfld || fail "$(inside journalctl -u tfld --no-pager | tail -n 20)"
for socket in admin.sock:tfld-admin:660 metrics.sock:tfld:660 tfld.sock:tfld:660 shm.sock:tfld:660; do
  IFS=: read -r name group mode <<< "$socket"
  found=$(inside stat -c %G:%a "/run/tfld/$name") || true
  [[ $found == "$group:$mode" ]] || fail "$name has $found, expected $group:$mode"
done

inside tfld-ctl deploy bearing_fault /srv/model/1 || fail "deploy"
inside useradd -m -G tfld sensor
inside su sensor -c 'tfld-ctl infer bearing_fault' > /dev/null || fail "a member of the group cannot infer"
if inside su sensor -c 'tfld-ctl rollback bearing_fault' > /dev/null 2>&1; then fail "a member of tfld may not manage"; fi
inside useradd -m stranger
if inside su stranger -c 'tfld-ctl infer bearing_fault' > /dev/null 2>&1; then fail "a stranger may not infer"; fi

exposure=$(inside systemd-analyze security tfld --no-pager | awk '/Overall exposure/ { print $(NF - 2) }')
awk -v found="$exposure" 'BEGIN { exit !(found != "" && found <= 1.0) }' || fail "exposure level $exposure, expected at most 1.0"

restarts() { inside systemctl show -P NRestarts tfld; }
wait_restart() {
  for _ in {1..600}; do
    (($(restarts) > $1)) && return
    sleep 0.1
  done
  fail "no restart after $2"
}
before=$(restarts)
inside systemctl kill -s KILL tfld
wait_restart "$before" "kill -9"
wait_active
inside tfld-ctl infer bearing_fault > /dev/null || fail "the model does not serve after kill -9"

before=$(restarts)
inside systemctl kill -s STOP tfld
wait_restart "$before" "a stall: the watchdog does not bite"
wait_active
inside tfld-ctl infer bearing_fault > /dev/null || fail "the model does not serve after the watchdog's restart"
inside systemctl stop tfld
[[ $(inside systemctl show -P Result tfld) == success ]] || fail "stopping: $(inside systemctl status tfld --no-pager)"

# The service has no network: a scrape over TCP comes by the socket unit, and starts the service.
inside systemctl start tfld-metrics.socket || fail "the socket unit: $(inside systemctl status tfld-metrics.socket --no-pager)"
scrape() { inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/9464 && printf "GET /metrics HTTP/1.0\r\n\r\n" >&3 && cat <&3'; }
scrape > /dev/null || fail "a scrape starts no service: $(inside journalctl -u tfld --no-pager | tail -n 5)"
wait_active
metrics=$(scrape) || fail "no metrics over TCP: $(inside journalctl -u tfld --no-pager | tail -n 5)"
grep -q '^tfld_model_active_version{.*bearing_fault.*} 1' <<< "$metrics" || fail "metrics over TCP: $metrics"
inside systemctl stop tfld-metrics.socket tfld
echo "the unit starts, is confined ($exposure), is scraped over TCP, and comes back after kill -9 and after a stall"
