package unix

import "unsafe"

// RISCVHWProbe returns what the processors of set, or all for nil, have in common: it fills in the value of each
// pair, and sets the key of one it does not know to -1. See Documentation/arch/riscv/hwprobe.rst.
func RISCVHWProbe(pairs []RISCVHWProbePairs, set *CPUSet, flags uint) (err error) {
	var size uintptr
	if set != nil {
		size = unsafe.Sizeof(*set)
	}
	return riscvHWProbe(pairs, size, set, flags)
}
