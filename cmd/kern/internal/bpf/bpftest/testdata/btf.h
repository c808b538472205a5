// Definitions of maps by their types (BTF), as libbpf reads them.
#include "tc.h"

#define NUMBER(name, value) int (*name)[value]
