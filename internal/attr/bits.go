package attr

// Bit is one bit of a number, and where the field is that holds it.
type Bit struct {
	Mask uint32
	On   **bool // nil: unset
}

// SetBits returns those of bits that are set and, in mask, those that are not nil.
func SetBits(bits []Bit) (value, mask uint32) {
	for _, b := range bits {
		if *b.On != nil {
			mask |= b.Mask
			if **b.On {
				value |= b.Mask
			}
		}
	}
	return value, mask
}

// ReadBits gives those of bits that are in mask what value has for them.
func ReadBits(bits []Bit, value, mask uint32) {
	for _, b := range bits {
		if mask&b.Mask != 0 {
			on := value&b.Mask != 0
			*b.On = &on
		}
	}
}
