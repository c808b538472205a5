// A program that prints.
#include "tc.h"

static long (*print)(const char *format, unsigned size, ...) = (void *)BPF_FUNC_trace_printk;

SEC("classifier") int says(void *ctx)
{
	char format[] = "a packet of %d bytes";
	print(format, sizeof(format), ((struct __sk_buff *)ctx)->len);
	return TC_ACT_SHOT;
}
SEC("license") char licence[] = "GPL";
