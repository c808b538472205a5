// A program for a device, with maps that the device keeps: one of them is pinned.
#include "btf.h"

SEC(".maps") struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 2);
	NUMBER(pinning, 1);
	unsigned *key;
	unsigned long long *value;
} kept;
SEC(".maps") struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 2);
	unsigned *key;
	unsigned long long *value;
} own;

SEC("classifier") int pass(void *ctx) { return at(&kept, 1) && at(&own, 1) ? TC_ACT_SHOT : TC_ACT_OK; }
SEC("license") char licence[] = "GPL";
