package unix

// Flags of mremap(2) by which a mapping goes where the caller says, or stays where it was too.
const (
	mremapFixed = MREMAP_FIXED
	mremapKeep  = MREMAP_DONTUNMAP
)
