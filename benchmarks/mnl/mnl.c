/* The contender with libmnl. Reads commands, a line each; answers with the number of objects, nanoseconds, and the
 * peak memory in KiB. Routes are those of world.go: network i of 256 addresses from 20.0.0.0 on, via 192.0.2.1. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct mnl_socket *sock;
static unsigned port, seq;
static char request[64 << 10], reply[64 << 10];
static volatile uint64_t seen; /* what is read, so that reading it stays */

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int peak(void)
{
	char line[256];
	int kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		sscanf(line, "VmHWM: %d", &kib);
	if (f)
		fclose(f);
	return kib;
}

static void send_request(const void *b, size_t n)
{
	if (mnl_socket_sendto(sock, b, n) < 0)
		die("send");
}

/* receive handles what comes until the answer to seq is complete. */
static void receive(mnl_cb_t each, void *data)
{
	int more = MNL_CB_OK;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(sock, reply, sizeof reply);
		if (n < 0)
			die("receive");
		more = mnl_cb_run(reply, n, seq, port, each, data);
		if (more < 0)
			die("answer");
	}
}

static struct nlmsghdr *begin(void *at, int type, int flags, size_t header, void **family)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(at);
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = ++seq;
	*family = mnl_nlmsg_put_extra_header(h, header);
	return h;
}

static int route(const struct nlmsghdr *h, void *data)
{
	struct nlattr *a;
	mnl_attr_for_each(a, h, sizeof(struct rtmsg)) {
		switch (mnl_attr_get_type(a)) {
		case RTA_DST:
		case RTA_GATEWAY:
		case RTA_OIF:
			seen += mnl_attr_get_u32(a);
		}
	}
	++*(long *)data;
	return MNL_CB_OK;
}

static int neighbour(const struct nlmsghdr *h, void *data)
{
	struct nlattr *a;
	mnl_attr_for_each(a, h, sizeof(struct ndmsg)) {
		switch (mnl_attr_get_type(a)) {
		case NDA_DST:
		case NDA_LLADDR:
			seen += mnl_attr_get_u32(a);
		}
	}
	++*(long *)data;
	return MNL_CB_OK;
}

static int one_link(const struct nlmsghdr *h, void *data)
{
	struct nlattr *a;
	mnl_attr_for_each(a, h, sizeof(struct ifinfomsg)) {
		switch (mnl_attr_get_type(a)) {
		case IFLA_MTU:
			seen += mnl_attr_get_u32(a);
			break;
		case IFLA_IFNAME:
			seen += strlen(mnl_attr_get_str(a));
		}
	}
	++*(long *)data;
	return MNL_CB_OK;
}

static long dump(int type, int family, size_t header, mnl_cb_t each)
{
	long n = 0;
	void *at;
	struct nlmsghdr *h = begin(request, type, NLM_F_DUMP, header, &at);
	*(unsigned char *)at = family;
	send_request(h, h->nlmsg_len);
	receive(each, &n);
	return n;
}

/* links_by_name asks for a link, n times. Its answer is one message, no dump. */
static long links_by_name(const char *name, long n)
{
	long found = 0;
	for (long i = 0; i < n; i++) {
		void *at;
		struct nlmsghdr *h = begin(request, RTM_GETLINK, 0, sizeof(struct ifinfomsg), &at);
		mnl_attr_put_strz(h, IFLA_IFNAME, name);
		send_request(h, h->nlmsg_len);
		ssize_t r = mnl_socket_recvfrom(sock, reply, sizeof reply);
		if (r < 0 || mnl_cb_run(reply, r, seq, port, one_link, &found) < 0)
			die("link");
	}
	return found;
}

static struct nlmsghdr *new_route(void *at, long i, int oif, int flags)
{
	void *p;
	struct nlmsghdr *h = begin(at, RTM_NEWROUTE, flags | NLM_F_CREATE | NLM_F_EXCL, sizeof(struct rtmsg), &p);
	struct rtmsg *r = p;
	r->rtm_family = AF_INET;
	r->rtm_dst_len = 24;
	r->rtm_table = RT_TABLE_MAIN;
	r->rtm_protocol = RTPROT_BOOT;
	r->rtm_type = RTN_UNICAST;
	r->rtm_flags = RTNH_F_ONLINK;
	mnl_attr_put_u32(h, RTA_DST, htonl((20u << 24) + ((uint32_t)i << 8)));
	mnl_attr_put_u32(h, RTA_GATEWAY, htonl(0xc0000201));
	mnl_attr_put_u32(h, RTA_OIF, oif);
	return h;
}

static long add_each(int oif, long n)
{
	for (long i = 0; i < n; i++) {
		struct nlmsghdr *h = new_route(request, i, oif, NLM_F_ACK);
		send_request(h, h->nlmsg_len);
		receive(NULL, NULL);
	}
	return n;
}

/* add_batches sends many requests at once, of which the last asks for an acknowledgement. */
static long add_batches(int oif, long n, long size)
{
	for (long i = 0; i < n; i += size) {
		size_t used = 0;
		long end = i + size < n ? i + size : n;
		for (long j = i; j < end; j++)
			used += MNL_ALIGN(new_route(request + used, j, oif, j == end - 1 ? NLM_F_ACK : 0)->nlmsg_len);
		send_request(request, used);
		receive(NULL, NULL);
	}
	return n;
}

static long run(const char *line)
{
	char name[64];
	long n, size;
	int oif;
	if (!strcmp(line, "routes"))
		return dump(RTM_GETROUTE, AF_INET, sizeof(struct rtmsg), route);
	if (!strcmp(line, "neighbours"))
		return dump(RTM_GETNEIGH, AF_INET, sizeof(struct ndmsg), neighbour);
	if (!strcmp(line, "links"))
		return dump(RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg), one_link);
	if (sscanf(line, "link %63s %ld", name, &n) == 2)
		return links_by_name(name, n);
	if (sscanf(line, "add %d %ld", &oif, &n) == 2)
		return add_each(oif, n);
	if (sscanf(line, "batch %d %ld %ld", &oif, &n, &size) == 3)
		return add_batches(oif, n, size);
	errno = EINVAL;
	die(line);
	return 0;
}

int main(void)
{
	char line[256];
	sock = mnl_socket_open(NETLINK_ROUTE);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		die("socket");
	port = mnl_socket_get_portid(sock);
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		int64_t t = now();
		long n = run(line);
		t = now() - t;
		printf("%ld %lld %d\n", n, (long long)t, peak());
		fflush(stdout);
	}
	return 0;
}
