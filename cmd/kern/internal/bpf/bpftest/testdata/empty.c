// A map of maps in the form of iproute2 whose inner map is missing.
#include "tc.h"

SEC("maps") struct bpf_elf_map outer = {BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 2, .inner_id = 9};

SEC("classifier") int looks(void *ctx) { return at(&outer, 1) ? TC_ACT_SHOT : TC_ACT_OK; }
SEC("license") char licence[] = "GPL";
