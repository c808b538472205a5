package netlink

import (
	"encoding/hex"
	"slices"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// parts splits a message's payload into the header of n bytes and the attributes,
// which it sorts: their order says nothing.
func parts(t testing.TB, b []byte, n int) []string {
	t.Helper()
	d := wire.NewDecoderAfter(b, n)
	var all []string
	for d.Next() {
		all = append(all, hex.EncodeToString([]byte{byte(d.Type())})+": "+hex.EncodeToString(d.Data()))
	}
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return slices.Insert(all, 0, "header: "+hex.EncodeToString(b[:n]))
}

// encoded returns what encode writes behind the struct nlmsghdr.
func encoded(encode func(*wire.Request)) ([]byte, error) {
	r := wire.NewRequest(0, 0)
	encode(r)
	return r.Bytes()[uapi.SizeofNlmsghdr:], r.Err()
}
