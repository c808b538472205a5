// Two programs in a section, tail calls and pinned maps in the form of iproute2.
#include "tc.h"

SEC("maps") struct bpf_elf_map jumps = {BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 2, .id = 7, .pinning = PIN_OBJECT_NS};
SEC("maps") struct bpf_elf_map counts = {BPF_MAP_TYPE_ARRAY, 4, 8, 1, .pinning = PIN_GLOBAL_NS};

static int counted(int verdict)
{
	count(&counts);
	return verdict;
}

SEC("classifier") int first(void *ctx) { return counted(TC_ACT_SHOT); }
SEC("classifier") int second(void *ctx)
{
	tail_call(ctx, &jumps, 1);
	return TC_ACT_OK;
}
SEC("7/1") int last(void *ctx) { return counted(TC_ACT_SHOT); }
SEC("action") int verdict(void *ctx) { return TC_ACT_SHOT; }
SEC("prog") int run(void *ctx) { return 0; }
SEC("wrong") int refused(char *ctx) { return *(volatile int *)(ctx + 4000); }
SEC("license") char licence[] = "GPL";
