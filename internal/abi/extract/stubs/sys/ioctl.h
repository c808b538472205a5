/* What headers of linux expect a C library to declare. */
#pragma once
#include <linux/ioctl.h>
