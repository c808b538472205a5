package unix

import "sort"

// nameToMIB looks a name up in a table: the kernel knows no names.
func nameToMIB(name string) ([]int32, error) {
	i := sort.Search(len(sysctlNames), func(i int) bool { return sysctlNames[i].name >= name })
	if i == len(sysctlNames) || sysctlNames[i].name != name {
		return nil, EINVAL
	}
	return append([]int32(nil), sysctlNames[i].mib...), nil
}
