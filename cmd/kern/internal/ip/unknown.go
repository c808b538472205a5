package ip

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"kern.sys/netlink/desc"
)

// ShowUnknown prints the attributes of a newer kernel than this program knows,
// those with numbers above last, as their numbers and bytes: a listing never
// looks simpler than the object. format has the place for one of them in text,
// with the space before or behind it.
func ShowUnknown(p *desc.Printer, format string, attrs desc.Attrs, last uint16) {
	showAttrs(p, "unknown", format, attrs, func(typ uint16) bool { return typ > last })
}

// showAttrs prints the attributes that are wanted as their numbers and bytes, as a member key of JSON.
func showAttrs(p *desc.Printer, key, format string, attrs desc.Attrs, wanted func(typ uint16) bool) {
	types := slices.DeleteFunc(slices.Sorted(maps.Keys(attrs)), func(typ uint16) bool { return !wanted(typ) })
	if len(types) == 0 {
		return
	}
	p.Array(key)
	for _, typ := range types {
		data := hex.EncodeToString(attrs[typ])
		p.Object("")
		p.Text(format, fmt.Sprintf("attr %d 0x%s", typ, data))
		if p.JSON {
			p.Uint("attr", "", uint64(typ))
			p.Str("data", "", data)
		}
		p.EndObject()
	}
	p.EndArray()
}

// undescribed are the attributes in b that no field of k is about, all of them where
// there is no k.
func undescribed(k *desc.Kind, b []byte) desc.Attrs {
	if k == nil {
		return desc.ParseAttrs(b)
	}
	if k.Header != 0 {
		return nil // a structure comes before the attributes, or in their place
	}
	attrs := desc.ParseAttrs(b)
	for i := range k.Fields {
		delete(attrs, k.Fields[i].Type)
	}
	return attrs
}

// showUndescribed prints them.
func showUndescribed(p *desc.Printer, k *desc.Kind, b []byte) {
	showAttrs(p, "unknown", "%s ", undescribed(k, b), func(uint16) bool { return true })
}

// showBits prints the bits of flags that have no name.
func showBits(p *desc.Printer, key, format string, flags, known uint32) {
	if rest := flags &^ known; rest != 0 {
		p.Hex(key, format, uint64(rest))
	}
}
