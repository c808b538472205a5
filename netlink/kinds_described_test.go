package netlink

import (
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
)

// TestWhatACodecNamesIsDescribed: commands show an attribute without a field as its number and bytes, so what a kind
// knows has a field, one without a key where it is not to be shown.
func TestWhatACodecNamesIsDescribed(t *testing.T) {
	check := func(name string, v any, k *desc.Kind) {
		a, ok := v.(attributed)
		if !ok || k == nil || len(k.Fields) == 0 {
			return
		}
		described := map[uint16]bool{}
		for _, f := range k.Fields {
			described[f.Type] = true
		}
		for _, r := range attr.Record(a.attrs) {
			if !described[r.Path[0]] {
				t.Errorf("%s: attribute %d has no field", name, r.Path[0])
			}
		}
	}
	for _, name := range linkKinds.names() {
		v, _ := linkKinds.new(name)
		check(name, v, DescribeLink(name))
	}
	for _, name := range portKinds.names() {
		v, _ := portKinds.new(name)
		check("port of "+name, v, DescribeLinkPort(name))
	}
}
