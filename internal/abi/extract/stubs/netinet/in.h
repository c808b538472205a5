/* What linux/mptcp.h takes from a C library. */
#pragma once
#include <linux/in.h>
