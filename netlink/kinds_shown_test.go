package netlink

import (
	"encoding/binary"
	"strings"
	"testing"

	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// TestNumbersWithoutANameAreShown gives each attribute that has names for numbers two numbers that have none: what
// is not known is shown as it is, and never as something else that is not known.
func TestNumbersWithoutANameAreShown(t *testing.T) {
	checked := 0
	for table, kinds := range map[string]struct {
		names    []string
		describe func(string) *desc.Kind
	}{
		"link": {linkKinds.names(), linkKinds.describe}, "port": {portKinds.names(), portKinds.describe},
		"encapsulation": {encapKinds.names(), encapKinds.describe},
	} {
		for _, name := range kinds.names {
			k := kinds.describe(name)
			if k == nil || k.Header != 0 {
				continue
			}
			for i := range k.Fields {
				if namesHide(k, &k.Fields[i], &checked) {
					t.Errorf("%s %s: %s of numbers without a name is the same", table, name, k.Fields[i].Key)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d attributes were checked", checked)
	}
}

// namesHide reports whether a field shows two large numbers the same, and small ones otherwise: so it has names.
func namesHide(k *desc.Kind, f *desc.Field, checked *int) bool {
	show := func(b []byte) string {
		var e wire.Encoder
		if b != nil {
			e.Data(f.Type, b)
		}
		p := desc.Printer{Names: &desc.Names{}}
		p.Reset()
		desc.Show(&p, k, e.Bytes())
		return string(p.Bytes())
	}
	none := show(nil)
	for _, size := range []int{1, 2, 4, 8} {
		number := func(v byte) string {
			b := make([]byte, 8)
			switch size {
			case 1:
				b[0] = v
			case 2:
				binary.NativeEndian.PutUint16(b, uint16(v))
			case 4:
				binary.NativeEndian.PutUint32(b, uint32(v))
			case 8:
				binary.NativeEndian.PutUint64(b, uint64(v))
			}
			return show(b[:size])
		}
		zero, one, two, large, larger := number(0), number(1), number(2), number(0x5b), number(0x5c)
		if zero == none && one == none && two == none {
			continue // it has another size
		}
		if large != larger {
			*checked++
		}
		if large == larger && large != zero && large != one && !strings.Contains(large, "???") {
			return true
		}
		if large == larger && large == none && one != two { // nothing at all is shown
			return true
		}
		return false
	}
	return false
}
