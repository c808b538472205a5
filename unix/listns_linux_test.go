package unix_test

import (
	"slices"
	"testing"

	"kern.sys/unix"
)

func TestListns(t *testing.T) {
	req := unix.NsIdReq{Size: unix.SizeofNsIdReq, Ns_type: unix.CLONE_NEWNET}
	ids := make([]uint64, 64)
	n, err := unix.Listns(&req, ids, 0)
	need(t, "listns", "6.19", err)
	if n < 1 || slices.Contains(ids[:n], 0) || !slices.IsSorted(ids[:n]) {
		t.Errorf("network namespaces %v", ids[:n])
	}
	req.Ns_id = ids[n-1] // go on behind it
	if more, err := unix.Listns(&req, ids[:1], 0); n < len(ids) && err != unix.ENOENT {
		t.Errorf("%d behind the last, %v", more, err)
	}
	_, err = unix.Listns(&req, ids, 1<<31)
	fails(t, err, unix.EINVAL)
	req.Size = 1
	_, err = unix.Listns(&req, ids, 0)
	fails(t, err, unix.EINVAL)
}
