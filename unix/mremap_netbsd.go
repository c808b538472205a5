package unix

// Flags of mremap(2) by which a mapping goes where the caller says, or stays where it was too, which it never does
// here.
const (
	mremapFixed = MAP_FIXED
	mremapKeep  = 0
)

func mremap(old, oldlen, newlen uintptr, flags int, new uintptr) (addr uintptr, err error) {
	return mremapTo(old, oldlen, new, newlen, flags)
}
