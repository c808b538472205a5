package unix

// Numbers of devices as Linux has them in 64 bits, see makedev(3): from the top, 20 bits of the major number, 24 of
// the minor one, 12 of the major one, 8 of the minor one.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>8)&0xfff | uint32(dev>>32)&0xfffff000 }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev)&0xff | uint32(dev>>12)&0xffffff00 }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 {
	ma, mi := uint64(major), uint64(minor)
	return ma&0xfffff000<<32 | ma&0xfff<<8 | mi&0xffffff00<<12 | mi&0xff
}
