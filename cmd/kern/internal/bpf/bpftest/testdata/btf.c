// Maps in the form of libbpf: one that is pinned by its name, and a map of maps with what is in it.
#include "btf.h"

SEC(".maps") struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 1);
	NUMBER(pinning, 1); // LIBBPF_PIN_BY_NAME
	unsigned *key;
	unsigned long long *value;
} by_name;

struct inner {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 1);
	unsigned *key;
	unsigned long long *value;
};
SEC(".maps") struct inner inside;
SEC(".maps") struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	NUMBER(max_entries, 2);
	NUMBER(pinning, 1);
	unsigned *key;
	struct inner *values[];
} around = {.values = {[1] = &inside}};

SEC("classifier") int nested(void *ctx)
{
	void *map = at(&around, 1);
	if (!map || !count(map))
		return TC_ACT_OK;
	count(&by_name);
	return TC_ACT_SHOT;
}
SEC("action") int verdict(void *ctx) { return count(&by_name) ? TC_ACT_SHOT : TC_ACT_OK; }
SEC("prog") int run(void *ctx) { return count(&by_name) ? BPF_OK : BPF_DROP; }
SEC("license") char licence[] = "GPL";
