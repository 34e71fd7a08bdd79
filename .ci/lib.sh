# Shared by the scripts of this folder: steps with their times, the throw-away
# work folder, the unprivileged user, the private server.  Source it with bash.
#
# Nothing here writes into the checkout: the tree is copied to a work folder,
# built and staged there as an unprivileged user.  So a checkout may lie under
# any path, may be unreadable to others, and stays free of root's files.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export PG_CONFIG="${PG_CONFIG:-pg_config}"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
for variable in "${!PG@}"; do
	[ "$variable" = PG_CONFIG ] || unset "$variable"
done
export LC_ALL=C.UTF-8
umask 022

# ------------------------------------------------------------------ steps

now() { date +%s.%N; }
since() { printf '%s %s' "$(now)" "$1" | awk '{ printf "%.1f s", $1 - $2 }'; }

# step NAME COMMAND...: runs it with its output in a log; one line with the
# time and the last line of what the command said on descriptor 3.
step()
{
	local name=$1 start said status
	shift
	start=$(now)
	set +e				# and in the subshell on again: "if" would switch it off there
	( set -e; "$@" ) >"$work/log/$name.log" 2>&1 3>"$work/log/$name.said" </dev/null
	status=$?
	set -e
	if [ "$status" = 0 ]; then
		said=$(tail -n 1 "$work/log/$name.said")
		printf '%-10s %8s  %s\n' "$name" "$(since "$start")" "$said"
	else
		printf '%-10s %8s  FAILED; the end of its log:\n' "$name" "$(since "$start")" >&2
		tail -n 40 "$work/log/$name.log" | sed 's/^/  /' >&2
		printf 'step "%s" failed; log: %s\n' "$name" "$work/log/$name.log" >&2
		keep_work=yes
		exit 1
	fi
}

# ------------------------------------------------------- the work folder

# Makes $work and removes it at the end, unless a step failed.  Servers that
# were started are stopped in either case.
work_begin()
{
	local parent=${TMPDIR:-/tmp}

	# root's own TMPDIR is often closed to others, and make cannot build
	# under a path with blanks
	case $parent in *[[:space:]]*) parent=/tmp ;; esac
	[ "$(id -u)" != 0 ] || parent=/tmp
	work=$(mktemp -d "$parent/aftersale.XXXXXX")
	keep_work=no
	mkdir "$work/log"
	chmod 755 "$work"
	trap work_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

work_end()
{
	local status=$? pidfile
	trap - EXIT
	trap '' INT TERM HUP
	for pidfile in "$work"/pg/*/data/postmaster.pid; do
		[ -f "$pidfile" ] && as_user "$bindir/pg_ctl" stop -s -m immediate -D "${pidfile%/*}" || true
	done
	if [ "$keep_work" = yes ]; then
		rm -rf "$work"/pg/*/data
	else
		rm -rf "$work"
	fi
	exit "$status"
}

# ---------------------------------------------------- unprivileged user

# As root: PostgreSQL's own user, or nobody where there is none; else oneself.
as_user()
{
	local user
	if [ "$(id -u)" = 0 ]; then
		user=postgres
		id "$user" >/dev/null 2>&1 || user=nobody
		setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
			env -u TMPDIR HOME="$work/home" USER="$user" LOGNAME="$user" "$@"
	else
		"$@"
	fi
}

make_own() { mkdir -p "$@" && chown "$(as_user id -u):$(as_user id -g)" "$@"; }	# folders of that user

# --------------------------------------------------- copy, build, stage

find_server()	# sets bindir, pgxs_test and major from PG_CONFIG
{
	bindir=$("$PG_CONFIG" --bindir)
	pgxs_test=$(dirname "$(dirname "$("$PG_CONFIG" --pgxs)")")/test
	major=$("$PG_CONFIG" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
	PATH=$bindir:$PATH
}

copy_tree()
{
	make_own "$work/tree" "$work/home" "$work/pg" "$work/stage" "$work/tap"
	tar -C "$top" --exclude=.git --exclude='*.o' --exclude='*.bc' --exclude='*.so' \
		--exclude='./aftersale--*.sql' --exclude=./build --exclude=./results \
		--exclude=./tmp_check --exclude='*.gcda' --exclude='*.gcno' -cf - . |
		as_user tar -C "$work/tree" --no-same-owner -xf -
}

# What is built and how the server is started, by $INSTRUMENT; what is found stands in
# the servers' logs, where .ci/reported reads it.
#	coverage	counts the lines that run
#	undefined	undefined behaviour
# and with the server of ".ci/chroot checked-..." alone, which asserts and wipes what is freed:
#	address		accesses to memory that is not allocated, and undefined behaviour
#	valgrind	the same accesses, and values that nobody has set
instrument()
{
	flags=(WERROR=-Werror)
	case ${INSTRUMENT:-} in
		coverage) flags=(PG_CFLAGS='--coverage -O0' SHLIB_LINK=--coverage) ;;
		undefined) flags=(PG_CFLAGS='-fsanitize=undefined -fno-wrapv' SHLIB_LINK=-fsanitize=undefined) ;;
		address)
			flags=(PG_CFLAGS='-fsanitize=address,undefined -fsanitize-recover=address -fno-wrapv' SHLIB_LINK=-fsanitize=address,undefined)
			RUN_SERVER="env --argv0=$bindir/postgres LD_PRELOAD=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)"
			RUN_SERVER+=" ASAN_OPTIONS=detect_leaks=0:halt_on_error=0 UBSAN_OPTIONS=print_stacktrace=1"
			export RUN_SERVER
			;;
		valgrind)
			flags=()
			export RUN_SERVER="valgrind -q --trace-children=yes --leak-check=no --vgdb=no --suppressions=/opt/checked/valgrind.supp"
			;;
	esac
}

build_tree()	# without bitcode, which only matters to an installation that lasts
{
	cd "$work/tree"
	as_user make -j"$(nproc)" with_llvm=no PG_CONFIG="$PG_CONFIG" "${flags[@]}"
	echo "for PostgreSQL $major${INSTRUMENT:+, $INSTRUMENT}" >&3
}

stage_tree()
{
	cd "$work/tree"
	as_user make with_llvm=no install DESTDIR="$work/stage" PG_CONFIG="$PG_CONFIG"
}

prepare_tree()	# everything up to a staged extension
{
	step deps "$top/.ci/deps"
	find_server
	instrument
	step copy copy_tree
	step build build_tree
	step stage stage_tree
}

# ------------------------------------------------------- private servers

# Settings that let a server find the staged extension; also the TEMP_CONFIG
# of PostgreSQL::Test::Cluster.
server_settings()	# DATABASE of pg_cron
{
	if [ "$major" -ge 18 ]; then
		echo "extension_control_path = '$work/stage$("$PG_CONFIG" --sharedir):\$system'"
		echo "dynamic_library_path = '$work/stage$("$PG_CONFIG" --pkglibdir):\$libdir'"
	else
		echo "extension_destdir = '$work/stage'"
	fi
	echo "shared_preload_libraries = 'pg_cron'"
	echo "cron.database_name = '$1'"
	echo "cron.use_background_workers = on"
	echo "max_worker_processes = 20"
}

# server_start NAME CRON_DATABASE: a fresh server on a unix socket alone, in
# $work/pg/NAME (its PGHOST), superuser postgres.
port=65432
server_start()
{
	local dir=$work/pg/$1
	if [ ! -d "$work/pg/template" ]; then
		as_user env -u RUN_SERVER "$bindir/initdb" -D "$work/pg/template" -U postgres -A trust -N -E UTF8 --locale=C.UTF-8
	fi
	make_own "$dir"
	as_user cp -a "$work/pg/template" "$dir/data"
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$dir'"
		echo "port = $port"
		echo "fsync = off"
		echo "max_connections = 50"
		echo "autovacuum = off"	# plans that tests look at must not depend on when it comes by
		server_settings "$2"
	} | as_user tee -a "$dir/data/postgresql.conf"
	as_user "$bindir/pg_ctl" start -s -w -D "$dir/data" -l "$dir/log" || { cat "$dir/log"; return 1; }
}
