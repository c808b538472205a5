/* What headers of the kernel itself take from others of its own. */
#pragma once
#include <linux/types.h>
#include <asm/byteorder.h>
#include <sys/socket.h>
#define __user
#define __packed __attribute__((packed))
typedef __u8 u8;
typedef __u64 u64;
typedef __s64 s64;
#define USHRT_MAX 65535
#define cpu_to_be32 __cpu_to_be32
