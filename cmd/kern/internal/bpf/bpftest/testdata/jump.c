// A map of programs in the form of libbpf, with what is in it.
#include "btf.h"

int last(void *);
SEC(".maps") struct {
	NUMBER(type, BPF_MAP_TYPE_PROG_ARRAY);
	NUMBER(max_entries, 2);
	NUMBER(pinning, 1); // or the kernel empties it when the loader closes it
	unsigned *key;
	int (*values[])(void *);
} targets = {.values = {[1] = last}};

SEC("classifier/last") int last(void *ctx) { return TC_ACT_SHOT; }
SEC("classifier") int jumps(void *ctx)
{
	tail_call(ctx, &targets, 1);
	return TC_ACT_OK;
}
SEC("license") char licence[] = "GPL";
