// Maps in the form of iproute2: pinned in the directory of the object and in one that bpf_pinning names, and a map of
// maps, whose inner map says where it stands.
#include "tc.h"

SEC("maps") struct bpf_elf_map own = {BPF_MAP_TYPE_ARRAY, 4, 8, 1, .pinning = PIN_OBJECT_NS};
SEC("maps") struct bpf_elf_map named = {BPF_MAP_TYPE_ARRAY, 4, 8, 1, .pinning = 77};
SEC("maps") struct bpf_elf_map inner = {BPF_MAP_TYPE_ARRAY, 4, 8, 1, .id = 9, .inner_idx = 1};
SEC("maps") struct bpf_elf_map outer = {
	BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 2, .pinning = PIN_GLOBAL_NS, .inner_id = 9
};

SEC("classifier") int nested(void *ctx)
{
	void *map = at(&outer, 1);
	if (!map || !count(map))
		return TC_ACT_OK;
	count(&own);
	count(&named);
	return TC_ACT_SHOT;
}
SEC("license") char licence[] = "GPL";
