# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts here share: one way to fail, the cache, and Debian packages.
# Sourced, never run.

# Everything fetched or unpacked lives here, keyed by package and version, so
# that a checkout holds sources only and several checkouts share the downloads.
SPINAT_CACHE=${SPINAT_CACHE:-${HOME:-/root}/.cache/spinat}

# die SENTENCE: what was tried, why it failed, what to do
die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# apt_update_once: refresh the package lists, at most once a run of a script
apt_update_once()
{
	local log

	[ -z "${apt_updated:-}" ] || return 0
	apt_updated=1
	log=$(mktemp)
	echo "${0##*/}: refreshing the package lists" >&2
	if ! apt-get -q update >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		rm -f "$log"
		die "apt-get update failed: check the network and the apt sources"
	fi
	rm -f "$log"
}

# apt_candidate PACKAGE: the version apt would install, empty if it knows none
apt_candidate()
{
	LC_ALL=C apt-cache policy "$1" 2>/dev/null |
		awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# apt_find PACKAGE: its candidate version; asks for fresh lists before giving up
apt_find()
{
	local version

	version=$(apt_candidate "$1")
	if [ -z "$version" ]; then
		apt_update_once
		version=$(apt_candidate "$1")
	fi
	[ -n "$version" ] ||
		die "apt knows no package $1: is this Debian 12 with its security suite configured?"
	echo "$version"
}

# apt_download PACKAGE VERSION DIRECTORY: leaves the one .deb in DIRECTORY
apt_download()
{
	local try

	for try in 1 2; do
		# -o: the download needs no sandbox user, and that user could
		# not write to a directory below /root
		if (cd "$3" && apt-get -q -o APT::Sandbox::User=root \
		    download "$1=$2" >apt.log 2>&1); then
			return 0
		fi
		# the version may be gone from the mirror since the lists are old
		[ "$try" = 2 ] || apt_update_once
	done
	tail -n 3 "$3/apt.log" >&2
	die "cannot download $1 $2: check the network, or see what apt offers with: apt-cache policy $1"
}

# uri_of LABEL: where apt gets this Debian's archive of that label from; other
# releases are at the same place
uri_of()
{
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(LABEL) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v label="$1" '$1 == label { print $2; exit }'
}

# mirror: sets main_uri, and security_uri if there is one
mirror()
{
	main_uri=$(uri_of Debian)
	if [ -z "$main_uri" ]; then
		apt_update_once
		main_uri=$(uri_of Debian)
	fi
	[ -n "$main_uri" ] ||
		die "no apt source of this machine is a Debian archive, so there is no mirror to get other releases from: configure one"
	security_uri=$(uri_of Debian-Security)
}

# cached KEY COMMAND...: prints the directory KEY of the cache; when it is not
# there, COMMAND fills a directory (its last argument) that then takes the name.
# A killed or failed COMMAND leaves nothing behind under the name.
cached()
{
	local dir="$SPINAT_CACHE/$1" new

	shift
	if [ ! -d "$dir" ]; then
		mkdir -p "$SPINAT_CACHE" ||
			die "cannot create the cache $SPINAT_CACHE: set SPINAT_CACHE to a directory that can be written"
		(
			flock 9
			# another run may have filled it while this one waited
			[ ! -d "$dir" ] || exit 0
			new=$(mktemp -d "$dir.XXXXXX") && chmod 755 "$new"
			trap 'rm -rf "$new"' EXIT
			"$@" "$new"
			mv -T "$new" "$dir"
		) 9>"$dir.lock" || exit 1
	fi
	echo "$dir"
}
