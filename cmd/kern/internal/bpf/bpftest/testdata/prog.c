// clang -O2 -g -target bpfel -c prog.c -o prog.el.o && clang -O2 -g -target bpfeb -c prog.c -o prog.eb.o
// and llvm-strip -g of both. Two programs in a section, tail calls and pinned maps in the form of iproute2.
#define SEC(n) __attribute__((section(n), used))

struct bpf_elf_map {
	unsigned type, size_key, size_value, max_elem, flags, id, pinning, inner_id, inner_idx;
};

SEC("maps") struct bpf_elf_map jumps = {3, 4, 4, 2, 0, 7, 0, 0, 0};  // BPF_MAP_TYPE_PROG_ARRAY
SEC("maps") struct bpf_elf_map counts = {2, 4, 8, 1, 0, 0, 2, 0, 0}; // BPF_MAP_TYPE_ARRAY, PIN_GLOBAL_NS

static void *(*lookup)(void *, const void *) = (void *)1;
static long (*tail_call)(void *, void *, unsigned) = (void *)12;

static int count(int verdict)
{
	unsigned zero = 0;
	unsigned long long *n = lookup(&counts, &zero);
	if (n)
		__sync_fetch_and_add(n, 1);
	return verdict;
}

SEC("classifier") int first(void *ctx) { return count(2); } // TC_ACT_SHOT
SEC("classifier") int second(void *ctx)
{
	tail_call(ctx, &jumps, 1);
	return 0; // TC_ACT_OK
}
SEC("7/1") int last(void *ctx) { return count(2); }
SEC("action") int verdict(void *ctx) { return 2; }
SEC("prog") int run(void *ctx) { return 0; }
SEC("wrong") int refused(char *ctx) { return *(volatile int *)(ctx + 4000); }
SEC("license") char licence[] = "GPL";
