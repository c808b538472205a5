package unix

import (
	"strings"
	"unsafe"
)

// nameToMIB looks each part of a name up among the nodes below the one before.
func nameToMIB(name string) ([]int32, error) {
	var mib []int32
	for part := range strings.SplitSeq(name, ".") {
		nodes, err := sysctlNodes(mib)
		if err != nil {
			return nil, err
		}
		found := false
		for i := range nodes {
			if ByteSliceToString([]byte(textOf(nodes[i].Name[:]))) == part {
				mib, found = append(mib, nodes[i].Num), true
				break
			}
		}
		if !found {
			return nil, EINVAL
		}
	}
	return mib, nil
}

// sysctlNodes returns the nodes below mib.
func sysctlNodes(mib []int32) ([]Sysctlnode, error) {
	query := append(append([]int32(nil), mib...), CTL_QUERY)
	node := Sysctlnode{Flags: SYSCTL_VERS_1}
	in, size := (*byte)(unsafe.Pointer(&node)), unsafe.Sizeof(node)
	for range sysctlTries {
		var n uintptr
		if err := sysctl(query, nil, &n, in, size); err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, nil
		}
		nodes := make([]Sysctlnode, n/size)
		n = uintptr(len(nodes)) * size
		err := sysctl(query, (*byte)(unsafe.Pointer(unsafe.SliceData(nodes))), &n, in, size)
		if err == nil {
			return nodes[:n/size], nil
		}
		if err != ENOMEM {
			return nil, err
		}
	}
	return nil, ENOMEM
}

// SysctlUvmexp returns "vm.uvmexp2", the statistics of memory. Newer kernels have more to say than the structure
// holds.
func SysctlUvmexp(name string) (*Uvmexp, error) {
	mib, err := nameToMIB(name)
	if err != nil {
		return nil, err
	}
	v := new(Uvmexp)
	n := uintptr(SizeofUvmexp)
	if err := sysctl(mib, (*byte)(unsafe.Pointer(v)), &n, nil, 0); err != nil {
		return nil, err
	}
	return v, nil
}
