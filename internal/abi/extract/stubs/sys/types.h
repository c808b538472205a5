/* What headers of linux expect a C library to declare: the types as the kernel's oldest calls have them. */
#pragma once
#include <linux/posix_types.h>
typedef __kernel_old_time_t time_t;
typedef __kernel_pid_t pid_t;
typedef __kernel_loff_t loff_t;
