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
	for _, name := range qdiscKinds.names() {
		v, _ := qdiscKinds.new(name)
		check("qdisc "+name, v, DescribeQdisc(name))
	}
	for _, name := range classKinds.names() {
		v, _ := classKinds.new(name)
		check("class of "+name, v, DescribeClass(name))
	}
	for _, name := range filterKinds.names() {
		v, _ := filterKinds.new(name)
		if k := DescribeFilter(name); name != "flower" { // of which a field is for several attributes
			check("filter "+name, v, k)
		}
	}
	for _, name := range actionKinds.names() {
		v, _ := actionKinds.new(name)
		check("action "+name, v, DescribeAction(name))
	}
}

func TestLinkLayers(t *testing.T) {
	for word, want := range map[string]uint8{"ethernet": 1, "eth": 1, "atm": 2, "adsl": 2} {
		if got, ok := LinkLayer(word); !ok || got != want {
			t.Errorf("%s is %d, %v", word, got, ok)
		}
	}
	if _, ok := LinkLayer("wire"); ok || LinkLayerName(2) != "atm" || LinkLayerName(99) != "unknown" {
		t.Error("link layers")
	}
}

// What commonOf returns is lost where First has not made the words of the kind.
func TestKindsOfActionsMakeTheirWordsFirst(t *testing.T) {
	for _, name := range actionKinds.names() {
		if DescribeAction(name).First == nil {
			t.Errorf("action %s has no First", name)
		}
	}
}
