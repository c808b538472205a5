/* Structures that Go programs know in the shape that C libraries give them; the kernel takes them as they are, but
   for stat, which is converted. */
#pragma once
#include <linux/types.h>
#include <linux/time.h>
#include <sys/socket.h>

/* Room for an address of any family that has a structure. */
struct sockaddr_any {
	struct sockaddr addr;
	char pad[96];
};

/* Room for more signals than any architecture has. */
struct sigset {
	unsigned long val[1024 / (8 * sizeof(long))];
};

struct fdset {
	long bits[__FD_SETSIZE / (8 * sizeof(long))];
};

/* A member of struct sockaddr_tipc, which has no name there. */
struct tipc_service_name {
	__u32 type;
	__u32 instance;
	__u32 domain;
};

/* A pointer in the 64 bits that structures which are alike for programs of 32 and of 64 bits have for one. */
struct pointer64 {
#if __SIZEOF_POINTER__ == 4 && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u32 pad;
	void *ptr;
#elif __SIZEOF_POINTER__ == 4
	void *ptr;
	__u32 pad;
#else
	void *ptr;
#endif
};

#ifdef __mips64
/* Its kernel has times of 32 bits in stat. */
struct mips64_stat {
	__u32 st_dev;
	__u32 st_pad1[3];
	__u64 st_ino;
	__u32 st_mode;
	__u32 st_nlink;
	__u32 st_uid;
	__u32 st_gid;
	__u32 st_rdev;
	__u32 st_pad2[3];
	__s64 st_size;
	struct timespec st_atim;
	struct timespec st_mtim;
	struct timespec st_ctim;
	__u32 st_blksize;
	__u32 st_pad4;
	__s64 st_blocks;
};
#endif
