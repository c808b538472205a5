// Has a program's sockets of netlink be connections to the Unix socket that FAKE_KERNEL names. Only system calls are
// called, so that it works with any C library.
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static char fake[1024];

static int is_fake(int fd) { return fd >= 0 && fd < (int)sizeof(fake) && fake[fd]; }

int socket(int domain, int type, int protocol)
{
	const char *path = getenv("FAKE_KERNEL");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (domain != AF_NETLINK || !path)
		return syscall(SYS_socket, domain, type, protocol);
	fd = syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
	if (syscall(SYS_connect, fd, &to, sizeof(to)))
		return -1;
	fake[fd] = 1;
	return fd;
}

int close(int fd)
{
	if (is_fake(fd))
		fake[fd] = 0;
	return syscall(SYS_close, fd);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return is_fake(fd) ? 0 : syscall(SYS_bind, fd, addr, len);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	return is_fake(fd) ? 0 : syscall(SYS_setsockopt, fd, level, name, value, len);
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK, .nl_pid = 1 };

	if (!is_fake(fd))
		return syscall(SYS_getsockname, fd, addr, len);
	memcpy(addr, &self, *len < sizeof(self) ? *len : sizeof(self));
	*len = sizeof(self);
	return 0;
}

ssize_t sendto(int fd, const void *b, size_t n, int flags, const struct sockaddr *to, socklen_t len)
{
	if (is_fake(fd))
		to = NULL, len = 0;
	return syscall(SYS_sendto, fd, b, n, flags, to, len);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr all = *msg;
	ssize_t n;

	if (!is_fake(fd))
		return syscall(SYS_recvmsg, fd, msg, flags);
	all.msg_name = NULL;
	all.msg_namelen = 0;
	n = syscall(SYS_recvmsg, fd, &all, flags);
	msg->msg_flags = all.msg_flags;
	if (msg->msg_name)
		memcpy(msg->msg_name, &kernel, sizeof(kernel));
	msg->msg_namelen = sizeof(kernel);
	return n;
}
