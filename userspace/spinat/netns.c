// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"

/* Where ip-netns(8) keeps its names. */
#define NETNS_DIR	"/run/netns/"

static int netns_open(const char *name, struct spinat_err *err)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : NETNS_DIR, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	if (errno == ENOENT)
		return spinat_err_set(err, ENOENT,
				      "there is no network namespace \"%.80s\"; \"ip netns list\" shows their names",
				      name);
	return spinat_err_set(err, errno, "cannot open %.200s: %s", path,
			      strerror(errno));
}

int spinat_netns_enter(const char *name, struct spinat_err *err)
{
	int fd = netns_open(name, err);
	int ret = 0;

	if (fd < 0)
		return fd;
	if (setns(fd, CLONE_NEWNET) < 0) {
		if (errno == EINVAL)
			ret = spinat_err_set(err, EINVAL,
					     "\"%.80s\" is not a network namespace",
					     name);
		else if (errno == EPERM)
			ret = spinat_err_set(err, EPERM,
					     "only root may enter network namespace \"%.80s\"",
					     name);
		else
			ret = spinat_err_set(err, errno,
					     "cannot enter network namespace \"%.80s\": %s",
					     name, strerror(errno));
	}
	close(fd);
	return ret;
}
