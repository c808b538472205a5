// What the programs here share.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#define SEC(n) __attribute__((section(n), used))

// The definition of a map in the section "maps", as iproute2 has it, and what its member pinning says.
struct bpf_elf_map {
	unsigned type, size_key, size_value, max_elem, flags, id, pinning, inner_id, inner_idx;
};
enum { PIN_OBJECT_NS = 1, PIN_GLOBAL_NS = 2 };

static void *(*lookup)(void *, const void *) = (void *)BPF_FUNC_map_lookup_elem;
static long (*tail_call)(void *, void *, unsigned) = (void *)BPF_FUNC_tail_call;

static inline void *at(void *map, unsigned key) { return lookup(map, &key); }

// count adds one to the first value of a map. It is false where there is none.
static inline int count(void *map)
{
	unsigned long long *n = at(map, 0);
	if (n)
		__sync_fetch_and_add(n, 1);
	return n != 0;
}
