# Shared by .ci/bare, .ci/chroot and .ci/pg_upgrade: a throw-away Debian in a
# folder, made with mmdebstrap, with a clone of the last commit.  Source it with bash.
#	$suite		the release
#	$beside		lines of sources.list for what is to be had as well, or nothing
#	$system		the name of the archive, if not the release's
#	$folder		where it and its archive are; root and log are made there
# Needs root.  The mirror is the one that apt uses here.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

debian_paths()
{
	root=$folder/root
	log=$folder/log
	mkdir -p "$log"
}

unmount()
{
	local at
	for at in dev/shm proc; do ! mountpoint -q "$root/$at" || umount "$root/$at"; done
	rm -rf "$root"
}

release_of()	# VERSION of PostgreSQL: the release that has it
{
	case $1 in
		15) echo bookworm ;;
		17 | checked-17) echo trixie ;;
		18 | checked-18) echo forky ;;
		*) echo "no release of Debian with PostgreSQL $1 is known here" >&2; exit 2 ;;
	esac
}

# lines of sources.list: what apt has of the release here, else its mirror's main part
sources()	# RELEASE
{
	local lines
	lines=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sed 's,/ , ,' | sort -u)
	grep -E " $1(-security|-updates)? main\$" <<<"$lines" ||
		grep -vE -- '-(security|updates|backports) ' <<<"$lines" | sed -n "1s/^deb \([^ ]*\) .*/deb \1 $1 main/p"
}

# a mirror's copy of a release that is not yet out may be older than its own limit
archive()	# [OPTION...] of mmdebstrap's
{
	local tar=$folder/${system:-$suite}.tar
	[ ! -f "$tar" ] || return 0
	printf '%s\n' "$(sources "$suite")" "${beside:-}" |
		mmdebstrap --quiet --format=tar --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
			--include=git,make,ca-certificates,sudo "$@" "$suite" "$tar.new" -
	mv "$tar.new" "$tar"
}

fresh_system()	# with a clone for root, and the bundle for others
{
	[ ! -d "$root" ] || unmount
	mkdir "$root"
	tar -C "$root" -xf "$folder/${system:-$suite}.tar"
	mount -t proc proc "$root/proc"
	mount -t tmpfs tmpfs "$root/dev/shm"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	printf "127.0.0.1 localhost %s\n" "$(hostname)" > "$root/etc/hosts"
	git -C "$top" bundle create -q "$root/opt/clone.bundle" HEAD
	in_root git clone -q -c advice.detachedHead=false /opt/clone.bundle /root/aftersale
}

in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root CI=true chroot "$root" "$@" </dev/null; }

try()	# NAME COMMAND...: prints the last lines; the whole is in the log
{
	local name=$1 started=$SECONDS status=0
	shift
	"$@" >"$log/$name" 2>&1 || status=$?
	tail -n "${LINES_SHOWN:-12}" "$log/$name" | sed 's/^/    /'
	printf '%s: %s after %s s (%s)\n' "$name" "$([ $status = 0 ] && echo passed || echo FAILED)" $((SECONDS - started)) "$log/$name"
	[ $status = 0 ] || failed=yes
}
failed=
