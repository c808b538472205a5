package netlink

import "kern.sys/netlink/wire"

// optional is an attribute and the pointer that holds it in a link's
// structure, which is nil where the attribute is not there. A table of them
// serves both ways.
type optional struct {
	typ uint16
	at  any  // address of a *bool, *uint8, *uint16, *uint32, *int32 or *uint64
	ro  bool // the kernel tells it and takes none
}

// encodeOptional appends the attributes that are set.
func encodeOptional(e *wire.Encoder, fields []optional) {
	for _, f := range fields {
		if f.ro {
			continue
		}
		switch at := f.at.(type) {
		case **bool:
			if *at != nil {
				e.Uint8(f.typ, boolByte(**at))
			}
		case **uint8:
			if *at != nil {
				e.Uint8(f.typ, **at)
			}
		case **uint16:
			if *at != nil {
				e.Uint16(f.typ, **at)
			}
		case **uint32:
			if *at != nil {
				e.Uint32(f.typ, **at)
			}
		case **int32:
			if *at != nil {
				e.Int32(f.typ, **at)
			}
		case **uint64:
			if *at != nil {
				e.Uint64(f.typ, **at)
			}
		}
	}
}

// decodeOptional takes the decoder's attribute if it is one of fields, and
// reports whether it is.
func decodeOptional(d *wire.Decoder, fields []optional) bool {
	for _, f := range fields {
		if f.typ != d.Type() {
			continue
		}
		switch at := f.at.(type) {
		case **bool:
			*at = pointer(d.Bool())
		case **uint8:
			*at = pointer(d.Uint8())
		case **uint16:
			*at = pointer(d.Uint16())
		case **uint32:
			*at = pointer(d.Uint32())
		case **int32:
			*at = pointer(d.Int32())
		case **uint64:
			*at = pointer(d.Uint64())
		}
		return true
	}
	return false
}

func pointer[T any](v T) *T { return &v }

func boolByte(v bool) uint8 {
	if v {
		return 1
	}
	return 0
}
