package unix

import (
	"math/bits"
	"unsafe"
)

// cpuMask is a word of a set of processors.
type cpuMask uintptr

const cpuMaskBits = 8 * int(unsafe.Sizeof(cpuMask(0)))

// CPUSet is a set of processors, or of NUMA nodes, below 1024.
type CPUSet [1024 / cpuMaskBits]cpuMask

// Zero empties the set.
func (s *CPUSet) Zero() { clear(s[:]) }

// Fill adds all to the set.
func (s *CPUSet) Fill() { CPUSetDynamic(s[:]).Fill() }

// Set adds cpu to the set. One that has no place in it is ignored.
func (s *CPUSet) Set(cpu int) { CPUSetDynamic(s[:]).Set(cpu) }

// Clear removes cpu from the set.
func (s *CPUSet) Clear(cpu int) { CPUSetDynamic(s[:]).Clear(cpu) }

// IsSet reports whether cpu is in the set.
func (s *CPUSet) IsSet(cpu int) bool { return CPUSetDynamic(s[:]).IsSet(cpu) }

// Count returns how many are in the set.
func (s *CPUSet) Count() int { return CPUSetDynamic(s[:]).Count() }

// CPUSetDynamic is a [CPUSet] of any size.
type CPUSetDynamic []cpuMask

// NewCPUSet returns an empty set with places for at least maxCPU, and for one word of them in any case.
func NewCPUSet(maxCPU int) CPUSetDynamic {
	return make(CPUSetDynamic, (max(maxCPU, 1)+cpuMaskBits-1)/cpuMaskBits)
}

// Zero empties the set.
func (s CPUSetDynamic) Zero() { clear(s) }

// Fill adds all to the set.
func (s CPUSetDynamic) Fill() {
	for i := range s {
		s[i] = ^cpuMask(0)
	}
}

func (s CPUSetDynamic) place(cpu int) (word *cpuMask, bit cpuMask) {
	if cpu < 0 || cpu >= len(s)*cpuMaskBits {
		return nil, 0
	}
	return &s[cpu/cpuMaskBits], 1 << (cpu % cpuMaskBits)
}

// Set adds cpu to the set. One that has no place in it is ignored.
func (s CPUSetDynamic) Set(cpu int) {
	if w, bit := s.place(cpu); w != nil {
		*w |= bit
	}
}

// Clear removes cpu from the set.
func (s CPUSetDynamic) Clear(cpu int) {
	if w, bit := s.place(cpu); w != nil {
		*w &^= bit
	}
}

// IsSet reports whether cpu is in the set.
func (s CPUSetDynamic) IsSet(cpu int) bool {
	w, bit := s.place(cpu)
	return w != nil && *w&bit != 0
}

// Count returns how many are in the set.
func (s CPUSetDynamic) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(uint64(w))
	}
	return n
}

func (s CPUSetDynamic) raw() (size uintptr, p unsafe.Pointer) {
	return uintptr(len(s)) * unsafe.Sizeof(cpuMask(0)), unsafe.Pointer(unsafe.SliceData(s))
}

// SchedGetaffinity is sched_getaffinity(2): the processors that the thread pid, or the calling one for 0, may run on.
// On a machine with more than fit it returns EINVAL.
func SchedGetaffinity(pid int, set *CPUSet) error {
	n, err := schedGetaffinity(pid, unsafe.Sizeof(*set), unsafe.Pointer(set))
	if err == nil {
		CPUSetDynamic(set[:]).cut(n)
	}
	return err
}

// SchedGetaffinityDynamic is [SchedGetaffinity] for a set of any size.
func SchedGetaffinityDynamic(pid int, set CPUSetDynamic) error {
	size, p := set.raw()
	n, err := schedGetaffinity(pid, size, p)
	if err == nil {
		set.cut(n)
	}
	return err
}

// cut clears what is behind the bytes that the kernel wrote, which are as many as it has.
func (s CPUSetDynamic) cut(bytes int) {
	clear(s[min(bytes/int(unsafe.Sizeof(cpuMask(0))), len(s)):])
}

// SchedSetaffinity is sched_setaffinity(2): it says which processors the thread pid, or the calling one for 0, may
// run on.
func SchedSetaffinity(pid int, set *CPUSet) error {
	return schedSetaffinity(pid, unsafe.Sizeof(*set), unsafe.Pointer(set))
}

// SchedSetaffinityDynamic is [SchedSetaffinity] for a set of any size.
func SchedSetaffinityDynamic(pid int, set CPUSetDynamic) error {
	size, p := set.raw()
	return schedSetaffinity(pid, size, p)
}

// SchedGetAttr is sched_getattr(2).
func SchedGetAttr(pid int, flags uint) (*SchedAttr, error) {
	var attr SchedAttr
	if err := schedGetattr(pid, &attr, uint(unsafe.Sizeof(attr)), flags); err != nil {
		return nil, err
	}
	return &attr, nil
}

// SchedSetAttr is sched_setattr(2). It sets attr.Size.
func SchedSetAttr(pid int, attr *SchedAttr, flags uint) error {
	if attr == nil {
		return EINVAL
	}
	attr.Size = uint32(unsafe.Sizeof(*attr))
	return schedSetattr(pid, attr, flags)
}

// Getcpu is getcpu(2): the processor that the calling thread runs on just now, and the NUMA node of that.
func Getcpu() (cpu, node int, err error) {
	var c, n uint32
	err = getcpu(&c, &n, 0)
	return int(c), int(n), err
}

// SetMemPolicy is set_mempolicy(2): from which NUMA nodes, those of mask, the calling thread gets its memory.
// mask may be nil where mode wants none.
func SetMemPolicy(mode int, mask *CPUSet) error {
	if mask == nil {
		return setMemPolicy(mode, nil, 0)
	}
	return SetMemPolicyDynamic(mode, mask[:])
}

// SetMemPolicyDynamic is [SetMemPolicy] for a mask of any size.
func SetMemPolicyDynamic(mode int, mask CPUSetDynamic) error {
	if len(mask) == 0 {
		return setMemPolicy(mode, nil, 0)
	}
	size, p := mask.raw()
	return setMemPolicy(mode, p, 8*size+1) // the kernel looks at one bit less than it is given
}
